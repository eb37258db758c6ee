// Worlds of years: dozens of rules of every kind as segments, a lifecycle model, journeys, and hundreds of events over a year
// and more in zones that change their clocks, some told twice, some long after they happened.
import fc from 'fast-check';
import type { ConsentChange, Definition, EventFact, LifecycleDefinition, Rule } from '../src/index.ts';
import type { Story } from './life.ts';
import { definition as settings, history, leaf, rule, START, timelyRule } from '../test/support/random.ts';
import type { Timed } from '../test/support/worlds.ts';
import { journeyOf } from '../test/support/worlds.ts';

const DAY = 86_400_000;

export interface Years {
  readonly definition: Definition;
  readonly history: readonly EventFact[];
  /** How long after each event the shop hears of it, by the event's place; 0 where there is none. */
  readonly lags: readonly number[];
  readonly consents: readonly { readonly day: number; readonly change: ConsentChange }[];
  /** Days of silence after all that. */
  readonly silence: number;
}

/** Rules that look at no segment, so that segments may look at these two. */
const groundRule = leaf.filter((each) => each.kind !== 'segment');
const anyRule: fc.Arbitrary<Rule> = fc.oneof(rule, timelyRule);

const model: fc.Arbitrary<LifecycleDefinition> = fc.tuple(anyRule, anyRule).map(([middle, lowest]) => ({
  key: 'm',
  name: 'm',
  stages: [
    { key: 'anyone', name: 'anyone', rule: { kind: 'all', rules: [] }, look: 'growing' },
    { key: 'new', name: 'new', rule: middle, look: 'growing' },
    { key: 'old', name: 'old', rule: lowest, look: 'ended' },
  ],
}));

const journey = journeyOf({
  event: fc.constantFrom('Order Completed', 'Page Viewed', 'Survey Answered'),
  segments: ['s1', 's2'],
  model: 'm',
  stages: ['new', 'old'],
  rule: anyRule,
  duration: fc.constantFrom('PT1S', 'PT90M', 'P1D', 'P14D', 'P45D'),
  shelfLife: 'P2D',
  again: 'P30D',
});

function definitions(rulesMax: number): fc.Arbitrary<Definition> {
  return fc
    .record({
      settings,
      ground: fc.tuple(groundRule, groundRule),
      gone: fc.option(groundRule, { nil: undefined }),
      rules: fc.array(anyRule, { maxLength: rulesMax, size: 'max' }),
      model,
      journeys: fc.tuple(journey, journey),
    })
    .map(({ settings, ground, gone, rules, model, journeys }) => ({
      ...settings,
      segments: [
        ...ground.map((each, i) => ({ key: `s${i + 1}`, name: `s${i + 1}`, rule: each })),
        ...rules.map((each, i) => ({ key: `r${i}`, name: `r${i}`, rule: each })),
        ...(gone === undefined ? [] : [{ key: 'gone', name: 'gone', rule: gone }]),
      ],
      models: [model],
      journeys: journeys.map((graph, i) => ({
        key: `j${i + 1}`,
        name: `j${i + 1}`,
        active: 1,
        versions: { 1: graph },
      })),
    }));
}

const lag = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 3_600_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 300 }).map((days) => days * DAY) },
);

const consent = fc.record({
  day: fc.integer({ min: 0, max: 500 }),
  change: fc.record({
    channel: fc.constantFrom('email', 'sms', '*'),
    topic: fc.constantFrom('offers', 'news', '*'),
    status: fc.constantFrom('given' as const, 'withdrawn' as const),
    basis: fc.constant('opted_in'),
    source: fc.constant('test'),
  }),
});

export function years(size: { readonly rulesMax: number }): fc.Arbitrary<Years> {
  return fc.record({
    definition: definitions(size.rulesMax),
    history: history({ bursts: true }),
    lags: fc.array(lag, { maxLength: 60, size: 'max' }),
    consents: fc.array(consent, { maxLength: 3 }),
    silence: fc.constantFrom(1, 40, 400, 1_000),
  });
}

/** The story as it reaches the shop. Nobody is told of what has not happened yet. */
export function storyOf(world: Years): Story {
  const facts = world.history.map((event, i): Timed => ({
    now: Math.max(event.at + (world.lags[i % Math.max(world.lags.length, 1)] ?? 0), START),
    input: { kind: 'event', event },
  }));
  const consents = world.consents.map(({ day, change }): Timed => ({
    now: START + day * DAY,
    input: { kind: 'consent', changes: [change] },
  }));
  const inputs = [...facts, ...consents].sort((a, b) => a.now - b.now || compare(nameOf(a), nameOf(b)));
  const last = inputs.at(-1)?.now ?? START;
  return { from: START, to: last + world.silence * DAY, inputs };
}

function nameOf(timed: Timed): string {
  return timed.input.kind === 'event' ? timed.input.event.id : '';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
