// Programmes from outside: every problem at once with its place, and what is right in plain words.
import { expect, test } from 'vitest';
import { earningSentence, expirySentence, findDefinitionRing, parseProgramme } from '../../src/index.ts';

const KNOWN = { segments: new Set(['vip']), models: new Map() };
const GOOD = {
  key: 'club',
  name: 'Club',
  counts_from: '2026-03-01T00:00:00Z',
  earn: [
    { kind: 'spend', key: 'orders', points: 5, per: 10 },
    {
      kind: 'event',
      key: 'review',
      event: 'Review Written',
      where: [{ property: 'stars', op: 'at_least', value: 3 }],
      points: 1,
      cap: { times: 2, per: 'month' },
      who: { kind: 'tier', programme: 'club', tier: 'gold' },
    },
  ],
  expiry: { kind: 'earned', after: 'P365D' },
  tiers: [{ key: 'gold', name: 'Gold', rule: { kind: 'segment', segment: 'vip' } }],
};

test('what is left out is what most shops mean, and a programme may ask for its own tier where it earns', () => {
  const parsed = parseProgramme(GOOD, KNOWN);
  expect(parsed).toMatchObject({
    ok: true,
    value: { unit: { one: 'point', many: 'points' }, earn: [{ rounding: 'down' }, {}] },
  });
  if (!parsed.ok) return;
  const words = { currency: 'EUR', names: {} };
  expect(parsed.value.earn.map((rule) => earningSentence(rule, parsed.value, words))).toEqual([
    '5 points for every EUR 10 of an order, rounded down',
    '1 point for “Review Written” (where “stars” is at least 3), at most 2 times a month, for everyone who is in the tier “gold” of “club”',
  ]);
  expect(expirySentence(parsed.value)).toBe(
    'points expire 365 days after they were earned, the oldest are spent first',
  );
});

test('all that is wrong is told at once, each with its place', () => {
  const parsed = parseProgramme(
    {
      key: 'The Club',
      counts_from: 'soon',
      earn: [
        { kind: 'spend', key: 'a', points: 0, per: -1 },
        { kind: 'event', key: 'a', event: 'X', points: 1, cap: { times: 0, per: 'hour' } },
      ],
      expiry: { kind: 'later', after: 'P1M' },
      tiers: [{ key: 'gold', name: 'Gold', rule: { kind: 'tier', programme: 'other', tier: 'x' } }],
    },
    KNOWN,
  );
  const places = parsed.ok ? [] : parsed.problems.map(({ path }) => path);
  expect(places.sort()).toEqual([
    '/counts_from',
    '/earn/0/per',
    '/earn/0/points',
    '/earn/1/cap/per',
    '/earn/1/cap/times',
    '/expiry/after',
    '/expiry/kind',
    '/key',
    '/name',
    '/tiers/0/rule/programme',
  ]);
});

test('tiers that ask for a segment that asks for the tier are a ring, and so is a tier that asks for its own programme', () => {
  const parsed = parseProgramme(GOOD, KNOWN);
  if (!parsed.ok) throw new Error('not parsed');
  const vip = (rule: unknown) => ({ key: 'vip', name: 'VIP', rule }) as never;
  const asks = { kind: 'tier', programme: 'club', tier: 'gold' };
  expect(findDefinitionRing({ segments: [vip(asks)], models: [], programmes: [parsed.value] })).toEqual([
    'tiers of Club',
    'segment VIP',
    'tiers of Club',
  ]);
  const own = { ...parsed.value, tiers: [{ key: 'gold', name: 'Gold', rule: asks as never }] };
  expect(findDefinitionRing({ segments: [], models: [], programmes: [own] })).toEqual([
    'tiers of Club',
    'tiers of Club',
  ]);
});
