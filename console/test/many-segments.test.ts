// Ten thousand segments in a real browser: each is found by its name wherever one is chosen, nothing shows them all at once, and one
// more is made as ever.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../../server/src/log.ts';
import { openPool } from '../../server/src/postgres/pool.ts';
import { launchBrowser } from '../../server/test/support/chromium.ts';
import { openPage, type Watched } from './support/browser.ts';
import { startRapport, type Rapport } from './support/rapport.ts';
import { send, serverKey, shopEvents } from './support/shop.ts';

/** With those that ship and the one that is made here, as many as there may be. */
const many = 9_970;
/** What somebody who has ordered is in, besides others. */
const held = many / 10;
const patient = { timeout: 10_000 };

let rapport: Rapport;
let browser: Browser;
let cookie: string;
let watched: Watched;
let page: Page;

beforeAll(async () => {
  [rapport, browser] = await Promise.all([startRapport(), launchBrowser()]);
  cookie = await rapport.setUp();
  await makeSegments(rapport.databaseUrl);
  // The running process sees the change by itself; people come to segments that are there.
  await rapport.kill();
  await rapport.restart();
  await send(rapport, await serverKey(rapport, cookie), shopEvents(Date.now()));
  watched = await openPage(browser, rapport.url, { cookie });
  ({ page } = watched);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await rapport?.close();
});

/** One in ten holds for whoever has ordered, the others for nobody; the last one is called as the first words of all. */
async function makeSegments(databaseUrl: string): Promise<void> {
  const pool = openPool({
    url: databaseUrl,
    name: 'test',
    connectionsMax: 1,
    statementMs: 20_000,
    log: createLog({ level: 'silent' }),
  });
  await pool.query(
    `insert into segments (workspace_id, key, name, rule, shipped, position, created_at)
     select w.id, 'tea_' || n,
            case when n = $1 then 'Green Tea' else 'Green Tea of house ' || n end,
            case n % 10
              when 0 then '{"kind": "orders", "op": "at_least", "n": 1}'::jsonb
              else jsonb_build_object('kind', 'trait', 'path', 'house', 'op', 'is', 'value', 'House ' || n)
            end,
            false, 100 + n, now()
       from workspaces w, generate_series(1, $1::int) n`,
    [many],
  );
  await pool.query('update workspaces set program_version = program_version + 1');
  await pool.query(
    `insert into program_changes (workspace_id, version, at, by_user, what)
     select id, program_version, now(), null, 'segment.create' from workspaces`,
  );
  await pool.end();
}

test('the list comes page by page, and is searched for the name that was typed', async () => {
  await page.goto('/segments');
  await page.getByText(/^100 of 10,0\d\d segments$|^100 of 9,9\d\d segments$/).waitFor();
  await page.getByRole('button', { name: 'Load more' }).click();
  await page.getByText(/^200 of /).waitFor();
  const rows = page.getByRole('table', { name: 'Segments' }).getByRole('row');
  await page.getByLabel('Find a segment').pressSequentially('green tea');
  await expect.poll(() => rows.nth(1).innerText(), patient).toMatch(/^Green Tea\s/);
  await page.getByLabel('Find a segment').fill('house 7777');
  await expect.poll(() => rows.count(), patient).toBe(2);
});

test('Ctrl-K finds the segment whose name was typed before thousands that begin so', async () => {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Find a person, a page or something to do' }).fill('green tea');
  const found = page.getByRole('group', { name: 'Segments' }).getByRole('option');
  await expect.poll(() => found.first().innerText(), patient).toBe('Green Tea');
  expect(await found.count()).toBe(6);
  await page.keyboard.press('Escape');
});

test('the list of people is filtered by any of them, and names only some in its column', async () => {
  await page.goto(`/people?columns=${encodeURIComponent(JSON.stringify(['name', 'segments']))}`);
  await page
    .getByText(/ and [\d,]+ more$/)
    .first()
    .waitFor();
  const segment = page.getByRole('combobox', { name: 'Segment', exact: true });
  await segment.click();
  await page.getByRole('option', { name: /^and [\d,]+ more: type a few letters$/ }).waitFor();
  expect(await page.getByRole('option').count()).toBe(51);
  // Words in any order.
  await segment.fill('7770 tea');
  await page.getByRole('option', { name: 'Green Tea of house 7770' }).click();
  await page.getByText('Everyone in the segment Green Tea of house 7770: has ordered.').waitFor();
});

test('a person shows the first of their segments, then all, and why not in another', async () => {
  await page.goto('/people?segment=tea_10');
  await page.getByRole('table').getByRole('link').first().click();
  const segments = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Segments' }) });
  const links = segments.locator('.plain-list a');
  await links.first().waitFor();
  expect(await links.count()).toBe(20);
  await segments.getByRole('button', { name: /^Show all [\d,]+$/ }).click();
  await expect.poll(() => links.count()).toBeGreaterThan(held);
  await page.getByRole('combobox', { name: 'Why not in …' }).fill('house 7777');
  await page.getByRole('option', { name: 'Green Tea of house 7777' }).click();
  await page.getByRole('list', { name: 'Why not' }).getByText('“house” is “House 7777”').waitFor();
});

test('one of them is found in a rule by typing, and one more segment is made of it', async () => {
  await page.goto('/new-segment');
  await page.getByLabel('Name', { exact: true }).fill('Of house 7770');
  await page.getByRole('button', { name: 'Add a condition' }).click();
  await page.getByRole('option', { name: /^is in another segment/ }).click();
  await page.getByRole('button', { name: /^Segment: / }).click();
  await page.getByText(/^and [\d,]+ more: type a few letters$/).waitFor();
  await page.getByRole('textbox', { name: 'Segment', exact: true }).fill('house 7770');
  await page.getByRole('option', { name: 'Green Tea of house 7770' }).click();
  await page.getByText('Everyone who is in “Green Tea of house 7770”.').waitFor();
  await page.getByRole('button', { name: 'Make the segment' }).click();
  await page.getByRole('heading', { name: 'Of house 7770', level: 1 }).waitFor();
  // Asked of everyone beside ten thousand others: shown without a reload.
  await page.getByRole('table', { name: 'People in the segment' }).getByRole('link').first().waitFor();
  await page.getByRole('heading', { name: /^1\d people$/ }).waitFor();
  await page.getByText('Being counted').waitFor({ state: 'detached' });
  expect(watched.faults).toEqual([]);
});
