// The rule builder in a real browser: by keyboard alone, with mistakes, with thousands of names, and with nothing seen yet.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../../server/test/support/chromium.ts';
import { accessProblems, loaded, looks, openPage, sideways } from './support/browser.ts';
import { startRapport, type Rapport } from './support/rapport.ts';
import { send, serverKey, shopEvents } from './support/shop.ts';

let rapport: Rapport;
let browser: Browser;
let cookie: string;
let key: string;

const longName = 'طلب مكتمل من المتجر الإلكتروني '.repeat(17).slice(0, 200).trim();

beforeAll(async () => {
  [rapport, browser] = await Promise.all([startRapport(), launchBrowser()]);
  cookie = await rapport.setUp();
  key = await serverKey(rapport, cookie);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await rapport?.close();
});

/** A rule put in by way of its JSON, as a developer would. */
async function useRule(page: Page, rule: unknown): Promise<void> {
  await page.getByText('The rule as JSON').click();
  await page.getByRole('textbox', { name: 'The rule as JSON' }).fill(JSON.stringify(rule));
  await page.getByText('The rule as JSON').click();
}

const sentence = (page: Page) => page.locator('.rule-sentence');

test('with nothing seen yet, a name may be typed, and everyone is in until a condition is added', async () => {
  const { page, context, faults } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/new-segment');
  await page.getByText('No condition yet: everyone matches.').waitFor();
  await page.getByRole('button', { name: 'Add a condition' }).click();
  await page.getByRole('option', { name: /^has done something/ }).click();
  await page.getByRole('button', { name: /^Event: / }).click();
  await page.getByText('No event has come in yet').or(page.getByText('In this rule')).waitFor();
  await searching(page);
  await page.keyboard.type('Tea Tasted');
  await page.keyboard.press('Enter');
  await expect
    .poll(() => sentence(page).innerText())
    .toBe('Everyone who has done “Tea Tasted” in the last 30 days.');
  expect(await accessProblems(page)).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});

describe('with a shop and ten thousand names', () => {
  beforeAll(async () => {
    await send(rapport, key, shopEvents(Date.now()));
    const timestamp = new Date().toISOString();
    const named = Array.from({ length: 10_000 }, (_, i) => ({
      type: 'track',
      event: i === 0 ? longName : `Step ${i} Reached`,
      messageId: `n-${i}`,
      userId: `u-${100 + (i % 21)}`,
      timestamp,
      properties: { step: i, [`${longName.slice(0, 120)}`]: 'x' },
    }));
    for (let from = 0; from < named.length; from += 1_000)
      await send(rapport, key, named.slice(from, from + 1_000));
    await rapport.kill();
    await rapport.restart();
  }, 120_000);

  test('a segment is made by keyboard alone and reads as a sentence', async () => {
    const { page, context, faults } = await openPage(browser, rapport.url, { cookie });
    await page.goto('/new-segment');
    const keys = page.keyboard;
    await page.getByLabel('Name', { exact: true }).focus();
    await keys.type('Twice in two months');
    await tabTo(page, 'Add a condition');
    await keys.press('Enter');
    await searching(page);
    await keys.type('has done some');
    await keys.press('Enter');
    // The new condition has the focus: the verb, then the event, then how often.
    await expect.poll(() => focusedName(page)).toBe('Holds or not');
    await tabTo(page, /^Event: /);
    await keys.press('Enter');
    await searching(page);
    await keys.type('order comp');
    await keys.press('Enter');
    await expect.poll(() => focusedName(page)).toMatch(/^Event: “Order Completed”/);
    await tabTo(page, 'Times');
    await keys.press('ControlOrMeta+a');
    await keys.type('2');
    await tabTo(page, 'In the last');
    await keys.press('ControlOrMeta+a');
    await keys.type('60');
    await tabTo(page, /^where/);
    await keys.press('Enter');
    await tabTo(page, /^Property: /);
    await keys.press('Enter');
    await searching(page);
    await keys.type('total');
    await keys.press('Enter');
    await tabTo(page, 'Comparison');
    await keys.type('is over');
    await tabTo(page, 'Value');
    await keys.press('ControlOrMeta+a');
    await keys.type('20');
    await expect
      .poll(() => sentence(page).innerText())
      .toBe(
        'Everyone who has done “Order Completed” (where “total” is over 20) at least 2 times in the last 60 days.',
      );
    await tabTo(page, 'Make the segment');
    await keys.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Twice in two months' }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  test('among thousands of names a few letters find one, and one of 200 Arabic letters breaks nothing', async () => {
    for (const look of looks) {
      const { page, context, faults } = await openPage(browser, rapport.url, { cookie, look });
      await page.goto('/new-segment');
      await useRule(page, { kind: 'count', event: [longName, 'Step 9999 Reached'], op: 'at_least', n: 1 });
      await page.getByRole('button', { name: 'Event: “Step 9999 Reached”' }).click();
      await page.getByText(/more: type a few letters/).waitFor();
      expect(await page.getByRole('option').count()).toBeLessThan(120);
      await searching(page);
      await page.keyboard.type('step 7777');
      await page.getByRole('option', { name: 'Step 7777 Reached' }).click();
      await page.getByRole('button', { name: 'Event: “Step 7777 Reached”' }).waitFor();
      await loaded(page);
      expect(await sideways(page)).toEqual([]);
      expect(await accessProblems(page)).toEqual([]);
      expect(faults).toEqual([]);
      await context.close();
    }
  });

  test('what is missing or wrong is said at its condition, with the way out', async () => {
    const { page, context } = await openPage(browser, rapport.url, { cookie });
    await page.goto('/new-segment');
    await useRule(page, {
      kind: 'all',
      rules: [
        { kind: 'orders', op: 'at_least', n: 3 },
        { kind: 'orders', op: 'at_most', n: 0 },
        { kind: 'segment', segment: 'gone' },
      ],
    });
    await page
      .locator('.condition-problems')
      .getByText('Nobody both has ordered on at least 3 days and has never ordered.')
      .waitFor();
    await page.locator('.condition-problems').getByText('Remove one of the two').waitFor();
    await page.getByLabel('Days with an order').last().fill('');
    await page.getByText('Something is still missing here.').waitFor();
    expect(await page.getByLabel('Days with an order').last().getAttribute('aria-invalid')).toBe('true');
    await page.getByLabel('Days with an order').last().fill('5');
    await sentence(page).getByText('at most 5 days').waitFor();
    await context.close();
  });

  test('conditions are copied, nested, moved, denied and taken out, and all of it can be undone', async () => {
    const { page, context, faults } = await openPage(browser, rapport.url, { cookie });
    await page.goto('/new-segment');
    const rule = {
      kind: 'all',
      rules: [
        { kind: 'orders', op: 'at_least', n: 3 },
        { kind: 'segment', segment: 'unhappy' },
      ],
    };
    await useRule(page, rule);
    const tools = (name: RegExp, item: string) =>
      page
        .getByRole('button', { name })
        .first()
        .click()
        .then(() => page.getByRole('menuitem', { name: item }).click());
    const says = async (text: string) => {
      await expect.poll(() => sentence(page).innerText()).toBe(`Everyone who ${text}.`);
    };
    await tools(/^Condition: is in “Unhappy”/, 'Move up');
    await says('is in “Unhappy” and has ordered on at least 3 days');
    await page.getByLabel('Holds or not').first().selectOption('is not in');
    await says('is not in “Unhappy” and has ordered on at least 3 days');
    await tools(/^Condition: has ordered/, 'Put into a group of its own');
    await page.getByRole('button', { name: 'Add a condition to this group' }).click();
    await searching(page);
    await page.keyboard.type('share');
    await page.keyboard.press('Enter');
    await says(
      'is not in “Unhappy” and (has ordered on at least 3 days or is among 20 % of people, drawn as “share”)',
    );
    await page.getByLabel('How these belong together').last().selectOption('none of');
    await says(
      'is not in “Unhappy” and not (has ordered on at least 3 days or is among 20 % of people, drawn as “share”)',
    );
    await tools(/^Group: /, 'Remove');
    await says('is not in “Unhappy”');
    await page
      .getByRole('status')
      .getByText(/^Group taken out: not/)
      .waitFor();
    await page.keyboard.press('ControlOrMeta+z');
    await says(
      'is not in “Unhappy” and not (has ordered on at least 3 days or is among 20 % of people, drawn as “share”)',
    );
    for (let step = 0; step < 5; step += 1) await page.getByRole('button', { name: 'Undo' }).click();
    await says('has ordered on at least 3 days and is in “Unhappy”');
    expect(await accessProblems(page)).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });

  test('while it is edited, people are counted, compared with the saved rule, and asked one by one', async () => {
    const { page, context, faults } = await openPage(browser, rapport.url, { cookie });
    await page.goto('/segments/quiet/rule');
    const live = page.getByRole('complementary', { name: 'What the rule means right now' });
    await live.getByText('The same people as in the saved segment.').waitFor();
    await page.getByLabel('Never sooner than', { exact: true }).fill('1');
    await page.getByLabel('Usual gaps', { exact: true }).fill('0.1');
    await live
      .getByText(/would join$/)
      .first()
      .waitFor();
    await live.getByRole('textbox', { name: 'Find a person' }).fill('person1@');
    await page.getByRole('listbox', { name: 'Find a person' }).getByRole('option').first().click();
    await live.getByText(/The rule (holds|does not hold) for/).waitFor();
    await live.locator('summary').first().click();
    await live
      .getByText(/turns false only by a new order/)
      .first()
      .waitFor();
    expect(await accessProblems(page)).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });

  test('a ring of segments is refused when saving, with nothing lost', async () => {
    const made = { name: 'Ring', key: 'ring', rule: { kind: 'orders', op: 'at_least', n: 1 } };
    await rapport.api(cookie, 'POST', '/api/segments', made);
    const { page, context } = await openPage(browser, rapport.url, { cookie });
    await page.goto('/segments/ring/rule');
    await page.getByRole('heading', { level: 1, name: 'Change Ring' }).waitFor();
    await useRule(page, { kind: 'segment', segment: 'ring' });
    await page.getByRole('button', { name: 'Save' }).click();
    await page
      .getByText(/in a ring: segment Ring → segment Ring/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Segment: “Ring”' }).waitFor();
    await context.close();
  });
});

/** Presses Tab until the control of that name has the focus. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let pressed = 0; pressed < 60; pressed += 1) {
    const at = await focusedName(page);
    if (typeof name === 'string' ? at === name : name.test(at)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never came to ${String(name)}.`);
}

/** The list is open and takes letters. */
async function searching(page: Page): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.matches('.mantine-Combobox-search') ?? false))
    .toBe(true);
}

function focusedName(page: Page): Promise<string> {
  return page.evaluate(() => {
    const at = document.activeElement;
    return at?.getAttribute('aria-label') ?? (at instanceof HTMLElement ? at.innerText : '');
  });
}
