// Thousands of segments: looking ahead asks those that matter, and whoever joins many at once stands as the decisions say.
import { expect, test } from 'vitest';
import { DAY_MS } from '../src/lib/instant.ts';
import { shippedSegments } from '../src/lifecycle/segments.ts';
import { narrow } from '../src/narrow.ts';
import { compile, type Program } from '../src/program.ts';
import type { Person } from '../src/person.ts';
import type { Rule } from '../src/rules/rule.ts';
import { foldStanding } from '../src/standing.ts';
import { step } from '../src/step.ts';
import { order } from './support/facts.ts';
import { begin, take } from './support/live.ts';
import { DAY_ONE, shopDefinition } from './support/shop.ts';

const ordered = (days: number): Rule => ({
  kind: 'count',
  event: 'Order Completed',
  window: { last: `P${days}D` },
  op: 'at_least',
  n: 1,
});
const many = Array.from({ length: 40 }, (_none, n) => ({
  key: `in_${n}`,
  name: `In ${n}`,
  rule: ordered(n + 1),
}));
const over = { key: 'over', name: 'Over', rule: { kind: 'segment', segment: 'in_9' } } as const;
const whole = compile(shopDefinition({ segments: [...shippedSegments, ...many, over] }));

function customer() {
  const life = begin(whole, 'p1', DAY_ONE);
  take(whole, life, { kind: 'event', event: order('2026-01-05T10:00:00Z', { order_id: '1' }) }, DAY_ONE);
  return life;
}

/** What two months of silence bring: every stage, and these segments. */
function silence(program: Program, person: Person, keys: readonly string[]): readonly string[] {
  const stepped = step(program, person, { kind: 'time' }, DAY_ONE + 60 * DAY_MS);
  if (stepped.kind !== 'stepped') throw new Error(stepped.kind);
  return stepped.decisions.flatMap((one) => {
    if (one.kind === 'stage_changed') return [`${one.due_at} ${one.model} ${one.to}`];
    const moves = one.kind === 'segment_joined' || one.kind === 'segment_left';
    return moves && keys.includes(one.segment) ? [`${one.due_at} ${one.kind} ${one.segment}`] : [];
  });
}

test('a narrowed program says of what was wanted what the whole one says, and asks few others', () => {
  const { person } = customer();
  const wanted = ['over', 'quiet'];
  const narrowed = narrow(whole, wanted);
  const keys = narrowed.segments.map(({ key }) => key);
  expect(keys).toEqual(expect.arrayContaining(['in_9', 'over', 'quiet', 'open_complaint']));
  expect(keys).not.toContain('in_8');
  const told = silence(narrowed, person, wanted);
  expect(told.some((line) => line.endsWith('segment_left over'))).toBe(true);
  expect(told).toEqual(silence(whole, person, wanted));
});

test('whoever joins many segments in one step stands as the decisions say, and the state before stays as it was', () => {
  const { person, decisions } = customer();
  expect(Object.keys(person.standing.segments).length).toBeGreaterThan(40);
  expect(person.standing).toEqual(foldStanding(decisions));
  const before = structuredClone(person.standing);
  silence(whole, person, []);
  expect(person.standing).toEqual(before);
});
