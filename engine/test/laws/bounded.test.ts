import fc from 'fast-check';
import { expect, test } from 'vitest';
import { busyLife, HOUR } from '../../sim/bound.ts';
import { planOf } from '../../sim/memories.ts';
import { refoldMemory } from '../../src/memory/remember.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { prove } from '../support/prove.ts';
import { definition, START } from '../support/random.ts';

const EVENTS = 5_000;

prove('bounded');

test('a slot is as large after 5,000 events as after 2,500', () => {
  const defined = fc.sample(definition, { numRuns: 1, seed: 3 })[0]!;
  const rules: readonly Rule[] = [
    { kind: 'count', event: 'Page Viewed', window: { last: 'P30D' }, op: 'at_least', n: 5 },
    { kind: 'quiet', of: 'visits', gaps: 2, min: 'P1D', max: 'P365D' },
    { kind: 'orders', op: 'at_least', n: 2 },
    { kind: 'per_value', event: '*', property: 'product_id', n: 3 },
  ];
  const plan = planOf({ definition: defined, rules });
  const events = busyLife(7, EVENTS);
  const sizes = [EVENTS / 2, EVENTS].map(
    (n) => JSON.stringify(refoldMemory(plan, events.slice(0, n), START + n * HOUR).slots).length,
  );
  // Larger numbers have more digits.
  expect(Math.abs(sizes[1]! / sizes[0]! - 1)).toBeLessThan(0.05);
});
