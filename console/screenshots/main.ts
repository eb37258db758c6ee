// `npm run screenshots`: every page of the console with the sample store in it, in both themes and two widths, as pictures to
// look at. Starts a server of its own in a temporary folder, or takes pictures of one that runs (--url).
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../../server/test/support/chromium.ts';
import { loaded, openPage, type Look } from '../test/support/browser.ts';
import { addressWith, findSubjects, listedPages, type ListedPage } from '../test/support/pages.ts';
import { askApi, cookieFrom, owner } from '../test/support/rapport.ts';
import { startSampleStore, type SampleServer } from './sample-server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const usage = `npm run screenshots -- [--only words,words] [--looks 1280-light,360-dark] [--out FOLDER] [--pictures]
                       [--url http://localhost:4000 [--email ADDRESS] [--password PASSWORD]]

  --only words   pages whose name has one of these words
  --looks        of 1280-light, 1280-dark, 360-light, 360-dark, 1920-light; default: the first four
  --out FOLDER   default: screenshots (not part of the repository)
  --pictures     the few small ones of docs/pictures instead
  --url          take them of a server that runs, signed in with --email and --password

pages: ${listedPages.map(({ name }) => name).join(', ')}`;

const light: Look = { width: 1280, scheme: 'light' };
/** The sample store's own journey is on, with people on it. */
const liveJourney: ListedPage = {
  name: 'journey-on',
  address: '/journeys/sample_welcome',
  heading: /^Welcome and second purchase/,
};
/** The pictures of README and docs: first screens, small. */
const pictures: readonly (readonly [string | ListedPage, string, Look])[] = [
  ['home', 'home', light],
  ['home', 'home-dark', { width: 1280, scheme: 'dark' }],
  ['person', 'person', light],
  [liveJourney, 'journey', light],
  ['segment-rule', 'rule', light],
  ['new-model', 'lifecycle', light],
];
const pictureBytesMax = 150_000;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      looks: { type: 'string', default: '1280-light,1280-dark,360-light,360-dark' },
      out: { type: 'string', default: 'screenshots' },
      pictures: { type: 'boolean', default: false },
      url: { type: 'string' },
      email: { type: 'string', default: owner.email },
      password: { type: 'string', default: owner.password },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const { email, password } = values;
  // The small pictures show the sample store alone.
  const server =
    values.url === undefined
      ? await startSampleStore({ alone: values.pictures })
      : await thatRuns(values.url, { email, password });
  const browser = await launchBrowser();
  try {
    if (values.pictures) await takePictures(browser, server);
    else return await takeAll(browser, server, values);
    return 0;
  } finally {
    await browser.close();
    await server.close();
  }
}

async function thatRuns(
  url: string,
  credentials: { readonly email: string; readonly password: string },
): Promise<SampleServer> {
  const cookie = await cookieFrom(url, '/api/session', credentials);
  const subjects = await findSubjects((where) => askApi(url, cookie, 'GET', where));
  return { url, cookie, subjects, close: async () => {} };
}

interface Wanted {
  readonly only?: string | undefined;
  readonly looks: string;
  readonly out: string;
}

async function takeAll(browser: Browser, server: SampleServer, wanted: Wanted): Promise<number> {
  const words = wanted.only?.split(',').map((word) => word.trim());
  const pages = listedPages.filter(({ name }) => words?.some((word) => name.includes(word)) ?? true);
  const folder = path.resolve(root, wanted.out);
  if (words === undefined) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  let faulty = 0;
  for (const name of wanted.looks.split(',')) {
    const look = lookOf(name);
    const { page, context, faults } = await openPage(browser, server.url, { cookie: server.cookie, look });
    for (const one of pages) {
      const address = addressWith(server.subjects, one.address);
      if (address === undefined) continue;
      faults.length = 0;
      await show(page, one, address);
      await page.screenshot({ path: path.join(folder, `${one.name}-${name}.png`), fullPage: true });
      faulty += faults.length;
      for (const fault of faults) process.stdout.write(`${one.name} ${name}: ${fault}\n`);
    }
    await context.close();
    process.stdout.write(`${name}: ${pages.length} pages\n`);
  }
  process.stdout.write(`${folder}\n`);
  return faulty === 0 ? 0 : 1;
}

async function takePictures(browser: Browser, server: SampleServer): Promise<void> {
  const folder = path.join(root, 'docs/pictures');
  await mkdir(folder, { recursive: true });
  for (const [wanted, file, look] of pictures) {
    const one = typeof wanted === 'string' ? listedPages.find(({ name }) => name === wanted) : wanted;
    const address = one && addressWith(server.subjects, one.address);
    if (one === undefined || address === undefined) throw new Error(`There is no page for ${file} to take.`);
    const { page, context } = await openPage(browser, server.url, { cookie: server.cookie, look });
    await show(page, one, address);
    const bytes = await webp(page);
    await writeFile(path.join(folder, `${file}.webp`), bytes);
    process.stdout.write(`docs/pictures/${file}.webp, ${Math.round(bytes.length / 1000)} kB\n`);
    await context.close();
  }
}

async function show(page: Page, { heading }: ListedPage, address: string): Promise<void> {
  await page.goto(address);
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
  await loaded(page);
  // A page that asks every second never rests: three seconds are enough for what it shows.
  await page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => undefined);
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
}

/** The first screen; of the quality that still fits. */
async function webp(page: Page): Promise<Buffer> {
  const session = await page.context().newCDPSession(page);
  for (const quality of [88, 75, 60, 40]) {
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality });
    const bytes = Buffer.from(data, 'base64');
    if (bytes.length <= pictureBytesMax) return bytes;
  }
  throw new Error(`${page.url()} does not fit into ${pictureBytesMax} bytes.`);
}

function lookOf(name: string): Look {
  const [, width, scheme] = /^(\d+)-(light|dark)$/.exec(name) ?? [];
  if (width === undefined || scheme === undefined)
    throw new Error(`“${name}” is no look; one is 1280-light.\n\n${usage}`);
  return { width: Number(width), scheme: scheme === 'dark' ? 'dark' : 'light' };
}
