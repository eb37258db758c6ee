import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { noticesOfTally, previewFile, readImport } from './import.ts';
import { LIMITS } from './limits.ts';
import type { ImportItem, ImportedOrder, RefusedRow } from './orders.ts';
import { refusedLines } from './refused-csv.ts';
import { sourceFromBytes, sourceFromPath, type FileSource } from './source.ts';
import type { ImportContext, ImportOptions } from './survey.ts';

const NOW = Date.UTC(2026, 5, 1);
const CONTEXT: ImportContext = {
  timeZone: 'Europe/Berlin',
  currency: 'EUR',
  now: NOW,
  asOf: NOW,
  key: Buffer.from('a key for tests'),
};

type Given = string | Uint8Array | FileSource;

function sourceOf(content: Given, chunkBytes?: number): FileSource {
  if (typeof content === 'string') return sourceFromBytes('orders.csv', Buffer.from(content), chunkBytes);
  return content instanceof Uint8Array ? sourceFromBytes('orders.csv', content, chunkBytes) : content;
}

async function readAll(content: Given, options: ImportOptions = {}, context: ImportContext = CONTEXT) {
  const source = sourceOf(content);
  const { survey } = await previewFile(source, options, context);
  if (survey.kind === 'refused') throw new Error(survey.problems.map(({ message }) => message).join('\n'));
  const reading = readImport(source, survey.plan, context.key);
  const items: ImportItem[] = [];
  for await (const batch of reading.batches) items.push(...batch);
  const orders = items.filter((item): item is ImportedOrder => item.kind === 'order');
  const refused = items.filter((item): item is RefusedRow => item.kind === 'refused');
  const notices = [...survey.notices, ...noticesOfTally(reading.tally)];
  return { survey, items, orders, refused, tally: reading.tally, notices };
}

async function problemsOf(content: Given, options: ImportOptions = {}) {
  const { survey } = await previewFile(sourceOf(content), options, CONTEXT);
  return survey.kind === 'refused' ? survey.problems : [];
}

const amounts = (orders: readonly ImportedOrder[]) =>
  orders.map(({ events }) => events[0]?.properties['total_minor']);
const codes = (refused: readonly RefusedRow[]) => refused.map(({ row, code }) => `${row} ${code}`);
const when = (order: ImportedOrder | undefined) => new Date(order?.events[0]?.at ?? Number.NaN).toISOString();

const SIMPLE =
  'order_id,email,date,total\n1,ana@example.org,2024-01-31,19.99\n2,bo@example.org,2024-02-01,5\n';

describe('encodings', () => {
  const text = 'order_id,email,first_name,date,total\r\n1,ana@example.org,Zoë Ñandú 李,2024-01-31,19.99\r\n';
  const utf16 = Buffer.from(text, 'utf16le');

  test.each<[string, Uint8Array, string, string]>([
    ['UTF-8', Buffer.from(text), 'utf-8', 'recognised'],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`), 'utf-8', 'byte order mark'],
    [
      'UTF-16 LE with a mark',
      Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]),
      'utf-16le',
      'byte order mark',
    ],
    [
      'UTF-16 BE with a mark',
      Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()]),
      'utf-16be',
      'byte order mark',
    ],
    ['UTF-16 LE without a mark', utf16, 'utf-16le', 'recognised'],
    ['UTF-16 BE without a mark', Buffer.from(utf16).swap16(), 'utf-16be', 'recognised'],
  ])('%s is recognised wherever chunks are cut', async (_name, bytes, label, how) => {
    for (const chunkBytes of [1, 3, 7, 4096]) {
      const { survey, orders } = await readAll(sourceOf(bytes, chunkBytes));
      expect(survey.plan.encoding).toMatchObject({ label, how });
      expect(orders[0]?.traits['first_name']).toBe('Zoë Ñandú 李');
      expect(orders[0]?.identities).toEqual([['email', 'ana@example.org']]);
    }
  });

  test('Windows-1252 is assumed and said, with the first byte that is not UTF-8', async () => {
    const bytes = Buffer.from(
      'order_id,email,first_name,date,total\n1,a@example.org,Zo\xeb \x80,2024-01-31,1.50\n',
      'latin1',
    );
    const { orders, notices } = await readAll(bytes);
    expect(orders[0]?.traits['first_name']).toBe('Zoë €');
    expect(notices.find(({ code }) => code === 'encoding_assumed')?.message).toContain(
      '0xeb on line 2 (byte 55)',
    );
  });

  test('a UTF-8 file with a few damaged bytes loses these rows and no others', async () => {
    const good = Array.from(
      { length: 30 },
      (_, at) => `${at + 1},p${at}@example.org,Zoë,2024-01-31,2.00\n`,
    ).join('');
    const bytes = Buffer.concat([
      Buffer.from(`order_id,email,first_name,date,total\n${good}`),
      Buffer.from('31,bad@example.org,Zo\xeb,2024-01-31,2.00\n', 'latin1'),
    ]);
    const { orders, refused, notices } = await readAll(bytes);
    expect(orders).toHaveLength(30);
    expect(codes(refused)).toEqual(['32 damaged_text']);
    expect(notices.map(({ code }) => code)).toContain('text_damaged');
  });

  test.each<[string, Uint8Array, string]>([
    ['nothing at all', Buffer.alloc(0), 'file_empty'],
    ['a header alone', Buffer.from('order_id,email,date,total\n'), 'file_empty'],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]), 'file_compressed'],
    ['a workbook', Buffer.from('PK\x03\x04rest of it'), 'file_not_text'],
    ['a PDF', Buffer.from('%PDF-1.7 …'), 'file_not_text'],
  ])('%s is refused with a hint', async (_name, bytes, code) => {
    const problems = await problemsOf(bytes);
    expect(problems.map((problem) => problem.code)).toEqual([code]);
    expect(problems[0]?.hint).not.toBe('');
  });

  test('a file that is too large is refused before it is read', async () => {
    const source: FileSource = {
      name: 'huge.csv',
      bytes: LIMITS.fileBytesMax + 1,
      open: () => {
        throw new Error('was opened');
      },
    };
    expect((await problemsOf(source)).map(({ code }) => code)).toEqual(['file_too_large']);
  });
});

describe('tables', () => {
  test.each([
    ['commas', ','],
    ['semicolons', ';'],
    ['tabs', '\t'],
    ['pipes', '|'],
  ])('%s are recognised as delimiter', async (_name, delimiter) => {
    const content = SIMPLE.replaceAll(',', delimiter)
      .replaceAll('19.99', '"19,99"')
      .replaceAll(`${delimiter}5\n`, `${delimiter}"5,00"\n`);
    const { orders } = await readAll(content);
    expect(amounts(orders)).toEqual([1999, 500]);
  });

  test('runs of blanks with a leading blank, a header and CRLF are read as CDNOW writes them', async () => {
    const { orders, survey } = await readAll(
      ' customer_id  date number_of_cds  dollar_value\r\n 00001 19970101  1   11.77\r\n 00002 19970112  5   77.00\r\n',
    );
    expect(survey.plan.table.dialect.delimiter).toBe(' ');
    expect(orders.map(({ identities }) => identities[0])).toEqual([
      ['user_id', '00001'],
      ['user_id', '00002'],
    ]);
    expect(amounts(orders)).toEqual([1177, 7700]);
    expect(orders[1]?.events[0]?.properties['quantity']).toBe(5);
  });

  test('quotes hold delimiters, line ends and doubled quotes', async () => {
    const { orders } = await readAll(
      'order_id,email,product,date,total\n1,a@example.org,"Mug, ""large""\r\nand blue",2024-01-31,1.00\n2,b@example.org, "x" ,2024-01-31,2.00',
    );
    expect(orders.map(({ events }) => events[0]?.properties['products'])).toEqual([
      [{ name: 'Mug, "large"\r\nand blue' }],
      [{ name: 'x' }],
    ]);
  });

  test('a quote that is never closed costs its own row and nothing after it', async () => {
    const rows = Array.from(
      { length: 500 },
      (_, at) => `${at + 10},p${at}@example.org,Mug,2024-01-31,2.00\n`,
    ).join('');
    const { orders, refused } = await readAll(
      `order_id,email,product,date,total\n1,a@example.org,"Mug,2024-01-31,1.00\n${rows}`,
    );
    expect(codes(refused)).toEqual(['2 quote_not_closed']);
    expect(orders).toHaveLength(500);
  });

  test('a file of quotes that are never closed is refused in bounded time', async () => {
    const rows = Array.from({ length: 5_000 }, (_, at) => `"${at},p${at}@example.org,2024-01-31,2.00\n`).join(
      '',
    );
    expect((await problemsOf(`order_id,email,date,total\n${rows}`)).map(({ code }) => code)).toEqual([
      'quotes_unbalanced',
    ]);
  });

  test('ragged rows, NUL bytes and overlong fields are refused with their row number, the rest goes on', async () => {
    const { orders, refused } = await readAll(
      [
        'order_id,email,date,total,note',
        '1,a@example.org,2024-01-31,1.00,',
        '2,b@example.org,2024-01-31',
        '3,c@example.org,2024-01-31,1,00,x',
        '4,d\0@example.org,2024-01-31,1.00,',
        `5,e@example.org,2024-01-31,1.00,${'x'.repeat(LIMITS.fieldCharsMax + 1)}`,
        '',
        ',,,,',
        '6,f@example.org,2024-01-31,1.00,,,',
        `7,g@example.org,2024-01-31,1.00,${'y'.repeat(LIMITS.recordCharsMax * 3)}`,
        '8,h@example.org,2024-01-31,1.00,',
      ].join('\n'),
    );
    expect(orders.map(({ row }) => row)).toEqual([2, 9, 11]);
    expect(codes(refused)).toEqual([
      '3 ragged_row',
      '4 ragged_row',
      '5 nul_byte',
      '6 field_too_long',
      '10 record_too_long',
    ]);
    expect(refused[0]).toMatchObject({
      raw: '2,b@example.org,2024-01-31',
      reason: 'The row has 3 fields, the table 5.',
    });
  });

  test('repeated headers get numbers and can be mapped', async () => {
    const { orders, notices } = await readAll(
      'order_id,email,date,total,Note,Note\n1,a@example.org,2024-01-31,1.00,x,y\n',
      {
        map: { 'traits.note': 'Note (2)' },
      },
    );
    expect(orders[0]?.traits['note']).toBe('y');
    expect(notices.map(({ code }) => code)).toContain('header_repeated');
  });

  test('a file without a header is mapped by number', async () => {
    const { orders, notices } = await readAll('0004,19970101,2,29.33\n0004,19970118,2,29.73\n', {
      map: { user_id: '1' },
    });
    expect(notices.map(({ code }) => code)).toContain('no_header');
    expect(amounts(orders)).toEqual([2933, 2973]);
  });

  test("Excel's first line 'sep=;' is understood", async () => {
    const { orders } = await readAll(`sep=;\r\n${SIMPLE.replaceAll(',', ';').replaceAll('19.99', '19,99')}`);
    expect(amounts(orders)).toEqual([1999, 500]);
  });
});

describe('columns', () => {
  test('a missing column names what was looked for, what there is, and how to say it', async () => {
    const problems = await problemsOf('who,when,how much\nana,gestern,viel\n');
    expect(problems.map(({ code }) => code)).toEqual(['column_missing']);
    expect(problems[0]?.message).toContain("'who', 'when', 'how much'");
    expect(problems[0]?.hint).toContain('--map user_id=');
    const orders = await problemsOf('order_id,email,x\n1,a@example.org,y\n');
    expect(orders).toHaveLength(2);
    expect(orders[0]?.message).toContain("'date'");
    expect(orders[1]?.message).toContain("'total'");
  });

  test('an override that names no column lists the columns', async () => {
    const problems = await problemsOf(SIMPLE, { map: { date: 'Datum', colour: 'total' } });
    expect(problems.map(({ code }) => code)).toEqual(['column_unknown', 'role_unknown']);
    expect(problems[0]?.hint).toContain("'order_id', 'email', 'date', 'total'");
  });

  test('names that reach into objects are no trait names', async () => {
    expect(
      (await problemsOf(SIMPLE, { map: { 'traits.__proto__': 'total' } })).map(({ code }) => code),
    ).toEqual(['role_unknown']);
    const { orders } = await readAll(
      'order_id,email,date,total,__proto__\n1,a@example.org,2024-01-31,1.00,x\n',
    );
    expect(Object.getPrototypeOf(orders[0]?.traits)).toBe(Object.prototype);
  });

  test("Shopify's export is understood: order number in Name, later lines nearly empty", async () => {
    const header =
      'Name,Email,Financial Status,Paid at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Billing City,Billing Country,Cancelled at,Refunded Amount,Phone';
    const { orders, refused } = await readAll(
      [
        header,
        '#1001,Ana@Example.org,paid,2024-01-31 10:00:00 +0100,yes,EUR,30.00,5.00,5.59,35.00,,0.00,2024-01-31 09:59:00 +0100,2,Mug,10.00,MUG,Ana Ruiz,Bonn,DE,,0.00,+49 170 1234567',
        '#1001,Ana@Example.org,,,,,,,,,,,2024-01-31 09:59:00 +0100,1,Cup,10.00,CUP,,,,,,',
        '#1002,bo@example.org,refunded,2024-02-01 10:00:00 +0100,no,EUR,20.00,0.00,3.19,20.00,SPRING,2.00,2024-02-01 10:00:00 +0100,1,Pot,20.00,POT,Bo Li,Köln,DE,2024-02-03 10:00:00 +0100,20.00,',
        '#1003,cy@example.org,pending,,no,EUR,20.00,0.00,3.19,20.00,,0.00,2024-02-02 10:00:00 +0100,1,Pot,20.00,POT,Cy,Köln,DE,,0.00,',
      ].join('\n'),
    );
    expect(codes(refused)).toEqual(['5 not_completed']);
    expect(orders[0]).toMatchObject({
      identities: [['email', 'ana@example.org']],
      traits: { name: 'Ana Ruiz', city: 'Bonn', country: 'DE', phone: '+491701234567' },
      consent: 'given',
      events: [
        {
          id: 'import:order:#1001',
          at: Date.UTC(2024, 0, 31, 8, 59),
          name: 'Order Completed',
          properties: {
            order_id: '#1001',
            total: 35,
            total_minor: 3500,
            currency: 'EUR',
            products: [
              { sku: 'MUG', name: 'Mug', quantity: 2, price: 10 },
              { sku: 'CUP', name: 'Cup', quantity: 1, price: 10 },
            ],
          },
        },
      ],
    });
    expect(orders[1]?.events.map(({ id, name, at }) => [id, name, new Date(at).toISOString()])).toEqual([
      ['import:order:#1002', 'Order Completed', '2024-02-01T09:00:00.000Z'],
      ['import:refund:#1002', 'Order Refunded', '2024-02-03T09:00:00.000Z'],
    ]);
    expect(orders[1]?.consent).toBe('not_given');
  });

  test.each([
    [
      'Bestellnummer;Kunden-Nr.;E-Mail-Adresse;Bestelldatum;Gesamtbetrag;Währung;Vorname',
      '7;K1;a@example.org;31.01.2024;1.234,50 €;EUR;Zoë',
    ],
    [
      'N° de commande;Numéro client;Adresse e-mail;Date de commande;Montant total;Devise;Prénom',
      '7;K1;a@example.org;31/01/2024;1 234,50;EUR;Zoë',
    ],
    [
      'Número de pedido;ID cliente;Correo electrónico;Fecha de pedido;Importe total;Moneda;Nombre',
      '7;K1;a@example.org;31/01/2024;1.234,50;EUR;Zoë',
    ],
    [
      'Increment ID;CustomerId;Customer Email;Created At;Grand Total;Order Currency Code;Customer First Name',
      '7;K1;a@example.org;2024-01-31 12:00:00;1234.5000;EUR;Zoë',
    ],
  ])('usual headings are understood: %s', async (header, row) => {
    const { orders } = await readAll(`${header}\n${row}\n`);
    expect(orders[0]).toMatchObject({
      identities: [
        ['user_id', 'K1'],
        ['email', 'a@example.org'],
      ],
      traits: { first_name: 'Zoë' },
      events: [{ id: 'import:order:7', properties: { total_minor: 123450, currency: 'EUR' } }],
    });
    expect(when(orders[0])).toBe('2024-01-31T11:00:00.000Z');
  });

  test('a file without orders gives people with traits and consent', async () => {
    const { items } = await readAll(
      'Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Phone,Total Spent,Tier\n7,Ana,Ruiz,ana@example.org,yes,,99.00,gold\n8,Bo,Li,bo@example.org,unsubscribed,,0.00,\n0,,,,,,,\n',
      { map: { 'traits.tier': 'Tier' } },
    );
    expect(items[0]).toMatchObject({
      kind: 'person',
      identities: [
        ['user_id', '7'],
        ['email', 'ana@example.org'],
      ],
      traits: { first_name: 'Ana', last_name: 'Ruiz', email: 'ana@example.org', tier: 'gold' },
      consent: 'given',
    });
    expect(items[1]).toMatchObject({ kind: 'person', consent: 'withdrawn' });
    expect(items[2]).toMatchObject({ kind: 'refused', code: 'identity_missing' });
  });
});

describe('dates', () => {
  const dated = (dates: readonly string[], options: ImportOptions = {}) =>
    readAll(
      `email\tdate\ttotal\n${dates.map((date) => `a@example.org\t${date}\t1.00`).join('\n')}\n`,
      options,
    );

  test.each([
    ['20240131', '2024-01-31T11:00:00.000Z'],
    ['2024-07-31', '2024-07-31T10:00:00.000Z'],
    ['2024-01-31T10:30:00Z', '2024-01-31T10:30:00.000Z'],
    ['2024-01-31 10:30:00 +0530', '2024-01-31T05:00:00.000Z'],
    ['2024-01-31T10:30:00.123456-05:00', '2024-01-31T15:30:00.123Z'],
    ['2024-07-31 10:30', '2024-07-31T08:30:00.000Z'],
    ['31.01.2024 10:30', '2024-01-31T09:30:00.000Z'],
    ['31/01/98', '1998-01-31T11:00:00.000Z'],
    ['1/31/2024, 1:05 PM', '2024-01-31T12:05:00.000Z'],
    ['31 Jan 2024', '2024-01-31T11:00:00.000Z'],
    ['March 3, 2024 at 12:00 am', '2024-03-02T23:00:00.000Z'],
    ['3. März 2024', '2024-03-03T11:00:00.000Z'],
    ['1706697000', '2024-01-31T10:30:00.000Z'],
    ['1706697000000', '2024-01-31T10:30:00.000Z'],
  ])('%s is %s', async (date, instant) => {
    const { orders } = await dated([date]);
    expect(when(orders[0])).toBe(instant);
  });

  test('one day above 12 settles the whole column', async () => {
    const { orders, notices } = await dated(['01/02/2024', '03/04/2024', '25/12/2024']);
    expect(orders.map(when).map((text) => text.slice(0, 10))).toEqual([
      '2024-02-01',
      '2024-04-03',
      '2024-12-25',
    ]);
    expect(notices.map(({ code }) => code)).not.toContain('date_order_assumed');
  });

  test('a column that could be read both ways says what was assumed, and can be overridden', async () => {
    const assumed = await dated(['01/02/2024', '03/04/2024']);
    expect(when(assumed.orders[0])).toContain('2024-02-01');
    expect(assumed.notices.find(({ code }) => code === 'date_order_assumed')?.hint).toContain(
      '--date-format mdy',
    );
    const said = await dated(['01/02/2024', '03/04/2024'], { dateFormat: 'mdy' });
    expect(when(said.orders[0])).toContain('2024-01-02');
    expect(said.notices.map(({ code }) => code)).not.toContain('date_order_assumed');
  });

  test.each([
    ['2024-02-30', 'date_unreadable'],
    ['275760-09-13', 'date_unreadable'],
    ['8640000000000001', 'date_unreadable'],
    ['1969-12-30', 'date_out_of_range'],
    ['2031-01-01', 'date_in_future'],
    ['', 'date_missing'],
    ['yesterday', 'date_unreadable'],
    ['2024-01-31T25:00:00Z', 'date_unreadable'],
  ])("'%s' is refused as %s", async (date, code) => {
    const { orders, refused } = await dated(['2024-01-31', date]);
    expect(orders).toHaveLength(1);
    expect(codes(refused)).toEqual([`3 ${code}`]);
  });

  test('rows after the as-of instant are refused', async () => {
    const { refused } = await readAll(SIMPLE, {}, { ...CONTEXT, asOf: Date.UTC(2024, 0, 31, 23) });
    expect(codes(refused)).toEqual(['3 date_after_as_of']);
  });

  test('local times that clocks skip or repeat are still one instant', async () => {
    const { orders } = await dated(['2024-03-31 02:30', '2024-10-27 02:30', '2024-10-27 03:30']);
    expect(orders.map(when)).toEqual([
      '2024-03-31T01:30:00.000Z',
      '2024-10-27T00:30:00.000Z',
      '2024-10-27T02:30:00.000Z',
    ]);
  });
});

describe('money', () => {
  const priced = (cells: readonly string[], options: ImportOptions = {}) =>
    readAll(
      `email\tdate\ttotal\n${cells.map((cell) => `a@example.org\t2024-01-31\t${cell}`).join('\n')}\n`,
      options,
    );

  test.each<[string, readonly string[], readonly number[]]>([
    ['points', ['1,234.56', '1234.5', '0.10', '.5', '7'], [123456, 123450, 10, 50, 700]],
    ['commas', ['1.234,56', '1234,5', '0,10', '€ 7,00', '7,00 EUR'], [123456, 123450, 10, 700, 700]],
    ['blanks and apostrophes', ["1'234.50", '1 234.50', '1\u00a0234.50'], [123450, 123450, 123450]],
    ['what programs write', ['19.989999999999998', '19.990000000000002', '10.0000'], [1999, 1999, 1000]],
    ['Indian groups', ['1,23,456.00'], [12345600]],
  ])('%s are read exactly', async (_name, cells, minor) => {
    const { orders, refused } = await priced(cells);
    expect(refused).toEqual([]);
    expect(amounts(orders)).toEqual(minor);
  });

  test.each([
    ['JPY', '1,234', 1234],
    ['KWD', '1.234', 1234],
    ['EUR', '1.234', 123400],
  ])('%s: %s is %d minor units', async (currency, cell, minor) => {
    const { orders } = await priced([cell], { currency });
    expect(amounts(orders)).toEqual([minor]);
    expect(orders[0]?.events[0]?.properties['currency']).toBe(currency);
  });

  test('a column that could be read both ways says what was assumed, and can be overridden', async () => {
    const { notices, orders } = await priced(['1.234']);
    expect(amounts(orders)).toEqual([123400]);
    expect(notices.map(({ code }) => code)).toContain('decimal_assumed');
    const said = await priced(['1.234'], { decimal: 'point', currency: 'KWD' });
    expect(amounts(said.orders)).toEqual([1234]);
  });

  test.each([
    ['12.345', 'amount_too_precise'],
    ['1,23', 'amount_unreadable'],
    ['12.5 XYZ', 'amount_unreadable'],
    ['$1£', 'amount_unreadable'],
    ['a lot', 'amount_unreadable'],
    ['NaN', 'amount_unreadable'],
    ['1e5', 'amount_unreadable'],
    ['', 'amount_missing'],
    ['99999999999999999.00', 'amount_too_large'],
  ])("'%s' is refused as %s", async (cell, code) => {
    const { refused, orders } = await priced(['1.00', cell]);
    expect(orders).toHaveLength(1);
    expect(codes(refused)).toEqual([`3 ${code}`]);
  });

  test('a sign that contradicts the currency that was said refuses its row', async () => {
    const { refused, orders } = await priced(['€5.00', '£5.00'], { currency: 'EUR' });
    expect(amounts(orders)).toEqual([500]);
    expect(codes(refused)).toEqual(['3 currency_conflict']);
  });

  test('negative and bracketed amounts become refunds', async () => {
    const { orders } = await priced(['-5.00', '(7.50)', '3.00-', '$-2.00']);
    expect(orders.map(({ events }) => [events[0]?.name, events[0]?.properties['total_minor']])).toEqual([
      ['Order Refunded', 500],
      ['Order Refunded', 750],
      ['Order Refunded', 300],
      ['Order Refunded', 200],
    ]);
  });

  test('random amounts keep every cent', async () => {
    let seed = 7;
    const cents = Array.from({ length: 500 }, () => (seed = (seed * 48271) % 2147483647) % 10_000_000);
    const { orders } = await priced(
      cents.map((minor) => `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`),
    );
    expect(amounts(orders)).toEqual(cents);
    expect(orders.map(({ events }) => events[0]?.properties['total'])).toEqual(
      cents.map((minor) => Number((minor / 100).toFixed(2))),
    );
  });
});

describe('orders', () => {
  test('rows that share an order id are lines of one order, however far apart', async () => {
    const ids = Array.from({ length: 300 }, (_, at) => at + 1);
    const lines = (sku: string) =>
      ids.map((id) => `${id},p${id}@example.org,2024-01-31,${sku},2,1.25`).join('\n');
    const { orders, refused } = await readAll(
      `order_id,email,date,sku,quantity,price\n${lines('A')}\n${lines('B')}\n`,
    );
    expect(refused).toEqual([]);
    expect(orders).toHaveLength(300);
    expect(amounts(orders)).toEqual(ids.map(() => 500));
  });

  test('a file whose orders do not fit into memory is read several times, with the same result', async () => {
    const ids = Array.from({ length: LIMITS.linesHeldMax / 2 + 500 }, (_, at) => at + 1);
    const lines = (price: string) => ids.map((id) => `${id},u${id},2024-01-31,${price}`).join('\n');
    const { survey, orders, refused, tally } = await readAll(
      `order_id,customer_id,date,price\n${lines('1.00')}\nx\n${lines('0.50')}\n`,
    );
    expect(survey.plan.passes).toBe(2);
    expect(new Set(orders.map(({ events }) => events[0]?.id)).size).toBe(ids.length);
    expect(new Set(amounts(orders))).toEqual(new Set([150]));
    expect(codes(refused)).toEqual([`${ids.length + 2} ragged_row`]);
    expect(tally.rows).toBe(ids.length * 2 + 1);
  });

  test.each([
    ['buyer', '1,b@example.org,2024-01-31,5.00', 'two buyers (email)'],
    ['date', '1,a@example.org,2024-02-01,5.00', 'two dates'],
    ['total', '1,a@example.org,2024-01-31,6.00', 'two totals'],
  ])('lines of one order with another %s are refused together', async (_what, line, reason) => {
    const { orders, refused } = await readAll(
      `order_id,email,date,total\n1,a@example.org,2024-01-31,5.00\n${line}\n2,c@example.org,2024-01-31,1.00\n`,
    );
    expect(orders).toHaveLength(1);
    expect(codes(refused)).toEqual(['2 order_conflict', '3 order_conflict']);
    expect(refused[0]?.reason).toContain(reason);
  });

  test('an order with a line that cannot be read is refused whole', async () => {
    const { orders, refused } = await readAll(
      'order_id,email,date,line_total\n1,a@example.org,2024-01-31,5.00\n1,a@example.org,2024-01-31,much\n1,a@example.org,2024-01-31,1.00\n2,c@example.org,2024-01-31,1.00\n',
    );
    expect(orders.map(({ row }) => row)).toEqual([5]);
    expect(codes(refused)).toEqual(['3 amount_unreadable', '2 order_line_refused', '4 order_line_refused']);
  });

  test('identical rows without order ids are orders of their own, counted in a notice', async () => {
    const row = 'u1,2024-01-31,5.00\n';
    const { orders, tally, notices } = await readAll(
      `customer_id,date,total\n${row}${row}u2,2024-01-31,5.00\n${row}`,
    );
    expect(new Set(orders.map(({ events }) => events[0]?.id)).size).toBe(4);
    expect(tally.identicalRows).toBe(2);
    expect(notices.find(({ code }) => code === 'identical_rows')?.message).toContain('2 rows');
  });

  test('the same file, half of it, or the same rows in another encoding give the same ids', async () => {
    const rows = Array.from({ length: 40 }, (_, at) => `u${at % 7},2024-01-${10 + (at % 3)},5.00`);
    const ids = async (
      lines: readonly string[],
      bytes = Buffer.from(`customer_id,date,total\n${lines.join('\n')}\n`),
    ) => (await readAll(bytes)).orders.map(({ events }) => events[0]?.id);
    const whole = await ids(rows);
    expect(new Set(whole).size).toBe(40);
    expect(await ids(rows.slice(0, 20))).toEqual(whole.slice(0, 20));
    expect(
      await ids(
        rows,
        Buffer.from(`customer_id;date;total\r\n${rows.join('\r\n').replaceAll(',', ';')}`, 'utf16le'),
      ),
    ).toEqual(whole);
    const other = await readAll(
      `customer_id,date,total\n${rows.join('\n')}\n`,
      {},
      { ...CONTEXT, key: Buffer.from('another key') },
    );
    expect(other.orders.map(({ events }) => events[0]?.id)).not.toEqual(whole);
  });

  test('status words decide: refunded and cancelled are refunds, pending is no order, unknown ones are said', async () => {
    const { orders, refused, notices } = await readAll(
      'order_id,email,date,total,status\n1,a@example.org,2024-01-31,5.00,Completed\n2,a@example.org,2024-01-31,5.00,wc-refunded\n3,a@example.org,2024-01-31,5.00,Storniert\n4,a@example.org,2024-01-31,5.00,Failed\n5,a@example.org,2024-01-31,5.00,Frobnicated\n',
    );
    expect(orders.map(({ events }) => events.map(({ name }) => name.slice(6)))).toEqual([
      ['Completed'],
      ['Completed', 'Refunded'],
      ['Completed', 'Refunded'],
      ['Completed'],
    ]);
    expect(codes(refused)).toEqual(['5 not_completed']);
    expect(notices.find(({ code }) => code === 'status_unknown')?.message).toContain("'Frobnicated' (1)");
  });

  test('placeholders are nobody', async () => {
    const { orders, refused } = await readAll(
      'customer_id,email,date,total\nnull,a@example.org,2024-01-31,5.00\n0,,2024-01-31,5.00\n[object Object],not an address,2024-01-31,5.00\n',
    );
    expect(orders[0]?.identities).toEqual([['email', 'a@example.org']]);
    expect(codes(refused)).toEqual(['3 identity_missing', '4 identity_missing']);
    expect(refused[1]?.reason).toContain("'not an address' is not an e-mail address");
  });

  test('an order whose only buyer is no address is refused with what stood there', async () => {
    const { refused } = await readAll('order_id,email,date,total\n77,not-an-address,2024-01-31,5.00\n');
    expect(refused[0]?.reason).toBe(
      "Nothing says who bought order '77': 'not-an-address' is not an e-mail address.",
    );
  });

  test('emoji and right-to-left names pass unchanged', async () => {
    const { orders } = await readAll(
      'order_id,email,name,date,total\n1,a@example.org,👩🏽‍🚀 שרה كريم,2024-01-31,5.00\n',
    );
    expect(orders[0]?.traits['name']).toBe('👩🏽‍🚀 שרה كريم');
  });
});

test('the file of refused rows cannot carry a formula', () => {
  const line = refusedLines([
    { row: 3, code: 'ragged_row', reason: 'r', hint: 'h', raw: '=HYPERLINK("http://x","y"),1' },
    { row: 4, code: 'ragged_row', reason: 'r', hint: 'h', raw: '\t+1' },
  ]);
  expect(line).toBe(`3,ragged_row,r,h,"'=HYPERLINK(""http://x"",""y""),1"\r\n4,ragged_row,r,h,"'\t+1"\r\n`);
});

const CDNOW = new URL('../../../../shared/data/cdnow/CDNOW_master.txt', import.meta.url).pathname;

test.skipIf(!existsSync(CDNOW))(
  'CDNOW is read whole: 23,570 customers, 69,659 orders, 255 identical rows (skipped without shared/data)',
  async () => {
    const { orders, refused, tally } = await readAll(
      await sourceFromPath(CDNOW),
      { currency: 'USD' },
      { ...CONTEXT, timeZone: 'America/New_York' },
    );
    expect(refused).toEqual([]);
    expect(orders).toHaveLength(69_659);
    expect(new Set(orders.map(({ identities }) => identities[0]?.[1])).size).toBe(23_570);
    expect(tally.identicalRows).toBe(255);
    expect(orders.reduce((sum, { events }) => sum + Number(events[0]?.properties['total_minor']), 0)).toBe(
      250_031_563,
    );
    expect([orders[0], orders[69_658]].map(when)).toEqual([
      '1997-01-01T17:00:00.000Z',
      '1997-03-26T17:00:00.000Z',
    ]);
  },
);
