// How far a backfill is, from what its worker noted.
import { expect, test } from 'vitest';
import type { BackfillNote } from '../postgres/backfills.ts';
import { armingOf } from './arming.ts';

const note: BackfillNote = {
  version: 2,
  phase: 'reading',
  phaseAt: 10_000,
  notedAt: 14_000,
  people: 1_000,
  leftNow: 800,
  leftBefore: 800,
  readShare: 0.25,
};

test('while events are read, the share read says how long it takes', () => {
  expect(armingOf(note, 14_000)).toEqual({
    done: 200,
    of: 1_000,
    phase: 'reading',
    read: 0.25,
    people_per_second: null,
    seconds_left: 12,
  });
  expect(armingOf({ ...note, readShare: 0 }, 10_000)?.seconds_left).toBeNull();
});

test('while people are written, their rate since that began does', () => {
  const writing = { ...note, phase: 'writing' as const, readShare: 1, leftNow: 600 };
  expect(armingOf(writing, 14_000)).toMatchObject({ done: 400, people_per_second: 50, seconds_left: 12 });
  expect(armingOf({ ...writing, leftNow: 800 }, 10_000)).toMatchObject({
    people_per_second: null,
    seconds_left: null,
  });
});

test('more people than there were at the beginning never make the bar run backwards', () => {
  expect(armingOf({ ...note, people: 10, leftNow: 12 }, 14_000)).toMatchObject({ done: 0, of: 12 });
});
