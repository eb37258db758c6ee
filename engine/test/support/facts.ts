// Facts, definitions and questions in few words, for tests that read like the sentences they check.
import type { Definition } from '../../src/definition.ts';
import type { EventFact } from '../../src/input.ts';
import { compileZone } from '../../src/lib/zone.ts';
import { planMemory } from '../../src/memory/plan.ts';
import { refoldMemory } from '../../src/memory/remember.ts';
import type { Standing } from '../../src/person.ts';
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

export const SHOP = {
  time_zone: 'Europe/Berlin',
  currency: 'EUR',
  gap_days: null,
  visit_gap_days: null,
  purchase: { event: 'Order Completed' },
  refund: { event: ['Order Refunded', 'Order Cancelled'] },
  visit: { event: 'Page Viewed' },
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
