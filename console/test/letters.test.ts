// Writing a letter of blocks in a real browser: what is typed is in the letter beside it, nothing is lost, and two people do not
// overwrite each other.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../server/test/support/chromium.ts';
import { accessProblems, looks, openPage, sideways } from './support/browser.ts';
import { startRapport, type Rapport } from './support/rapport.ts';
import { send, serverKey, shopEvents } from './support/shop.ts';

let rapport: Rapport;
let browser: Browser;
let cookie: string;

beforeAll(async () => {
  [rapport, browser] = await Promise.all([startRapport(), launchBrowser()]);
  cookie = await rapport.setUp();
  await send(rapport, await serverKey(rapport, cookie), shopEvents(Date.now()));
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await rapport?.close();
});

const shown = 'iframe[title^="Preview"]';

test('a new letter is written, a field filled in, a button said to lead nowhere until it does, saved, and found again', async () => {
  const { page, context, faults } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/templates');
  await page.getByRole('textbox', { name: 'Name of the new letter' }).fill('Spring tea');
  await page.getByRole('button', { name: 'New letter' }).click();
  await page.getByRole('heading', { name: 'Spring tea', level: 1 }).waitFor();

  const heading = page.getByRole('textbox', { name: 'Heading', exact: true });
  await heading.fill('The first flush is here.');
  const frame = page.frameLocator(shown);
  await frame.getByRole('heading', { name: 'The first flush is here.' }).waitFor();

  await page.getByRole('button', { name: 'Add a block', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Button' }).click();
  await page.getByRole('textbox', { name: 'Says' }).fill('Look at it');
  await page.getByText('The button leads nowhere.').first().waitFor();
  await page.getByRole('textbox', { name: 'Leads to' }).fill('https://shop.example/spring');
  await frame.getByRole('link', { name: 'Look at it' }).waitFor();

  const text = page.getByRole('textbox', { name: 'Text', exact: true });
  await text.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(' from ');
  await page.getByRole('button', { name: 'Insert field', exact: true }).nth(1).click();
  await page.getByRole('menuitem', { name: 'Your business' }).click();
  await frame
    .getByText(/from .*Tea|from \S+/)
    .first()
    .waitFor();

  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved as version 2.').waitFor();
  await page.reload();
  await page
    .getByRole('textbox', { name: 'Heading', exact: true })
    .getByText('The first flush is here.')
    .waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

test('blocks are moved by keys, taken out and brought back, and every step can be taken back', async () => {
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/templates/win_back');
  const names = () => page.locator('.block-name').allTextContents();
  await page
    .getByRole('button', { name: /^Move Heading 1/ })
    .first()
    .waitFor();
  const before = await names();
  await page.locator('button.block-handle').first().focus();
  await page.keyboard.press('ArrowDown');
  const after = await names();
  expect(after[0]).toBe(before[1]);
  expect(after[1]).toBe('Heading');
  await page.getByRole('button', { name: /^Take out Heading 2/ }).click();
  expect(await names()).not.toContain('Heading');
  await page.getByRole('button', { name: 'Take the last change back' }).click();
  await page.getByRole('button', { name: 'Take the last change back' }).click();
  expect(await names()).toEqual(before);
  await page.getByRole('button', { name: 'Do it again' }).click();
  expect(await names()).toEqual(after);
  await context.close();
});

test('what was not saved is taken up again in the same browser, and can be discarded', async () => {
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/templates/birthday');
  const heading = page.getByRole('textbox', { name: 'Heading', exact: true });
  await heading.fill('Many happy returns.');
  await page.getByRole('button', { name: 'Save' }).isEnabled();
  await page.goto('/templates');
  await page.getByRole('heading', { name: 'Templates', level: 1 }).waitFor();
  await page.goto('/templates/birthday');
  await page.getByText(/Taken up again/).waitFor();
  await heading.getByText('Many happy returns.').waitFor();
  await page.getByRole('button', { name: 'Discard it' }).click();
  await heading.getByText('All the best for today.').waitFor();
  await context.close();
});

test('of two people the later is told, sees what the other wrote, or puts theirs over it', async () => {
  const [a, b] = [
    await openPage(browser, rapport.url, { cookie }),
    await openPage(browser, rapport.url, { cookie }),
  ];
  for (const { page } of [a, b]) {
    await page.goto('/templates/replenishment');
    await page.getByRole('textbox', { name: 'Heading', exact: true }).waitFor();
  }
  await a.page.getByRole('textbox', { name: 'Heading', exact: true }).fill('First.');
  await a.page.getByRole('button', { name: 'Save' }).click();
  await a.page.getByText('Saved as version 2.').waitFor();
  await b.page.getByRole('textbox', { name: 'Heading', exact: true }).fill('Second.');
  await b.page.getByRole('button', { name: 'Save' }).click();
  await b.page.getByText('Someone else saved this template meanwhile.').waitFor();
  await b.page.getByRole('button', { name: 'Save mine over it' }).click();
  await b.page.getByText('Saved as version 3.').waitFor();
  await a.context.close();
  await b.context.close();
});

test.each(looks)('the editor can be used by everyone, $width $scheme', async (look) => {
  const { page, context, faults } = await openPage(browser, rapport.url, { cookie, look });
  await page.goto('/templates/second_purchase');
  await page.frameLocator(shown).getByText('off your next order').waitFor();
  expect(await accessProblems(page)).toEqual([]);
  expect(await sideways(page)).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});
