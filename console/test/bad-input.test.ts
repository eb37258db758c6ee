// Bad input in a real browser: a name of 500 Arabic letters, a network that goes in the middle of the import wizard, a session that ends
// in the middle of a form, a large file. Each leaves the reader knowing what happened, with nothing lost.
// LARGE_FILE_MB=200 makes the file as large as the limit of the product says.
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../server/test/support/chromium.ts';
import { accessProblems, loaded, looks, openPage, sideways } from './support/browser.ts';
import { cookieFrom, owner, startRapport, type Rapport } from './support/rapport.ts';

const arabic = 'فاطمة بنت محمد الزهراء '.repeat(30).slice(0, 500).trim();
const megabytes = Number(process.env['LARGE_FILE_MB'] ?? 3);

let rapport: Rapport;
let browser: Browser;
let cookie: string;
let folder: string;
let person: string;

beforeAll(async () => {
  [rapport, browser, folder] = await Promise.all([
    startRapport(),
    launchBrowser(),
    mkdtemp(path.join(tmpdir(), 'rapport-large-')),
  ]);
  cookie = await rapport.setUp();
  const { key } = (await rapport.api(cookie, 'POST', '/api/keys', { kind: 'server', name: 'shop' })) as {
    key: string;
  };
  const order = {
    type: 'track',
    userId: 'fatima',
    messageId: 'one',
    event: 'Order Completed',
    properties: { order_id: '1', total: 20, currency: 'GBP' },
    context: { traits: { email: 'fatima@shop.example', name: arabic, first_name: arabic } },
  };
  await fetch(`${rapport.url}/v1/batch`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${key}:`)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ batch: [order] }),
  });
  const { items } = (await rapport.api(cookie, 'GET', '/api/people')) as {
    items: readonly { id: string }[];
  };
  person = items[0]?.id ?? '';
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await rapport?.close();
  await rm(folder, { recursive: true, force: true });
});

test.each(looks)(
  'a name of 500 Arabic letters fits everywhere at $width pixels',
  async (look) => {
    const { page, context, faults } = await openPage(browser, rapport.url, { cookie, look });
    for (const address of [
      '/people',
      `/people/${person}`,
      `/templates/welcome?person=${person}`,
      `/settings/rules?person=${person}`,
      '/',
    ]) {
      await page.goto(address);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await loaded(page);
      expect([address, await sideways(page)]).toEqual([address, []]);
    }
    await page.goto(`/people/${person}`);
    await page.getByText('فاطمة').first().waitFor();
    // Right to left within its own borders: what stands beside it keeps its place.
    const directions = await page
      .getByRole('heading', { level: 1 })
      .locator('bdi')
      .evaluateAll((all) => all.map((one) => getComputedStyle(one).direction));
    expect(directions).toEqual(['rtl']);
    expect(await accessProblems(page)).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  },
  120_000,
);

test('a network that goes in the middle of the wizard loses no answer, and says so until it is back', async () => {
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/imports');
  const text = 'order_id,email,date,total\nN1,zoe@example.com,2026-01-05,20\n';
  await page
    .getByLabel('File to import')
    .setInputFiles({ name: 'net.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.getByRole('button', { name: 'To the rows', disabled: false }).click();
  await page.getByRole('radio', { name: /Until a day in the past/ }).check();
  await context.setOffline(true);
  await page.getByLabel('Last day of the file').fill('2026-01-31');
  await page.getByText('The server does not answer.').first().waitFor();
  expect(await page.getByLabel('Last day of the file').inputValue()).toBe('2026-01-31');
  await context.setOffline(false);
  await page.getByText('The server does not answer. Trying again.').waitFor({ state: 'detached' });
  await page.getByLabel('Last day of the file').fill('2026-01-30');
  await page.getByRole('button', { name: 'To the permission', disabled: false }).click();
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByText('1 order and 1 new person are in.').waitFor();
  await context.close();
}, 90_000);

test('a session that ends in the middle of a form leads back to it, with what was written', async () => {
  const own = await cookieFrom(rapport.url, '/api/session', owner);
  const { page, context } = await openPage(browser, rapport.url, { cookie: own });
  await page.goto('/new-programme');
  await page.getByLabel('Name of the programme').fill('Tea Circle');
  await context.clearCookies();
  await page.getByRole('button', { name: 'Make the programme' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.getByLabel('E-mail').fill(owner.email);
  await page.getByLabel('Password', { exact: true }).fill(owner.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText(/^Taken up again: what you wrote on/).waitFor();
  expect(await page.getByLabel('Name of the programme').inputValue()).toBe('Tea Circle');
  await context.close();
}, 60_000);

test(`a file of ${megabytes} MB is taken, looked at and shown`, async () => {
  const file = path.join(folder, 'large.csv');
  const rows = Math.round((megabytes * 1_000_000) / 62);
  await pipeline(Readable.from(lines(rows)), createWriteStream(file));
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/imports');
  const from = performance.now();
  await page.getByLabel('File to import').setInputFiles(file);
  await page.getByRole('heading', { name: /^Read as a list of orders/ }).waitFor({ timeout: 120_000 });
  const seconds = (performance.now() - from) / 1_000;
  if (megabytes > 10) process.stdout.write(`${megabytes} MB shown after ${seconds.toFixed(1)} s\n`);
  await page.getByRole('button', { name: 'To the rows', disabled: false }).click();
  await page.getByRole('radio', { name: /Until a day in the past/ }).waitFor();
  await page.goBack();
  await page.getByRole('button', { name: 'Forget this file' }).click();
  await page.waitForURL(/\/imports$/);
  await context.close();
}, 300_000);

function* lines(rows: number): Generator<string> {
  yield 'order_id,email,name,date,total,currency\n';
  for (let n = 0; n < rows; n += 1)
    yield `${100_000_000 + n},p${n % 90_000}@shop.example,Somebody ${n % 90_000},2025-0${(n % 9) + 1}-15,${10 + (n % 90)}.50,GBP\n`;
}
