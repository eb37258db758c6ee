// What the first page of the console weighs, and how long every page takes until it can be used, in a real Chromium, with many people
// in the database. Usable: its title stands there and nothing on it is still on its way.
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { addressWith, findSubjects, listedPages, type ListedPage } from '../../console/test/support/pages.ts';
import { askApi, makeOwner } from '../../console/test/support/rapport.ts';
import { launchBrowser } from '../test/support/chromium.ts';
import { startCluster, withClient, type Cluster } from './support/cluster.ts';
import type { Bench, Measure, Values } from './support/figure.ts';
import { openTarget, pump } from './support/load.ts';
import { copyPeople, userIdOf } from './support/population.ts';
import { createKey, startRapport, type Rapport, type RapportOptions } from './support/rapport.ts';
import { batchOf, defineRules, yearOf } from './support/shop.ts';
import { monotonicMs, pause, percentile, seededRandom } from './support/statistics.ts';

const pageWithinMs = 60_000;
const linkWithinMs = 10_000;
const slowestShown = 8;

interface Sizes {
  readonly sample: number;
  readonly people: number;
  readonly events: number;
  readonly rounds: number;
}

export const consolePages: Measure = {
  title: 'The console in a real browser',
  names: ['console_first_load_gzip_bytes', 'console_page_ready_p95_ms'],
  async run(bench) {
    const cluster = await startCluster();
    const browser = await launchBrowser();
    try {
      return await measure(bench, cluster, browser);
    } finally {
      await browser.close();
      await cluster.close();
    }
  },
};

async function measure(bench: Bench, cluster: Cluster, browser: Browser): Promise<Values> {
  const sizes: Sizes = bench.quick
    ? { sample: 50, people: 2_000, events: 10, rounds: 1 }
    : { sample: 200, people: 100_000, events: 10, rounds: 3 };
  const options: RapportOptions = { dataDir: cluster.dataDir, databaseUrl: cluster.url };
  const cookie = await prepare(bench, { cluster, options, sizes });
  const rapport = await startRapport(options);
  try {
    const url = `http://127.0.0.1:${rapport.port}`;
    const subjects = await findSubjects((path) => askApi(url, cookie, 'GET', path));
    const bytes = await firstLoad(browser, url, cookie);
    const context = await signedIn(browser, url, cookie);
    const times: { readonly name: string; readonly ms: number }[] = [];
    // The first round fetches the pages' own code and is not counted, as with somebody who has been here before.
    for (let round = 0; round <= sizes.rounds; round += 1) {
      for (const one of listedPages) {
        const address = addressWith(subjects, one.address);
        if (address === undefined) continue;
        const ms = await readyMs(context, one, address);
        if (round > 0) times.push({ name: one.name, ms });
      }
    }
    const slowest = [...Map.groupBy(times, ({ name }) => name)]
      .map(([name, ones]) => ({
        name,
        ms: percentile(
          ones.map(({ ms }) => ms),
          0.5,
        ),
      }))
      .toSorted((a, b) => b.ms - a.ms)
      .slice(0, slowestShown);
    bench.note(
      `${sizes.people.toLocaleString('en')} people, ${times.length} pages opened; slowest, by their middle time: ` +
        slowest.map(({ name, ms }) => `${name} ${Math.round(ms)} ms`).join(', '),
    );
    return {
      console_first_load_gzip_bytes: bytes,
      console_page_ready_p95_ms: percentile(
        times.map(({ ms }) => ms),
        0.95,
      ),
    };
  } finally {
    await rapport.stop();
  }
}

/** Everything that Home fetches beside its data, packed as it would be served. */
async function firstLoad(browser: Browser, url: string, cookie: string): Promise<number> {
  const context = await signedIn(browser, url, cookie);
  const page = await context.newPage();
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
  await usable(page, /./);
  await Promise.all(reading);
  await context.close();
  return [...fetched.values()].reduce((sum, bytes) => sum + bytes, 0);
}

async function readyMs(context: BrowserContext, one: ListedPage, address: string): Promise<number> {
  const page = await context.newPage();
  try {
    const began = monotonicMs();
    await page.goto(address, { waitUntil: 'commit', timeout: pageWithinMs });
    await usable(page, one.heading);
    return monotonicMs() - began;
  } finally {
    await page.close();
  }
}

async function usable(page: Page, heading: string | RegExp): Promise<void> {
  await page.getByRole('heading', { level: 1, name: heading }).waitFor({ timeout: pageWithinMs });
  // By locators: the console's content security policy lets no text be run as a program.
  const loading = page.locator('[role="status"][aria-label="Loading"]');
  while ((await loading.count()) > 0)
    await loading.first().waitFor({ state: 'detached', timeout: pageWithinMs });
}

async function signedIn(browser: Browser, url: string, cookie: string): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1280, height: 900 } });
  await context.addCookies(
    cookie.split('; ').map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return { name, value: value.join('='), url };
    }),
  );
  return context;
}

/** It answers a moment before it prints the link. */
async function setupLink(rapport: Rapport): Promise<string> {
  const deadline = monotonicMs() + linkWithinMs;
  for (;;) {
    const link = /http\S+\/setup\?token=\S+/.exec(rapport.output())?.[0];
    if (link !== undefined) return link;
    if (monotonicMs() > deadline)
      throw new Error(`the server printed no link to set it up:\n${rapport.output()}`);
    await pause(20);
  }
}

/** An owner, rules, and people folded by the server for a sample and copied while it is stopped; the owner's cookie. */
async function prepare(
  bench: Bench,
  shop: { readonly cluster: Cluster; readonly options: RapportOptions; readonly sizes: Sizes },
): Promise<string> {
  const { sizes } = shop;
  const rapport = await startRapport(shop.options);
  let cookie: string;
  try {
    cookie = await makeOwner(`http://127.0.0.1:${rapport.port}`, await setupLink(rapport));
    const key = await createKey(shop.options);
    bench.note(await defineRules(rapport, key));
    const random = seededRandom(1);
    const bodies = Array.from({ length: sizes.sample }, (_, n) =>
      batchOf(yearOf(userIdOf('sample-', n), random, { nowMs: Date.now(), events: sizes.events })),
    );
    const target = openTarget({ port: rapport.port, key, connections: 4 });
    await pump(target, { path: '/v1/batch', bodies, connections: 4 });
  } finally {
    await rapport.stop();
  }
  await withClient(shop.cluster.url, async (client) => {
    await copyPeople(client, {
      samplePrefix: 'sample-',
      copyPrefix: 'person-',
      people: sizes.people,
      lists: true,
      events: true,
      soon: true,
    });
    await client.query('analyze');
  });
  return cookie;
}
