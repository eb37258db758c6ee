// The team in a browser: someone is invited by a link, comes in, gets another role, is removed and let in again with Undo; a session
// that ended leads to the sign-in and back.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../server/test/support/chromium.ts';
import { accessProblems, openPage, sideways } from './support/browser.ts';
import { owner, startRapport, type Rapport } from './support/rapport.ts';

let rapport: Rapport;
let browser: Browser;
let cookie: string;

beforeAll(async () => {
  [rapport, browser] = await Promise.all([startRapport(), launchBrowser()]);
  cookie = await rapport.setUp();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await rapport?.close();
});

test('a colleague comes in by the link, and is removed and let in again with one click', async () => {
  const { page, context, faults } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/settings/team');
  await page.getByRole('button', { name: 'Invite someone' }).click();
  await page.getByLabel('E-mail', { exact: true }).fill('omar@shop.example');
  await page.getByRole('button', { name: 'Make the link' }).click();
  const link = await page.getByText(/\/join\?token=/).textContent();
  expect(await accessProblems(page)).toEqual([]);
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'Take back the invitation of omar@shop.example' }).waitFor();

  const look = { width: 360, scheme: 'dark' } as const;
  const other = await openPage(browser, rapport.url, { look });
  await other.page.goto(new URL(link ?? '').pathname + new URL(link ?? '').search);
  await other.page.getByRole('heading', { name: 'Join Blue Door Tea' }).waitFor();
  expect(await accessProblems(other.page)).toEqual([]);
  expect(await sideways(other.page)).toEqual([]);
  await other.page.getByLabel('Your name').fill('Omar Haddad');
  await other.page.getByRole('textbox', { name: 'Password' }).fill('a long enough password');
  await other.page.getByRole('button', { name: 'Join' }).click();
  await other.page.waitForURL((url) => !url.pathname.startsWith('/join'));

  await page.reload();
  await page.getByRole('button', { name: 'Remove Omar Haddad' }).click();
  await page.getByText('Omar Haddad is out, and signed out everywhere.').waitFor();
  await page.getByRole('button', { name: 'Remove Omar Haddad' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: 'Remove Omar Haddad' }).waitFor();
  expect(faults).toEqual([]);

  // Being removed ended the session: the next thing asked for leads to the sign-in, and from there back.
  await other.page.goto('/people');
  await other.page.waitForURL(/sign-in\?from=/);
  await other.page.getByLabel('E-mail').fill('omar@shop.example');
  await other.page.getByRole('textbox', { name: 'Password' }).fill('a long enough password');
  await other.page.getByRole('button', { name: 'Sign in' }).click();
  await other.page.waitForURL(/\/people$/);
  await other.context.close();
  await context.close();
});

test('one’s own sessions are listed, the others end with one click, and the log tells it', async () => {
  await rapport.api('', 'POST', '/api/session', { email: owner.email, password: owner.password });
  const { page, context, faults } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/settings/account');
  await page.getByText('this one').waitFor();
  await page.getByRole('button', { name: 'Sign out everywhere else' }).click();
  await page.getByRole('button', { name: 'Sign out everywhere else' }).waitFor({ state: 'detached' });
  await page.goto('/settings/audit');
  await page.getByText(/^Ended a session/).waitFor();
  expect(faults).toEqual([]);
  await context.close();
});
