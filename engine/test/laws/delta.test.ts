// A changed program: what memory keeps and the slots folded for the change alone give the bytes of a whole refold.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adopt, deltaOf, foldDelta, newPerson, shapeOf } from '../../src/index.ts';
import type { Delta, EventFact, NewSlots, Rule } from '../../src/index.ts';
import type { Definition } from '../../src/definition.ts';
import { compileZone } from '../../src/lib/zone.ts';
import type { Plan } from '../../src/memory/plan.ts';
import { planMemory } from '../../src/memory/plan.ts';
import { refoldMemory } from '../../src/memory/remember.ts';
import { compileRule } from '../../src/rules/compile.ts';
import { compile } from '../../src/program.ts';
import { definition, history, leaf, SPAN_DAYS, START } from '../support/random.ts';
import { RUNS } from '../support/runs.ts';
import type { Arrival } from '../support/shuffle.ts';
import { arrange } from '../support/shuffle.ts';
import { baseDefinition } from '../support/worlds.ts';

const DAY = 86_400_000;
const size = fc.integer({ min: 1, max: 12 });
/** Slots that both sides have, in sizes of their own. */
const sized = fc.tuple(size, size, size, size).map(([times, days, cells, spend]): readonly Rule[] => [
  { kind: 'count', event: 'Page Viewed', window: { last: 'P9D' }, op: 'at_least', n: times },
  { kind: 'days', event: 'Page Viewed', window: { last: 'P30D' }, op: 'at_least', n: days },
  {
    kind: 'sum',
    event: 'Order Completed',
    property: 'total',
    window: { last: `P${cells * 20}D` },
    op: 'at_least',
    value: 5,
  },
  { kind: 'spend_trend', days: spend * 10, op: 'under', share: 0.5 },
]);
const rules = fc
  .tuple(sized, fc.array(leaf, { maxLength: 8 }))
  .chain(([own, drawn]) => fc.shuffledSubarray([...own, ...drawn]));
const arrival = fc.constantFrom<Arrival>('in_order', 'some_late', 'any_order');
const now = fc.constantFrom(0, 100, 1_000).map((days) => START + (SPAN_DAYS + 210 + days) * DAY);

describe('a delta between two plans', () => {
  test('adopted, gives memory as a whole refold under the new plan would, in whatever order events are read', () => {
    let asked = 0;
    fc.assert(
      fc.property(
        definition,
        rules,
        rules,
        history({ bursts: true }),
        arrival,
        fc.integer({ min: 0, max: 1_000_000 }),
        now,
        (defined, before, after, events, order, seed, drawnAt) => {
          const at = Math.max(drawnAt, ...events.map((event) => event.at));
          const [older, newer] = [planFor(defined, before), planFor(defined, after)];
          const delta = deltaOf(newer, shapeOf(older));
          if (delta === null) throw new Error('the same zone and format');
          const slots = fold(delta, arrange(events, order, seed));
          if (slots === null) return;
          asked += 1;
          const person = {
            ...newPerson(compile(baseDefinition({})), 'p', at),
            plan: older.signature,
            memory: refoldMemory(older, events, at),
          };
          const adopted = adopt(newer, person, delta, slots);
          expect(JSON.stringify(adopted.memory)).toBe(JSON.stringify(refoldMemory(newer, events, at)));
          expect(adopted.plan).toBe(newer.signature);
        },
      ),
      RUNS,
    );
    expect(asked).toBeGreaterThan(RUNS.numRuns / 2);
  });

  test('asks only for the events that new slots name, and for no body where names and times are enough', () => {
    const plan = (...asked: readonly Rule[]): Plan => planFor(baseDefinition({}), asked);
    const count = (event: string, n: number): Rule => ({
      kind: 'count',
      event,
      window: { last: 'P9D' },
      op: 'at_least',
      n,
    });
    const before = shapeOf(plan(count('A', 3)));
    const of = (...asked: readonly Rule[]): Delta | null => deltaOf(plan(...asked), before);

    expect(of(count('A', 3), count('B', 1))).toMatchObject({ names: ['B'], bare: true });
    expect(of(count('A', 4))).toMatchObject({ names: ['A'], bare: true });
    expect(of(count('*', 1))).toMatchObject({ names: null, bare: true });
    expect(of({ ...count('B', 1), where: [{ property: 'x', op: 'is', value: 1 }] } as Rule)).toMatchObject({
      names: ['B'],
      bare: false,
    });
    const gifts = { property: 'category', op: 'is', value: 'gi"fts' } as const;
    expect(of({ ...count('B', 1), where: [gifts] } as Rule)).toMatchObject({
      says: [[String.raw`"category":"gi\"fts"`]],
    });
    expect(of({ ...count('B', 1), where: [gifts] } as Rule, count('C', 1))).toMatchObject({ says: [] });
    // Which of two events at one instant follows the other is told by their ids.
    const first = { event: 'B' };
    expect(of({ kind: 'unfollowed', first, then: first, within: 'PT1H' })).toMatchObject({
      names: ['B'],
      bare: false,
    });
    // Fewer, or none: what is kept is cut, nothing is read.
    expect(of(count('A', 2))?.plan.slots).toEqual([]);
    expect(of()?.plan.slots).toEqual([]);
  });

  test('keeps nothing across a change of the zone or of the format', () => {
    const plan = planFor(baseDefinition({}), [{ kind: 'orders', op: 'at_least', n: 1 }]);
    expect(deltaOf(plan, { ...shapeOf(plan), zone: 'Pacific/Apia' })).toBeNull();
    expect(deltaOf(plan, { ...shapeOf(plan), format: 0 })).toBeNull();
  });

  test('another meaning under the same key is folded again', () => {
    const asked: readonly Rule[] = [{ kind: 'orders', op: 'at_least', n: 1 }];
    const older = planFor(baseDefinition({}), asked);
    const newer = planFor(baseDefinition({ purchase: { event: 'Bought' } }), asked);
    expect(deltaOf(newer, shapeOf(older))).toMatchObject({ names: ['Bought', 'Order Refunded'] });
  });

  test('refuses a person whose memory was folded under another plan', () => {
    const [older, newer] = [
      planFor(baseDefinition({}), []),
      planFor(baseDefinition({}), [{ kind: 'orders', op: 'at_least', n: 1 }]),
    ];
    const delta = deltaOf(newer, shapeOf(older))!;
    const person = { ...newPerson(compile(baseDefinition({})), 'p', 0), plan: 'another' };
    expect(() => adopt(newer, person, delta, new Map())).toThrow(/another/);
  });
});

/** Null: somebody has to read it in order. */
function fold(delta: Delta, events: readonly EventFact[]): NewSlots | null {
  const slots: NewSlots = new Map();
  for (const event of events) {
    // A bare event has a name and a time, as the scan of stored events gives it.
    const bare = { ...event, id: '', properties: {}, traits: {}, identities: [], type: 'track' as const };
    if (delta.names !== null && !delta.names.includes(event.name)) continue;
    const body = JSON.stringify({ properties: event.properties, traits: event.traits });
    const isSaid = delta.says.some((texts) => texts.every((text) => body.includes(text)));
    if (delta.says.length > 0 && !isSaid) continue;
    if (!foldDelta(delta, slots, delta.bare ? bare : event)) return null;
  }
  return slots;
}

function planFor(defined: Definition, asked: readonly Rule[]): Plan {
  const scope = { zone: compileZone(defined.time_zone)!, definition: defined };
  return planMemory(
    asked.map((each) => compileRule(each, scope)),
    scope,
  );
}
