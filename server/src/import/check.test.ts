import { expect, test } from 'vitest';
import { checkFile } from './check.ts';
import { describePreview } from './describe.ts';
import { sourceFromBytes } from './source.ts';
import type { ImportContext, ImportOptions } from './survey.ts';

const NOW = Date.UTC(2026, 5, 1);
const CONTEXT: ImportContext = {
  timeZone: 'Europe/Berlin',
  currency: 'EUR',
  now: NOW,
  asOf: NOW,
  key: Buffer.from('a key for tests'),
};

async function looked(text: string, options: ImportOptions = {}) {
  return describePreview(await checkFile(sourceFromBytes('orders.csv', Buffer.from(text)), options, CONTEXT));
}

const FILE = [
  'order_id,email,date,total,note',
  '1,ana@example.org,2025-01-31,19.99,x',
  '2,bo@example.org,2025-02-01,ten,',
  '3,ana@example.org,2025-03-01,5.00,',
  '4,nobody,2025-03-02,5.00,',
  '5,cy@example.org,2025-03-03,twelve,',
  '6,di@example.org,2025-03-04,thirteen,',
].join('\n');

test('before an import it is said how many rows would be refused, why, and with which examples', async () => {
  const { check } = await looked(FILE);
  expect(check).toMatchObject({ rows: 6, complete: true, orders: 2, refused: 4, people: 1 });
  expect(check?.reasons.map(({ code, rows }) => [code, rows])).toEqual([
    ['amount_unreadable', 3],
    ['identity_missing', 1],
  ]);
  expect(
    check?.refused_items.map(({ row }) => row),
    'two of a kind',
  ).toEqual([3, 5, 6]);
});

test('before an import it is said from when until when it reaches, and who has an address', async () => {
  const { check } = await looked(
    'customer id,email,date,total\n1,a@b.example,2024-05-01,9\n2,,2025-05-01,9\n2,,2025-06-01,9\n',
  );
  expect(check).toMatchObject({ people: 2, people_with_email: 1 });
  expect(check?.oldest_at?.slice(0, 10)).toBe('2024-05-01');
  expect(check?.newest_at?.slice(0, 10)).toBe('2025-06-01');
});

test('a column says how its meaning was found, whether its cells fit, and what stands in it', async () => {
  const { columns } = await looked(FILE, { map: { 'traits.note': 'note' } });
  expect(columns[1]).toEqual({
    number: 2,
    name: 'email',
    role: 'email',
    by: 'heading',
    fit: { cells: 5, of: 6 },
    samples: ['ana@example.org', 'bo@example.org', 'nobody'],
  });
  expect(columns[0]).toMatchObject({ role: 'order_id', by: 'heading', fit: null });
  expect(columns[4]).toMatchObject({ role: 'traits.note', by: 'said', samples: ['x'] });
  const bare = await looked('2025-01-31,a@b.example,7.50\n2025-02-01,c@d.example,8.50\n');
  expect(bare.columns.map(({ role, by }) => [role, by])).toEqual([
    ['date', 'content'],
    ['email', 'content'],
    ['total', 'content'],
  ]);
});

test('a date taken for the total fits in no cell', async () => {
  const { columns, check } = await looked(
    'a,b,c\n2025-01-31,x@y.example,5.00\n2025-01-30,x@y.example,6.00\n',
    {
      kind: 'orders',
      map: { date: '3', total: '1' },
    },
  );
  expect(columns[0]).toMatchObject({ role: 'total', fit: { cells: 0, of: 2 } });
  expect(check).toMatchObject({ rows: 2, refused: 2 });
});

test('of a large file the beginning is looked at, and the number of its rows is what its size lets expect', async () => {
  const line = (i: number): string => `${i},p${i % 90_000}@example.org,2025-01-${10 + (i % 20)},19.99`;
  const rows = 260_000;
  const text = `order_id,email,date,total\n${Array.from({ length: rows }, (_, i) => line(i)).join('\n')}`;
  const view = await looked(text);
  expect(view.rows_estimated).toBe(true);
  expect(view.rows).toBe(260_000);
  expect(view.check?.complete).toBe(false);
  expect(view.check?.rows).toBeGreaterThanOrEqual(200_000);
  expect(view.check?.rows).toBeLessThan(220_000);
});
