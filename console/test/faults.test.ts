// What the reader sees when the server dies, the session ends, or the network goes in the middle: what happened, what to do, nothing lost.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../server/test/support/chromium.ts';
import { openPage } from './support/browser.ts';
import { owner, startRapport, type Rapport } from './support/rapport.ts';

let rapport: Rapport;
let browser: Browser;
let cookie: string;

const away = 'The server does not answer. Trying again.';

beforeAll(async () => {
  [rapport, browser] = await Promise.all([startRapport(), launchBrowser()]);
  cookie = await rapport.setUp();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await rapport?.close();
});

test('a server that dies under an open page is said, keeps what was typed, and is noticed when it is back', async () => {
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/settings/sending');
  await page.getByLabel('Name', { exact: true }).fill('Blue Door Tea');
  await page.getByLabel('From address').fill('hello@shop.example');
  await page.getByLabel('Postal address').fill('12 Harbour Street, Bristol');
  await rapport.kill();
  await page.getByRole('button', { name: 'Save the sender' }).click();
  await page.getByText(away).waitFor();
  await page.getByRole('alert').getByText('The server does not answer.').waitFor();
  await rapport.restart();
  await page.getByText(away).waitFor({ state: 'detached' });
  expect(await page.getByLabel('From address').inputValue()).toBe('hello@shop.example');
  await page.getByRole('button', { name: 'Save the sender' }).click();
  await page.getByText('The sender is saved.').waitFor();
  await context.close();
}, 120_000);

test('a session that ended leads to the sign-in, and back to the page', async () => {
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/segments');
  await page.getByRole('link', { name: 'Customers' }).waitFor();
  await context.clearCookies();
  await page.getByRole('link', { name: 'Customers' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.getByText('Sign in to go on where you were.').waitFor();
  await page.getByLabel('E-mail').fill(owner.email);
  await page.getByLabel('Password', { exact: true }).fill(owner.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Customers' }).waitFor();
  await context.close();
});

test('a sign-in never leads to another site', async () => {
  const { page, context } = await openPage(browser, rapport.url);
  await page.goto('/sign-in?from=//elsewhere.example/people');
  await page.getByLabel('E-mail').fill(owner.email);
  await page.getByLabel('Password', { exact: true }).fill(owner.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Let us meet your customers' }).waitFor();
  expect(page.url()).toBe(`${rapport.url}/`);
  await context.close();
});

test('going live without a mail server is refused in words', async () => {
  const { page, context } = await openPage(browser, rapport.url, { cookie: await signedIn() });
  await page.goto('/settings/sending');
  await page.getByRole('radio', { name: /^Test/ }).check();
  await page.getByRole('combobox', { name: 'Allow-list' }).fill('no address');
  await page.getByRole('combobox', { name: 'Allow-list' }).press('Enter');
  await page.getByRole('button', { name: 'Use this' }).click();
  await page.getByRole('alert').first().waitFor();
  await page.reload();
  expect(await page.getByRole('radio', { name: /^Built-in mailbox/ }).isChecked()).toBe(true);
  await context.close();
});

async function signedIn(): Promise<string> {
  const answer = await fetch(`${rapport.url}/api/session`, {
    method: 'POST',
    headers: { origin: rapport.url, 'content-type': 'application/json' },
    body: JSON.stringify({ email: owner.email, password: owner.password }),
  });
  return answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0] ?? '')
    .join('; ');
}
