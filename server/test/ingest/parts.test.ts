// The small pure parts of ingestion, each by a table: times, addresses, numbers, rates, binary arrays.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normaliseEmail, normalisePhone } from '../../src/http/ingest/identities.ts';
import { createRate } from '../../src/http/ingest/rate.ts';
import { ownTime, parseTime } from '../../src/http/ingest/time.ts';
import {
  boolArray,
  byteaArray,
  instantArray,
  int2Array,
  int4Array,
  textArray,
  uuidArray,
} from '../../src/postgres/binary-array.ts';
import { createTestDatabase } from '../support/postgres.ts';
import type { TestDatabase } from '../support/postgres.ts';

describe('an own time', () => {
  it.each([
    ['2026-05-03T10:15:00.000Z', '2026-05-03T10:15:00.000Z'],
    ['2026-05-03T10:15:00', '2026-05-03T10:15:00.000Z'],
    ['2026-05-03T10:15:00+02:00', '2026-05-03T08:15:00.000Z'],
    ['2026-05-03 10:15:00+0200', '2026-05-03T08:15:00.000Z'],
    ['2026-05-03T10:15:00.123456789Z', '2026-05-03T10:15:00.123Z'],
    ['2026-05-03', '2026-05-03T00:00:00.000Z'],
    ['2026-02-30', null],
    ['2026', null],
    ['May 3, 2026', null],
    ['+275760-09-13T00:00:00.000Z', null],
    ['', null],
  ])('%s is read as %s', (text, expected) => {
    const at = parseTime(text);
    expect(at === null ? null : new Date(at).toISOString()).toBe(expected);
  });

  it('is left alone when the clocks differ by the way through the network, and corrected beyond', () => {
    const at = Date.parse('2026-05-03T10:00:00Z');
    const text = '2026-05-03T09:59:50.000Z';
    expect(ownTime(text, { sentAt: at - 1_500, receivedAt: at })).toEqual({ kind: 'at', at: at - 10_000 });
    expect(ownTime(text, { sentAt: at - 60_000, receivedAt: at })).toEqual({
      kind: 'at',
      at: at + 50_000 > at ? at : at,
    });
    expect(ownTime(text, { sentAt: at + 60_000, receivedAt: at })).toEqual({ kind: 'at', at: at - 70_000 });
    expect(ownTime('2026-05-03T10:11:00Z', { sentAt: null, receivedAt: at })).toMatchObject({
      kind: 'ahead',
    });
    expect(ownTime('2026-05-03T10:09:00Z', { sentAt: null, receivedAt: at })).toEqual({ kind: 'at', at });
  });
});

describe('an address', () => {
  it.each([
    [' Ada@Example.TEST ', 'ada@example.test'],
    ['ada+news@sub.example.test', 'ada+news@sub.example.test'],
    ['ada@example', null],
    ['ada', null],
    ['null@example.test', null],
    ['a b@example.test', null],
    [`${'x'.repeat(250)}@example.test`, null],
    [7, null],
  ])('%s is compared as %s', (given, expected) => expect(normaliseEmail(given)).toBe(expected));

  it.each([
    ['+49 (0)30 123 45-67', '+490301234567'],
    ['0049 30 1234567', '+49301234567'],
    ['030 1234567', null],
    ['+1', null],
  ])('the number %s is compared as %s', (given, expected) => expect(normalisePhone(given)).toBe(expected));
});

describe('a rate', () => {
  it('lets a burst through, then so many a second, and says how long to wait', () => {
    let now = 0;
    const rate = createRate(() => now);
    const limit = { perSecond: 10, burst: 50 };
    expect(rate.take('a', 50, limit)).toBe(0);
    expect(rate.take('a', 20, limit)).toBe(2);
    expect(rate.take('b', 20, limit)).toBe(0);
    now += 2_000;
    expect(rate.take('a', 20, limit)).toBe(0);
    expect(rate.take('a', 1, limit)).toBe(1);
  });
});

describe('binary arrays', () => {
  let database: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    database = await createTestDatabase({ migrated: false });
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const id = '0199aaff-1234-7abc-8def-0123456789ab';
  it.each([
    ['int2', int2Array([0, 1, 1023, 32_767]), '{0,1,1023,32767}'],
    ['int4', int4Array([0, -1, null, 2_147_483_647]), '{0,-1,NULL,2147483647}'],
    ['bool', boolArray([true, false]), '{t,f}'],
    ['text', textArray(['a"b\\', '', null, '👩🏽‍🚀 עדה', '{x,y}']), `{"a\\"b\\\\","",NULL,"👩🏽‍🚀 עדה","{x,y}"}`],
    ['uuid', uuidArray([id, null]), `{${id},NULL}`],
    ['bytea', byteaArray([Buffer.from([0, 255]), Buffer.alloc(0)]), '{"\\\\x00ff","\\\\x"}'],
    ['int2', int2Array([]), '{}'],
    ['text', textArray([]), '{}'],
  ])('of %s are what Postgres reads', async (type, value, expected) => {
    const { rows } = await client.query(`select $1::${type}[]::text as got`, [value]);
    expect(rows[0].got).toBe(expected);
  });

  it('of instants keep the millisecond, before 2000 and far ahead', async () => {
    const instants = [
      0,
      Date.parse('1999-12-31T23:59:59.999Z'),
      Date.parse('2026-05-03T10:15:00.001Z'),
      Date.parse('9999-01-01T00:00:00.123Z'),
      null,
    ];
    const { rows } = await client.query<{ at: Date | null }>('select unnest($1::timestamptz[]) as at', [
      instantArray(instants),
    ]);
    expect(rows.map((row) => row.at?.getTime() ?? null)).toEqual(instants);
  });
});
