// Facts, definitions and questions in few words, for tests that read like the sentences they check.
import type { Definition } from '../../src/definition.ts';
import type { EventFact } from '../../src/input.ts';
import { compileZone } from '../../src/lib/zone.ts';
import { planMemory } from '../../src/memory/plan.ts';
import { refoldMemory } from '../../src/memory/remember.ts';
import type { Standing } from '../../src/person.ts';
import type { CountingModel } from '../../src/prediction/counting.ts';
import type { Prediction } from '../../src/prediction/parameters.ts';
import { compileRule } from '../../src/rules/compile.ts';
import type { EvaluationContext } from '../../src/rules/evaluate.ts';
import { evaluate } from '../../src/rules/evaluate.ts';
import type { Explanation } from '../../src/rules/explain.ts';
import { explain } from '../../src/rules/explain.ts';
import type { Rule } from '../../src/rules/rule.ts';

export const EMPTY_STANDING: Standing = {
  seq: 0,
  stages: {},
  segments: {},
  episode: { n: 1, since: null, gone: false },
  consents: {},
  runs: {},
  journeys: {},
  open: {},
  sends: [],
  soft_bounces: {},
};

/** A shop where people order every few weeks: MBG/NBD in days, as CDNOW's. */
export const MODEL: CountingModel = { k: 1, modified: true, r: 0.525, alpha: 43.28, a: 0.891, b: 1.614 };

export const PREDICTION: Prediction = {
  fitted_at: instant('2026-01-01T00:00:00Z'),
  purchases: {
    verdict: 'fits',
    model: MODEL,
    groups: [40, 90],
    thresholds: {
      one_in_3: { new: 0.35, fast: 0.3, middle: 0.32, slow: 0.36 },
      one_in_10: { new: 0.12, fast: 0.09, middle: 0.1, slow: 0.11 },
    },
    pooled_gap_days: { one_in_3: 60, one_in_10: 150 },
  },
  visits: null,
  spending: { p: 6.25, q: 3.74, v: 1_544 },
};

export const SHOP = {
  time_zone: 'Europe/Berlin',
  currency: 'EUR',
  gap_days: null,
  visit_gap_days: null,
  purchase: { event: 'Order Completed' },
  refund: { event: ['Order Refunded', 'Order Cancelled'] },
  visit: { event: 'Page Viewed' },
  prediction: PREDICTION,
  programmes: [
    {
      key: 'club',
      name: 'Club',
      unit: { one: 'point', many: 'points' },
      counts_from: '2025-01-01',
      earn: [{ kind: 'spend', key: 'orders', points: 1, per: 1, rounding: 'down' }],
      expiry: { kind: 'earned', after: 'P365D' },
      tiers: [],
    },
  ],
} as const satisfies Partial<Definition>;

let made = 0;

/** An event at a time such as `2026-03-12T10:00:00Z`. */
export function fact(name: string, time: string, more: Partial<EventFact> = {}): EventFact {
  made++;
  return {
    id: `m${made}`,
    at: instant(time),
    type: name === 'Identified' ? 'identify' : 'track',
    name,
    trust: 'server',
    properties: {},
    traits: {},
    identities: [],
    ...more,
  };
}

export function order(time: string, properties: EventFact['properties'] = {}): EventFact {
  return fact('Order Completed', time, { properties });
}

export function instant(time: string): number {
  return Temporal.Instant.from(time).epochMilliseconds;
}

interface Asked {
  readonly standing?: Partial<Standing>;
  readonly runStartedAt?: string;
  readonly shop?: Partial<typeof SHOP> | Partial<Definition>;
}

function ready(rule: Rule, history: readonly EventFact[], now: string, options: Asked) {
  const definition = { ...SHOP, ...options.shop };
  const scope = { zone: compileZone(definition.time_zone)!, definition };
  const compiled = compileRule(rule, scope);
  const context: EvaluationContext = {
    memory: refoldMemory(planMemory([compiled], scope), history, instant(now)),
    standing: { ...EMPTY_STANDING, ...options.standing },
    personId: 'p1',
    now: instant(now),
    runStartedAt: options.runStartedAt === undefined ? null : instant(options.runStartedAt),
  };
  return { compiled, context };
}

/** `true until 2026-03-12T10:00:00.000Z`, `false for good`. */
export function answer(rule: Rule, history: readonly EventFact[], now: string, options: Asked = {}): string {
  const { compiled, context } = ready(rule, history, now, options);
  const { holds, until } = evaluate(compiled, context);
  return `${holds} ${Number.isFinite(until) ? `until ${new Date(until).toISOString()}` : 'for good'}`;
}

export function why(
  rule: Rule,
  history: readonly EventFact[],
  now: string,
  options: Asked = {},
): Explanation {
  const { compiled, context } = ready(rule, history, now, options);
  return explain(compiled, context);
}
