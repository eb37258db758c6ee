// A file from the disk to people with stages: guessed, corrected, started, done; and files that are no such thing.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../server/test/support/chromium.ts';
import { accessProblems, openPage } from './support/browser.ts';
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

/** A button once it can be pressed. */
const open = (page: Page, name: string) => page.getByRole('button', { name, disabled: false });

/** As a German shop exports it: semicolons, commas, Latin-1, and one row that is broken. */
function orders(): Buffer {
  const rows = Array.from({ length: 40 }, (_, i) => {
    const day = String((i % 28) + 1).padStart(2, '0');
    const month = String((i % 12) + 1).padStart(2, '0');
    return `A${1000 + i};${day}.${month}.2024;kunde${i % 13}@example.de;Käthe;Müller;${10 + i},50`;
  });
  const text = [
    'Bestellnummer;Datum;E-Mail;Vorname;Nachname;Gesamt',
    ...rows,
    'A2000;99.99.2024;kaputt;x;y;zehn',
  ].join('\n');
  return Buffer.from(text, 'latin1');
}

test('an old file is guessed, shown as it will be read, imported as of its last day, and nobody is contacted', async () => {
  const { page, context, faults } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/imports');
  await page
    .getByLabel('File to import')
    .setInputFiles({ name: 'bestellungen.csv', mimeType: 'text/csv', buffer: orders() });
  await page.getByRole('heading', { name: 'Read as a list of orders, 41 rows' }).waitFor();
  const total = page.getByRole('combobox', { name: 'Meaning of Gesamt' });
  expect(await total.inputValue()).toBe('Total of the order');
  const totalRow = page.getByRole('listitem').filter({ has: total });
  await totalRow.getByText('10,50 · 11,50 · 12,50').waitFor();
  await totalRow.getByText('sure').waitFor();
  expect(await accessProblems(page)).toEqual([]);

  await page.getByRole('button', { name: 'To the rows' }).click();
  await page.getByText('1 of all 41 rows would be refused').waitFor();
  expect(new URL(page.url()).searchParams.get('step')).toBe('rows');
  const onward = page.getByRole('button', { name: 'To the permission' });
  expect(await onward.isDisabled(), 'nobody said until when an old file reaches').toBe(true);
  await page.getByRole('radio', { name: /Until a day in the past/ }).check();
  await page.getByLabel('Last day of the file').fill('2025-01-31');
  await open(page, 'To the permission').waitFor();
  expect(await accessProblems(page)).toEqual([]);
  await page.reload();
  expect(await page.getByLabel('Last day of the file').inputValue()).toBe('2025-01-31');
  await onward.click();

  await page.getByRole('heading', { name: 'May you write to these people?' }).waitFor();
  expect(await page.getByRole('radio', { name: /No, or I do not know/ }).isChecked()).toBe(true);
  await page.getByText('Can be mailed: nobody.').waitFor();
  await page.getByRole('radio', { name: /existing customers/ }).check();
  await page.getByText('Can be mailed: 13 of 13 people, those with an e-mail address.').first().waitFor();
  await page.locator('[aria-busy="true"]').waitFor({ state: 'detached' });
  expect(await accessProblems(page)).toEqual([]);
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByText('40 orders and 13 new people are in.').waitFor();
  await page.getByText('31 Jan 2025').waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: /as a file with the reasons/ }).click();
  expect((await download).suggestedFilename()).toMatch(/refused\.csv$/);

  await page.goto('/');
  await page.getByRole('heading', { level: 1, name: /13 customers/ }).waitFor();
  await page.getByText(/As of 31 Jan 2025/).waitFor();
  await page.goto('/people?search=kunde1@');
  await page.getByRole('link', { name: 'Käthe Müller' }).click();
  await page.getByRole('button', { name: 'Bring to today' }).click();
  await page.getByRole('button', { name: 'Bring to today' }).waitFor({ state: 'detached' });
  expect(faults).toEqual([]);
  await context.close();
});

test('an import is taken back from its page: what goes and stays is said before, and the file can be imported again', async () => {
  const { page, context, faults } = await openPage(browser, rapport.url, { cookie });
  const text =
    'order_id,email,date,total\nB1,zoe@example.com,2026-01-05,20\nB2,yan@example.com,2026-02-05,30\n';
  const bring = async (): Promise<void> => {
    await page.goto('/imports');
    await page
      .getByLabel('File to import')
      .setInputFiles({ name: 'wrong.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await open(page, 'To the rows').waitFor();
    const id = new URL(page.url()).pathname.split('/').at(-1);
    await rapport.api(cookie, 'POST', `/api/imports/${id}/start`, {});
    await page.goto(`/imports/${id}`);
    await page.getByText('2 orders and 2 new people are in.').waitFor();
  };
  await bring();
  await page.getByRole('heading', { name: 'Take it back' }).waitFor();
  await page
    .getByText('All 2 people whom this file touched are known by it alone and go. 2 facts go with them.')
    .waitFor();
  expect(await accessProblems(page)).toEqual([]);
  await page.getByRole('button', { name: 'Take this import back' }).click();
  await page.getByText('It was taken back: 2 people who were known by it alone are gone.').waitFor();
  expect(await accessProblems(page)).toEqual([]);
  await page.goto('/people?search=zoe@');
  await page.getByText('Nobody').first().waitFor();
  await bring();
  expect(faults).toEqual([]);
  await context.close();
}, 60_000);

test('a column mapped wrongly is put right before anything is imported', async () => {
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/imports');
  const text = 'bestellt am,wer,betrag\n2024-05-01,a@example.com,10\n2024-05-02,b@example.com,20\n';
  await page
    .getByLabel('File to import')
    .setInputFiles({ name: 'odd.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  const column = page.getByRole('combobox', { name: 'Meaning of betrag' });
  const button = page.getByRole('button', { name: 'To the rows' });
  await open(page, 'To the rows').waitFor();
  await column.click();
  await page.getByRole('option', { name: 'Discount' }).click();
  await page.getByText('The file cannot be imported as it is').waitFor();
  await page.getByText('No column is taken as the amount of the order. Choose it below.').waitFor();
  expect(await button.isDisabled()).toBe(true);
  await column.click();
  await page.getByRole('option', { name: 'Total of the order' }).click();
  await open(page, 'To the rows').waitFor();
  expect(await column.inputValue()).toBe('Total of the order');
  await page.getByRole('button', { name: 'Forget this file' }).click();
  await page.waitForURL(/\/imports$/);
  await context.close();
});

test('a date taken for the total, and the total for the date, is seen at the columns and cannot be started', async () => {
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/imports');
  const rows = Array.from(
    { length: 30 },
    (_, i) => `2024-05-${10 + (i % 20)},p${i}@example.com,${i + 10}.50`,
  );
  await page.getByLabel('File to import').setInputFiles({
    name: 'swapped.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(['date,email,total', ...rows].join('\n')),
  });
  const button = page.getByRole('button', { name: 'To the rows' });
  await open(page, 'To the rows').waitFor();
  const id = new URL(page.url()).pathname.split('/').at(-1);
  await rapport.api(cookie, 'PUT', `/api/imports/${id}`, { map: { date: '3', total: '1' }, kind: 'orders' });
  await page.reload();
  await page.getByText('Every row would be refused').waitFor();
  await page.getByText('only 0 of 30 cells read as such').first().waitFor();
  expect(await button.isDisabled()).toBe(true);
  await expect(rapport.api(cookie, 'POST', `/api/imports/${id}/start`, {})).rejects.toThrow(/Every row of/);
  await page.getByRole('combobox', { name: 'Meaning of date' }).click();
  await page.getByRole('option', { name: 'Date of the order' }).click();
  await page.getByRole('combobox', { name: 'Meaning of total' }).click();
  await page.getByRole('option', { name: 'Total of the order' }).click();
  await open(page, 'To the rows').waitFor();
  await context.close();
});

const utf16 = Buffer.concat([
  Buffer.from([0xff, 0xfe]),
  Buffer.from(
    'Date;E-mail;Total\n2026-05-01;zoë@example.com;12,50\n2026-05-02;bo@example.com;9,90\n',
    'utf16le',
  ),
]);

/** Files as people really drop them: what is no table is refused in words, what is one in disguise is read. */
const files: readonly { readonly name: string; readonly content: Buffer; readonly says: RegExp }[] = [
  {
    name: 'picture.png',
    content: Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), noise(4096)]),
    says: /not a text|is no text|cannot be imported as it is|cannot be read/,
  },
  { name: 'invoice.pdf', content: Buffer.concat([Buffer.from('%PDF-1.7\n'), noise(2048)]), says: /PDF/ },
  { name: 'empty.csv', content: Buffer.alloc(0), says: /has no rows|is empty/ },
  {
    name: 'one-column.csv',
    content: Buffer.from('email\na@example.com\nb@example.com\n'),
    says: /Read as a list of customers, 2 rows/,
  },
  { name: 'utf16.csv', content: utf16, says: /Read as a list of orders, 2 rows/ },
  {
    name: 'quotes.csv',
    content: Buffer.from(
      `date,email,total,note\n${Array.from({ length: 400 }, (_, i) => `2026-05-01,p${i}@example.com,9.50,"no end`).join('\n')}\n`,
    ),
    says: /a quote that is never closed|would be refused/,
  },
];

test.each(files)('$name is told what it is', async ({ name, content, says }) => {
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  await page.goto('/imports');
  await page.getByLabel('File to import').setInputFiles({ name, mimeType: 'text/csv', buffer: content });
  await page.getByText(says).first().waitFor();
  expect(await accessProblems(page)).toEqual([]);
  await context.close();
});

test('what was said to an import survives a lost network, another tab, a session that ended and a restart of the server', async () => {
  const { page, context } = await openPage(browser, rapport.url, { cookie });
  page.setDefaultTimeout(60_000);
  await page.goto('/imports');
  const rows = Array.from(
    { length: 30 },
    (_, i) => `${i},2020-05-${10 + (i % 20)},p${i}@example.com,${i + 10}.50`,
  );
  const file = {
    name: 'old.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(['order_id,date,email,total', ...rows].join('\n')),
  };
  await page.getByLabel('File to import').waitFor({ state: 'attached' });
  await context.setOffline(true);
  await page.getByLabel('File to import').setInputFiles(file);
  await page.getByText('The server does not answer.').first().waitFor();
  await context.setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await open(page, 'To the rows').click();
  await page.getByRole('radio', { name: /Until today/ }).check();
  await open(page, 'To the permission').waitFor();

  const other = await context.newPage();
  await other.goto(page.url());
  await other.getByRole('radio', { name: /Until today/ }).waitFor();
  expect(await other.getByRole('radio', { name: /Until today/ }).isChecked()).toBe(true);

  await rapport.kill();
  await rapport.restart();
  await open(page, 'To the permission').click();
  await page.getByRole('radio', { name: /They opted in/ }).check();
  await page.getByLabel('Where they agreed').fill('Form at the till');
  await page.getByLabel('On or since which day').fill('2020-01-01');
  await open(page, 'Import').waitFor();
  await context.clearCookies();
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.getByLabel('E-mail').fill(owner.email);
  await page.getByLabel('Password', { exact: true }).fill(owner.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  expect(await page.getByLabel('Where they agreed').inputValue()).toBe('Form at the till');
  expect(await page.getByLabel('On or since which day').inputValue()).toBe('2020-01-01');
  await open(page, 'Import').click();
  await page.getByText('30 orders and 30 new people are in.').waitFor();

  await other.reload();
  await other.getByText('30 orders and 30 new people are in.').waitFor();
  await context.close();
}, 300_000);

function noise(bytes: number): Buffer {
  return Buffer.from(Array.from({ length: bytes }, (_, i) => (i * 7919 + (i >> 3)) % 256));
}
