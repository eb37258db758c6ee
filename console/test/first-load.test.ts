// What a browser fetches before the first page can be used, compressed as a server in front would do it: under 250 kB.
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../server/test/support/chromium.ts';
import { openPage } from './support/browser.ts';
import { startRapport, type Rapport } from './support/rapport.ts';

const budgetBytes = 250_000;
let rapport: Rapport;
let browser: Browser;

beforeAll(async () => {
  [rapport, browser] = await Promise.all([startRapport(), launchBrowser()]);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await rapport?.close();
});

test('the first load of Home stays within its budget, and the drawing library waits for a journey', async () => {
  const { page, context } = await openPage(browser, rapport.url, { cookie: await rapport.setUp() });
  const fetched = new Map<string, number>();
  const reading: Promise<void>[] = [];
  page.on('response', (answer) => {
    const { pathname } = new URL(answer.url());
    if (pathname.startsWith('/api/')) return;
    reading.push(
      answer.body().then(
        (body) => void fetched.set(pathname, gzipSync(body).length),
        () => undefined,
      ),
    );
  });
  await page.goto('/');
  await page.getByRole('heading', { name: 'Let us meet your customers' }).waitFor();
  await page.waitForLoadState('networkidle');
  await Promise.all(reading);
  const total = [...fetched.values()].reduce((sum, bytes) => sum + bytes, 0);
  expect(total).toBeGreaterThan(50_000);
  expect(total).toBeLessThan(budgetBytes);
  expect([...fetched.keys()].filter((name) => name.includes('graph'))).toEqual([]);
  await context.close();
});
