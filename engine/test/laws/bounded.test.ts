// Law 4: the size of memory depends on the program, not on the length of the history.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EventFact } from '../../src/input.ts';
import { compileZone } from '../../src/lib/zone.ts';
import type { Plan, PlannedSlot } from '../../src/memory/plan.ts';
import { planMemory } from '../../src/memory/plan.ts';
import { refoldMemory } from '../../src/memory/remember.ts';
import { compileRule } from '../../src/rules/compile.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { definition, leaf, START } from '../support/random.ts';
import { RUNS } from '../support/runs.ts';
import { generator } from '../support/shuffle.ts';

const HOUR = 3_600_000;
const EVENTS = 5_000;
/** The door lets no longer message ids in than this; those of the test are shorter. */
const ID_CHARS = 40;

test('after 5,000 events memory is no larger than its plan allows', () => {
  fc.assert(
    fc.property(
      definition,
      fc.array(leaf, { minLength: 10, maxLength: 20 }),
      fc.constantFrom(...LIVES.keys()),
      (defined, asked, life) => {
        const scope = { zone: compileZone(defined.time_zone)!, definition: defined };
        const rules: readonly Rule[] = [
          ...asked,
          { kind: 'quiet', of: 'visits', gaps: 2, min: 'P1D', max: 'P365D' },
          { kind: 'spend_trend', days: 200, op: 'under', share: 0.5 },
          { kind: 'count', event: '*', window: { last: 'P30D' }, op: 'at_least', n: 400 },
        ];
        const plan = planMemory(
          rules.map((rule) => compileRule(rule, scope)),
          scope,
        );
        const memory = refoldMemory(plan, LIVES[life]!, START + EVENTS * HOUR);
        expect(JSON.stringify(memory).length).toBeLessThanOrEqual(bound(plan));
      },
    ),
    RUNS,
  );
});

test('a slot is as large after 5,000 events as after 2,500', () => {
  const defined = fc.sample(definition, { numRuns: 1, seed: 3 })[0]!;
  const scope = { zone: compileZone(defined.time_zone)!, definition: defined };
  const rules: readonly Rule[] = [
    { kind: 'count', event: 'Page Viewed', window: { last: 'P30D' }, op: 'at_least', n: 5 },
    { kind: 'quiet', of: 'visits', gaps: 2, min: 'P1D', max: 'P365D' },
    { kind: 'orders', op: 'at_least', n: 2 },
    { kind: 'per_value', event: '*', property: 'product_id', n: 3 },
  ];
  const plan = planMemory(
    rules.map((rule) => compileRule(rule, scope)),
    scope,
  );
  const events = busyLife(7, EVENTS);
  const sizes = [EVENTS / 2, EVENTS].map(
    (n) => JSON.stringify(refoldMemory(plan, events.slice(0, n), START + n * HOUR).slots).length,
  );
  // Larger numbers have more digits.
  expect(Math.abs(sizes[1]! / sizes[0]! - 1)).toBeLessThan(0.05);
});

/** A few lives are enough for many plans. */
const LIVES = [1, 2, 3, 4, 5].map((seed) => busyLife(seed, EVENTS));

/** Orders and refunds of all kinds, long texts, many traits: an event an hour. */
function busyLife(seed: number, length: number): readonly EventFact[] {
  const random = generator(seed);
  const names = [
    'Order Completed',
    'Order Refunded',
    'Page Viewed',
    'Product Viewed',
    'Survey Answered',
    'Identified',
    'Preference Told',
  ];
  return Array.from({ length }, (_, i) => {
    const name = names[Math.floor(random() * names.length)]!;
    return {
      id: `message-${i}`,
      at: START + i * HOUR,
      type: name === 'Identified' ? 'identify' : 'track',
      name,
      trust: 'server',
      properties: {
        order_id: random() < 0.5 ? `order-${i}` : 'y'.repeat(500) + Math.floor(random() * i),
        total: random() < 0.5 ? 10 ** Math.floor(random() * 29) : 0.000_1 * i,
        score: 'x'.repeat(Math.floor(random() * 3_000)),
        product_id: 'z'.repeat(Math.floor(random() * 200)) + i,
        metric: 'nps',
      },
      traits: { [`trait ${i}`]: 'v'.repeat(Math.floor(random() * 300)) },
      identities: [['email', `${i}@example.org`]],
    } satisfies EventFact;
  });
}

/** What a plan allows, in characters of JSON. */
function bound(plan: Plan): number {
  const traits = 256 * (200 + 4_096 + 100);
  const identities = 32 * 400;
  return 200 + traits + identities + plan.slots.reduce((sum, slot) => sum + 50 + slotBound(slot), 0);
}

function slotBound(slot: PlannedSlot): number {
  const cell = 80;
  const filter = 1_400;
  switch (slot.kind) {
    case 'times':
      return 50 + slot.size * 15;
    case 'days':
      return 50 + slot.size * 25;
    case 'cells':
      return 50 + slot.size * cell;
    case 'marks':
      return 50 + slot.size * 20;
    case 'latest':
    case 'first':
      return 100 + ID_CHARS + 1_000;
    case 'recent':
      return 50 + 64 * (25 + ID_CHARS + 75);
    case 'sequence':
      return 100 + 32 * (40 + ID_CHARS + 75) + 64 * (20 + 75);
    case 'visits':
      return 300 + 64 * 6;
    case 'orders':
      return (
        500 +
        64 * (100 + ID_CHARS + 110 + 80) +
        32 * (80 + ID_CHARS + 110 + 40) +
        2 * filter +
        slot.size * cell
      );
  }
}
