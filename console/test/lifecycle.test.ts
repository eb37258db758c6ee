// Changing a lifecycle model in a real browser: what it means for whom before it is saved, nothing lost when somebody else saves, a way
// back, and stages that cannot go.
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

const arabic = 'نموذج العلاقة '.repeat(36).slice(0, 500);

test('a stage is renamed and moved, who would move is counted, saved, and taken back', async () => {
  const { page, context, faults } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/lifecycle');
  await page.getByRole('link', { name: 'Change the model' }).click();
  await page.getByText('Nothing is changed yet.').waitFor();
  await page.getByRole('button', { name: 'Change Continuation' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Regulars');
  await page.getByRole('button', { name: 'Move Regulars up' }).click();
  const side = page.getByRole('complementary', { name: 'What saving would change' });
  await side.getByText(/would stand elsewhere\.$/).waitFor();
  await side.getByText(/^All .* people were asked\.$/).waitFor();
  await side.getByText('Regulars → Build-up').waitFor();
  await side.getByText(/^for example/).waitFor();
  await page.getByRole('button', { name: 'Save as version 2' }).click();
  await page.getByText('Relationship is saved as version 2. Nobody was contacted.').waitFor();
  await page.getByRole('heading', { name: 'Regulars', level: 3 }).waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Relationship is as it was.').waitFor();
  await page.getByRole('heading', { name: 'Continuation', level: 3 }).waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

test('a name that is too long and a rule that is refused are told at their place; nothing is lost when the page is left', async () => {
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/lifecycle/default/edit');
  await page.getByRole('button', { name: 'Change Build-up' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(arabic);
  await page
    .getByText(/at most 80 characters|80/)
    .first()
    .waitFor();
  await page.reload();
  await page.getByText(/^Taken up again: what you wrote on/).waitFor();
  await page.getByRole('button', { name: /^Change نموذج/ }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Getting to know');
  await page.getByText('The rule as JSON').click();
  await page
    .getByRole('textbox', { name: 'The rule as JSON' })
    .fill('{"kind": "orders", "op": "often", "n": 2}');
  await page.getByText('One thing is missing or wrong.', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Discard it' }).click();
  await page.getByText('Nothing is changed yet.').waitFor();
  await context.close();
});

test('of two people who change the same model the later is told, and can put theirs over it', async () => {
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/lifecycle/default/edit');
  await page.getByRole('textbox', { name: 'Name of the model' }).fill('Mine');
  await rapport.api(cookie, 'PUT', '/api/lifecycle/default', { name: 'Theirs' });
  await page.getByRole('button', { name: /^Save as version/ }).click();
  await page.getByText(/was saved by .* since you began with version/).waitFor();
  await page.getByRole('button', { name: 'Look at theirs' }).click();
  await page.getByRole('heading', { name: 'Theirs', level: 2 }).waitFor();
  await page.getByRole('link', { name: 'Change the model' }).click();
  await page.getByText(/^Taken up again/).waitFor();
  await page.getByRole('button', { name: /^Save as version/ }).click();
  await page.getByRole('button', { name: 'Save mine over it' }).click();
  await page.getByRole('heading', { name: 'Mine', level: 2 }).waitFor();
  await context.close();
});

test('a stage that a segment asks about cannot go, and says why and what to do', async () => {
  const rule = { kind: 'stage', model: 'default', stage: ['continuation'] };
  await rapport.api(cookie, 'POST', '/api/segments', { key: 'steady', name: 'Steady ones', rule });
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/lifecycle/default/edit');
  await page.getByRole('button', { name: 'Change Continuation' }).click();
  await page.getByRole('button', { name: 'Take this stage out' }).click();
  await page.getByText('Continuation cannot go yet.').waitFor();
  expect(await page.getByRole('button', { name: /^Save as version/ }).isDisabled()).toBe(true);
  await page.getByRole('link', { name: 'Steady ones' }).first().waitFor();
  await page.getByRole('button', { name: 'Put it back' }).click();
  await page.getByText('Continuation cannot go yet.').waitFor({ state: 'detached' });
  for (let stages = 5; stages < 12; stages += 1)
    await page.getByRole('button', { name: 'Add a stage' }).click();
  await page.getByText('A model has at most 12 stages.').waitFor();
  expect(await page.getByRole('button', { name: 'Add a stage' }).isDisabled()).toBe(true);
  await context.close();
});

test.each(looks)(
  'presets are compared, one becomes a model and is deleted and put back, $width $scheme',
  async (look) => {
    const { page, context, faults } = await openPage(browser, rapport.url, { cookie, look });
    await page.goto('/new-model');
    await page.getByText(/^All .* people were asked\./).waitFor();
    expect(await accessProblems(page)).toEqual([]);
    expect(await sideways(page)).toEqual([]);
    await page.getByRole('link', { name: 'Begin with Purchase' }).click();
    await page.getByRole('textbox', { name: 'Name of the model' }).fill('How they buy');
    await page.getByRole('button', { name: 'Change Comparison' }).click();
    await page
      .getByRole('complementary')
      .getByText(/^All .* people were asked\./)
      .waitFor();
    expect(await accessProblems(page)).toEqual([]);
    expect(await sideways(page)).toEqual([]);
    await page.getByRole('button', { name: 'Make the model' }).click();
    await page.getByRole('heading', { name: 'How they buy', level: 2 }).waitFor();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Delete this model' }).click();
    await page.getByText('The model How they buy is deleted.').waitFor();
    await page.getByText('Deleted models (1)').click();
    await page.getByRole('button', { name: 'Put back How they buy' }).click();
    await page.getByText('Deleted models (1)').waitFor({ state: 'detached' });
    await rapport.api(cookie, 'DELETE', '/api/lifecycle/purchase');
    expect(faults).toEqual([]);
    await context.close();
  },
);
