// From the one-time link to the first page, out again and back in.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../server/test/support/chromium.ts';
import { accessProblems, openPage } from './support/browser.ts';
import { business, owner, startRapport, type Rapport } from './support/rapport.ts';

let rapport: Rapport;
let browser: Browser;

beforeAll(async () => {
  [rapport, browser] = await Promise.all([startRapport(), launchBrowser()]);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await rapport?.close();
});

test('whoever comes without the one-time link is told where to find it', async () => {
  const { page, context, faults } = await openPage(browser, rapport.url);
  await page.goto('/people');
  await page.getByRole('heading', { name: 'Open the one-time link' }).waitFor();
  expect(await accessProblems(page)).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});

test('a link with a wrong token makes nobody the owner, and says so', async () => {
  const { page, context } = await openPage(browser, rapport.url);
  await page.goto('/setup?token=wrong');
  await fillSetup(page);
  await page.getByRole('button', { name: 'Set up Rapport' }).click();
  await page.getByRole('alert').waitFor();
  expect(new URL(page.url()).pathname).toBe('/setup');
  expect(await page.getByLabel('Your name').inputValue()).toBe(owner.name);
  await context.close();
});

test('the one-time link makes the owner, who signs out, fails to sign in, and signs in to the page that was asked for', async () => {
  const { page, context } = await openPage(browser, rapport.url);
  await page.goto(rapport.setupUrl);
  expect(await accessProblems(page)).toEqual([]);
  await fillSetup(page);
  await page.getByRole('button', { name: 'Set up Rapport' }).click();
  await page.getByRole('heading', { name: 'Let us meet your customers' }).waitFor();
  expect(await page.getByRole('navigation', { name: 'Rooms' }).getByText('Journeys').isVisible()).toBe(true);

  await page.getByRole('button', { name: owner.name }).click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();

  await page.goto('/settings/workspace');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(await accessProblems(page)).toEqual([]);
  await page.getByLabel('E-mail').fill(owner.email);
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Password', { exact: true }).fill(owner.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Workspace' }).waitFor();
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe(business.name);
  await context.close();
});

test('a used link says that it was used', async () => {
  const { page, context } = await openPage(browser, rapport.url);
  await page.goto(rapport.setupUrl);
  await page.getByRole('heading', { name: 'Rapport is set up' }).waitFor();
  await context.close();
});

async function fillSetup(page: Page): Promise<void> {
  await page.getByLabel('Your name').fill(owner.name);
  await page.getByLabel('E-mail').fill(owner.email);
  await page.getByLabel('Password', { exact: true }).fill(owner.password);
  await page.getByLabel('Name of the business').fill(business.name);
}
