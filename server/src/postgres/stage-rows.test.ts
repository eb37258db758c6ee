// Moves between stages as rows, against a log written by hand.
import { emptyStanding } from '@rapport/engine';
import type { Change, Decision } from '@rapport/engine';
import { expect, test } from 'vitest';
import { stageRows } from './stage-rows.ts';

const decide = (changes: readonly (readonly [number, Change])[]): readonly Decision[] =>
  changes.map(([at, change], seq) => ({
    ...change,
    seq,
    due_at: at,
    decided_at: at,
    cause: { kind: 'event', id: 'e' },
    program: 1,
  }));
const move = (model: string, from: string | null, to: string | null): Change => ({
  kind: 'stage_changed',
  model,
  from,
  to,
});

test('each move says since when they had stood where they left, model by model', () => {
  const log = decide([
    [100, move('a', null, 'new')],
    [150, move('b', null, 'first')],
    [200, move('a', 'new', 'old')],
    [300, move('a', 'old', null)],
    [400, move('a', null, 'new')],
    [500, move('b', 'first', 'second')],
  ]);
  const { moves, restatedAt } = stageRows(emptyStanding(), log);
  expect(moves.map(({ since, at, to }) => [since, at, to])).toEqual([
    [null, 100, 'new'],
    [null, 150, 'first'],
    [100, 200, 'old'],
    [200, 300, null],
    [null, 400, 'new'],
    [150, 500, 'second'],
  ]);
  expect(restatedAt).toBeNull();
});

test('a history that is told anew replaces the moves before it', () => {
  const log = decide([
    [100, move('a', null, 'new')],
    [200, move('a', 'new', 'old')],
    [50, { kind: 'restated' }],
    [90, move('a', null, 'older')],
  ]);
  expect(stageRows(emptyStanding(), log)).toEqual({
    moves: [{ seq: 3, model: 'a', from: null, to: 'older', since: null, at: 90 }],
    restatedAt: 2,
  });
});
