// After Rapport was off: a banner on every page and a word on Home say how long and what came due, and lead to the people.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../server/test/support/chromium.ts';
import { accessProblems, looks, openPage, sideways } from './support/browser.ts';
import { offForThreeHours } from './support/outage.ts';
import { startRapport, type Rapport } from './support/rapport.ts';

let rapport: Rapport;
let browser: Browser;
let cookie: string;

beforeAll(async () => {
  [rapport, browser] = await Promise.all([startRapport(), launchBrowser()]);
  cookie = await rapport.setUp();
  const { key } = (await rapport.api(cookie, 'POST', '/api/keys', { kind: 'server', name: 'shop' })) as {
    key: string;
  };
  await fetch(`${rapport.url}/v1/batch`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${key}:`)}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      batch: [
        {
          type: 'track',
          userId: 'sally',
          messageId: 'one',
          event: 'Order Completed',
          properties: { order_id: '1', total: 20, currency: 'GBP' },
          context: { traits: { email: 'sally@shop.example', name: 'Sally Moon' } },
        },
      ],
    }),
  });
  await rapport.kill();
  expect(await offForThreeHours(rapport.databaseUrl)).toBe(1);
  await rapport.restart();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await rapport?.close();
});

test('a banner says how long it was off and leads to whom something came due for, and can be put away', async () => {
  const { page, context, faults } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/segments');
  const banner = page.getByRole('status').filter({ hasText: 'Rapport was off for 3 hours' });
  await banner.waitFor();
  expect(await banner.innerText()).toContain('1 message came due meanwhile');
  expect(await accessProblems(page)).toEqual([]);
  await banner.getByRole('link', { name: 'What became of it' }).click();
  await page.getByRole('heading', { level: 1, name: 'Rapport was off for 3 hours' }).waitFor();
  await page.getByRole('link', { name: 'Sally Moon' }).waitFor();
  expect(await accessProblems(page)).toEqual([]);
  await page.goBack();
  await page.getByRole('button', { name: 'Put this away' }).click();
  await banner.waitFor({ state: 'detached' });
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Segments' }).waitFor();
  expect(await banner.count()).toBe(0);

  // On Home it stays for a week, whoever put the banner away.
  await page.goto('/');
  await page.getByText('While Rapport was off for 3 hours').waitFor();
  await page.getByRole('link', { name: 'Who they are' }).first().click();
  await page.getByRole('heading', { level: 1, name: 'Rapport was off for 3 hours' }).waitFor();
  expect(faults).toEqual([]);
  await context.close();
}, 60_000);

test.each(looks)(
  'its page and the banner fit into $width pixels in the $scheme',
  async (look) => {
    const { page, context } = await openPage(browser, rapport.url, { cookie, look });
    await page.goto('/');
    await page.getByText('While Rapport was off for 3 hours').waitFor();
    expect(await accessProblems(page)).toEqual([]);
    expect(await sideways(page)).toEqual([]);
    await page.getByRole('link', { name: 'Who they are' }).first().click();
    await page.getByRole('link', { name: 'Sally Moon' }).waitFor();
    expect(await sideways(page)).toEqual([]);
    await context.close();
  },
  60_000,
);
