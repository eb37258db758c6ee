// Law 5: in any order of arrival, by step or by refold, and for two histories merged, memory ends the same, byte for byte.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Definition } from '../../src/definition.ts';
import type { EventFact } from '../../src/input.ts';
import { compileZone } from '../../src/lib/zone.ts';
import type { Plan } from '../../src/memory/plan.ts';
import { planMemory } from '../../src/memory/plan.ts';
import { mergeMemory, needsHistory, pruneMemory, refoldMemory, remember } from '../../src/memory/remember.ts';
import { compileRule } from '../../src/rules/compile.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { definition, history, leaf, SPAN_DAYS, START } from '../support/random.ts';
import { rememberAll } from '../support/remember-all.ts';
import { RUNS } from '../support/runs.ts';
import type { Arrival } from '../support/shuffle.ts';
import { arrange, generator } from '../support/shuffle.ts';

const DAY = 86_400_000;
/** Every slot that reaches into a ledger or a rhythm is in every plan; the others are drawn. */
const ALWAYS: readonly Rule[] = [
  { kind: 'quiet', of: 'visits', gaps: 2, min: 'P1D', max: 'P365D' },
  { kind: 'spend_trend', days: 200, op: 'under', share: 0.5 },
];

const rules = fc.array(leaf, { minLength: 5, maxLength: 15 }).map((drawn) => [...ALWAYS, ...drawn]);
const arrival = fc.constantFrom<Arrival>('in_order', 'some_late', 'any_order');
const seed = fc.integer({ min: 0, max: 1_000_000 });
/** Sometimes long after the last event, when windows have let go of everything. */
const now = fc.constantFrom(0, 1, 100, 1_000).map((days) => START + (SPAN_DAYS + 60 + days) * DAY);

test('in any order of arrival memory ends as the fold of all facts', () => {
  fc.assert(
    fc.property(
      definition,
      rules,
      history({ bursts: true }),
      arrival,
      seed,
      now,
      (defined, asked, events, order, random, at) => {
        const plan = planOf(defined, asked);
        const remembered = rememberAll(plan, arrange(events, order, random), at);
        expect(bytes(remembered)).toBe(bytes(refoldMemory(plan, events, at)));
      },
    ),
    RUNS,
  );
});

test('folding again does not depend on the order in which facts are read, and may happen at any point', () => {
  fc.assert(
    fc.property(
      definition,
      rules,
      history({ bursts: true }),
      seed,
      now,
      (defined, asked, events, random, at) => {
        const plan = planOf(defined, asked);
        const whole = bytes(refoldMemory(plan, events, at));
        const shuffled = arrange(events, 'any_order', random);
        expect(bytes(refoldMemory(plan, shuffled, at))).toBe(whole);

        const half = Math.floor(events.length / 2);
        let memory = refoldMemory(plan, shuffled.slice(0, half), START);
        for (let i = half; i < shuffled.length; i++) {
          const next = remember(plan, memory, shuffled[i]!, START);
          memory = needsHistory(next) ? refoldMemory(plan, shuffled.slice(0, i + 1), START) : next;
        }
        expect(bytes(pruneMemory(plan, memory, at))).toBe(whole);
      },
    ),
    RUNS,
  );
});

test('two histories merged end as their union, or ask for history', () => {
  fc.assert(
    fc.property(
      definition,
      rules,
      history({ bursts: true }),
      arrival,
      seed,
      now,
      (defined, asked, events, order, random, at) => {
        const plan = planOf(defined, asked);
        const toss = generator(random + 1);
        const left = arrange(
          events.filter(() => toss() < 0.5),
          order,
          random,
        );
        const right = events.filter((event) => !left.includes(event));
        const merged = mergeMemory(plan, rememberAll(plan, left, at), rememberAll(plan, right, at), at);
        if (needsHistory(merged)) return;
        expect(bytes(merged)).toBe(bytes(refoldMemory(plan, events, at)));
      },
    ),
    RUNS,
  );
});

test('a person with few orders never needs history, neither for late facts nor for a merge', () => {
  fc.assert(
    fc.property(
      definition,
      rules,
      history({ bursts: false }),
      arrival,
      seed,
      now,
      (defined, asked, events, order, random, at) => {
        const plan = planOf(defined, asked);
        const counts = { history: 0 };
        const arrived = arrange(events, order, random);
        rememberAll(plan, arrived, at, counts);
        expect(counts.history).toBe(0);
        const [a, b] = [arrived.slice(0, 10), arrived.slice(10)];
        expect(
          needsHistory(mergeMemory(plan, refoldMemory(plan, a, at), refoldMemory(plan, b, at), at)),
        ).toBe(false);
      },
    ),
    RUNS,
  );
});

test('a person with many orders needs no history for new orders in order, and does for a refund of an old one', () => {
  const plan = planOf(fc.sample(definition, { numRuns: 1, seed: 1 })[0]!, ALWAYS);
  const orders = Array.from({ length: 500 }, (_, i) =>
    order(`m${i}`, START + i * DAY, { order_id: `o${i}`, total: 10 }),
  );
  const counts = { history: 0 };
  const memory = rememberAll(plan, orders, START + 500 * DAY, counts);
  // The set of old orders may take a new one for an old one, but seldom.
  expect(counts.history).toBeLessThan(5);

  const refund: EventFact = { ...order('r', START + 500 * DAY, { order_id: 'o3' }), name: 'Order Refunded' };
  expect(remember(plan, memory, refund, START + 500 * DAY)).toEqual({
    needs_history: true,
    reason: 'orders',
  });
  const recent: EventFact = {
    ...order('r', START + 500 * DAY, { order_id: 'o490' }),
    name: 'Order Refunded',
  };
  expect(needsHistory(remember(plan, memory, recent, START + 500 * DAY))).toBe(false);
});

function order(id: string, at: number, properties: EventFact['properties']): EventFact {
  return {
    id,
    at,
    type: 'track',
    name: 'Order Completed',
    trust: 'server',
    properties,
    traits: {},
    identities: [],
  };
}

function planOf(defined: Definition, asked: readonly Rule[]): Plan {
  const scope = { zone: compileZone(defined.time_zone)!, definition: defined };
  return planMemory(
    asked.map((each) => compileRule(each, scope)),
    scope,
  );
}

function bytes(memory: unknown): string {
  return JSON.stringify(memory);
}
