// Runs once before the tests: a machine without Chromium gets one. Says which it is.
import { ensureChromium } from '../server/test/support/chromium.ts';

process.stderr.write(`Chromium: ${await ensureChromium()}\n`);
