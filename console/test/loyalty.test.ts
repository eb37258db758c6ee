// The form of a loyalty programme in a real browser: nothing of two tabs is put aside, what was written is kept, an earning rule can be
// for some people only, and tiers lead to the people in them.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../server/test/support/chromium.ts';
import { accessProblems, openPage } from './support/browser.ts';
import { startRapport, type Rapport } from './support/rapport.ts';

let rapport: Rapport;
let browser: Browser;
let cookie: string;

beforeAll(async () => {
  [rapport, browser] = await Promise.all([startRapport(), launchBrowser()]);
  cookie = await rapport.setUp();
  await rapport.api(cookie, 'POST', '/api/programmes', {
    name: 'Bean Club',
    counts_from: '2026-01-01',
    earn: [{ kind: 'spend', key: 'orders', points: 1, per: 1, rounding: 'down' }],
    tiers: [
      {
        key: 'gold',
        name: 'Gold',
        rule: { kind: 'points', programme: 'bean_club', of: 'earned', op: 'at_least', value: 100 },
      },
    ],
  });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await rapport?.close();
});

test('of two tabs the second is told that the first has saved, keeps what it wrote, and may save it over', async () => {
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/loyalty/bean_club/edit');
  const name = page.getByLabel('Name of the programme');
  await name.fill('Bean Ring');
  expect(await page.getByLabel('Counts from').inputValue()).toBe('2026-01-01');
  await page.getByRole('button', { name: 'Only for some people …' }).click();
  await page.getByText('Only for whoever this holds for, at that moment:').waitFor();
  expect(await accessProblems(page)).toEqual([]);
  // The other tab.
  await rapport.api(cookie, 'PUT', '/api/programmes/bean_club', { name: 'Bean Circle', base: 1 });
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Version 2 was saved by Ana Ruiz since you began with version 1.').waitFor();
  // A closed tab loses nothing either.
  await page.reload();
  await page.getByText(/^Taken up again: what you wrote on/).waitFor();
  expect(await name.inputValue()).toBe('Bean Ring');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: 'Save mine over it' }).click();
  await page.getByRole('heading', { name: 'Bean Ring' }).waitFor();
  const { earn } = (await rapport.api(cookie, 'GET', '/api/programmes/bean_club')) as {
    earn: readonly { who?: unknown }[];
  };
  expect(earn[0]?.who).toMatchObject({ kind: 'spend' });

  await page.getByRole('link', { name: '0 people in Gold' }).click();
  await page.waitForURL(/\/people\?rule=/);
  await page.getByText('Nobody').first().waitFor();
  await context.close();
}, 90_000);
