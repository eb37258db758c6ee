// Random rules of every kind, histories and standings for the laws. Few names and close times, so that things meet.
import fc from 'fast-check';
import type { Definition, ProgrammeDefinition } from '../../src/definition.ts';
import type { Period } from '../../src/lib/calendar.ts';
import type { EventFact } from '../../src/input.ts';
import { NO_POINTS } from '../../src/loyalty/ledger.ts';
import type { PointsStanding, Standing } from '../../src/person.ts';
import type { Prediction, RhythmParameters } from '../../src/prediction/parameters.ts';
import type {
  Comparison,
  DateOf,
  Json,
  PointsWindow,
  Rule,
  Selector,
  Sequence,
  Where,
  Window,
} from '../../src/rules/rule.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Histories begin here; the zones below change their clocks within them. */
export const START = Date.UTC(2025, 8, 1);
export const SPAN_DAYS = 500;

export const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kathmandu',
  'Africa/Cairo',
  'Pacific/Apia',
] as const;
/** Where people live: far apart, with midnights that are skipped, and no zone at all. */
const PERSON_ZONES = [
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
  'Asia/Beirut',
  'America/Havana',
  'Africa/Cairo',
  'Nowhere/Land',
  5,
] as const;
export const DATES = [
  '2024-02-29',
  '1984-02-29',
  '2025-12-31',
  '2026-01-01',
  '2026-03-29',
  '1990-04-24',
  '2025-10-31',
  '2026-02-28T22:30:00Z',
  '2030-06-01',
  'soon',
] as const;
/** Named by no selector but `*`. */
const TALKS = ['Conversation Started', 'Complaint Opened', 'Complaint Resolved', 'Conversation Closed'];
const EVENTS = [
  'Order Completed',
  'Order Refunded',
  'Page Viewed',
  'Product Viewed',
  'Survey Answered',
  'Preference Told',
] as const;
const STAGES = ['new', 'old'] as const;
const CHANNELS = ['email', 'sms', '*'] as const;
const TOPICS = ['offers', 'news', '*'] as const;
const TRAITS = ['plan', 'age', 'address', 'address.city', 'born', 'tags', 'toString'] as const;

// ── values ──────────────────────────────────────────────────────────────────────────────────────────────────────

const scalar: fc.Arbitrary<string | number | boolean> = fc.constantFrom(
  'gold',
  'go',
  '',
  '5',
  '12.50',
  'abc',
  5,
  0,
  -3,
  7.25,
  0.1,
  1e21,
  1e-7,
  true,
  false,
  '2026-02-10',
  '2026-02-10T22:30:00Z',
  '2026-02-11T05:00:00Z',
);
const value: fc.Arbitrary<Json> = fc.oneof(
  { weight: 8, arbitrary: scalar },
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Json>(
      { city: 'gold', zip: [5] },
      { city: null },
      { deep: { city: 5 } },
      'x'.repeat(1_100),
    ),
  },
);
const amount = fc.oneof(
  fc.integer({ min: -20, max: 200 }),
  fc.constantFrom(0.1, 0.2, 12.345, '12.50', '-1', 'none', 1e9),
);

export const comparison: fc.Arbitrary<{ op: Comparison; value?: Json }> = fc.oneof(
  fc.record({ op: fc.constantFrom<Comparison>('is', 'is_not', 'contains', 'not_contains'), value: scalar }),
  fc.record({
    op: fc.constantFrom<Comparison>('one_of', 'none_of'),
    value: fc.array(scalar, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    op: fc.constantFrom<Comparison>('starts_with', 'ends_with'),
    value: fc.constantFrom('go', 'd', '2'),
  }),
  fc.record({
    op: fc.constantFrom<Comparison>('over', 'at_least', 'under', 'at_most'),
    value: fc.constantFrom(5, 0, 7, 0.1, -3),
  }),
  fc.record({
    op: fc.constantFrom<Comparison>('before', 'after'),
    value: fc.constantFrom('2026-02-10', '2026-02-10T22:30:00Z', '2026-02-11'),
  }),
  fc.record({
    op: fc.constant<Comparison>('matches'),
    value: fc.constantFrom('o', '^go', 'd$', '(?i)GO', '^\\d{1,2}$', '^(a|b)+c$', '^x+$', '[^go]'),
  }),
  fc.record({ op: fc.constantFrom<Comparison>('known', 'unknown') }),
);

// ── rules ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** Conditions that some event meets, and any others. */
const where: fc.Arbitrary<Where> = fc.oneof(
  fc.constantFrom<Where>(
    { property: 'metric', op: 'one_of', value: ['nps', 'csat'] },
    { property: 'score', op: 'known' },
    { property: 'score', op: 'at_most', value: 6 },
    { property: 'order_id', op: 'known' },
    { property: 'product_id', op: 'none_of', value: [5, 'gold'] },
  ),
  fc
    .tuple(fc.constantFrom('metric', 'score', 'product_id', 'a.b', '$event'), comparison)
    .map(([property, compared]) => ({ property, ...compared })),
);

export const selector: fc.Arbitrary<Selector> = fc
  .tuple(
    fc.oneof(
      fc.constantFrom<string | readonly string[]>(...EVENTS, '*'),
      fc.uniqueArray(fc.constantFrom(...EVENTS, 'Identified'), { minLength: 1, maxLength: 3 }),
    ),
    fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(where, { minLength: 1, maxLength: 2 }) },
    ),
  )
  .map(([event, conditions]) => (conditions.length === 0 ? { event } : { event, where: conditions }));

const duration = fc.constantFrom(
  'PT1S',
  'PT90M',
  'P1D',
  'P3D',
  'P1W',
  'P30D',
  'P60D',
  'P90D',
  'P1DT12H',
  'P365D',
);
const anchored: fc.Arbitrary<{ window: Window }> = fc
  .constantFrom(
    { kind: 'run' } as const,
    { kind: 'episode' } as const,
    { kind: 'last_order' } as const,
    { kind: 'stage', model: 'm' } as const,
  )
  .map((since) => ({ window: { since } }));
const calendar: fc.Arbitrary<{ window: Window }> = fc
  .tuple(fc.boolean(), fc.constantFrom<Period>('day', 'week', 'month', 'quarter', 'year'))
  .map(([isThis, period]) => ({ window: isThis ? { this: period } : { previous: period } }));
const window: fc.Arbitrary<{ window?: Window }> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({}) },
  { weight: 3, arbitrary: duration.map((last) => ({ window: { last } })) },
  { weight: 1, arbitrary: anchored },
  { weight: 2, arbitrary: calendar },
);
/** Amounts go by whole days or hours. */
const amountWindow: fc.Arbitrary<{ window?: Window }> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({}) },
  {
    weight: 3,
    arbitrary: fc
      .oneof(
        fc.integer({ min: 1, max: 60 }).map((n) => `P${n}D`),
        fc.constantFrom('P1D', 'P2W', 'P400D'),
        fc.integer({ min: 1, max: 72 }).map((n) => `PT${n}H`),
        fc.constantFrom('PT60M', 'P1DT1H'),
      )
      .map((last) => ({ window: { last } })),
  },
  { weight: 1, arbitrary: anchored },
  { weight: 3, arbitrary: calendar },
);
const said = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  {
    weight: 3,
    arbitrary: fc.record(
      {
        said_by: fc.subarray(['declared', 'observed', 'imported', 'predicted'] as const, { minLength: 1 }),
        said_within: duration,
      },
      { requiredKeys: [] },
    ),
  },
);
const dateOf: fc.Arbitrary<DateOf> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'trait' as const, path: 'renewal' }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'trait' as const, path: 'born' }) },
  ...(['first_order', 'last_order', 'first_seen'] as const).map((kind) => ({
    weight: 1,
    arbitrary: fc.constant({ kind }),
  })),
);
const accountIs = fc.constantFrom('a0', 'a1', '5').map((value) => ({ op: 'is' as const, value }));
const countOp = fc.constantFrom('at_least' as const, 'at_most' as const, 'exactly' as const);
const small = fc.integer({ min: 0, max: 4 });
const least = fc.integer({ min: 1, max: 4 });
const trend = fc.record({
  days: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.constantFrom(90, 200)),
  op: fc.constantFrom('under' as const, 'over' as const),
  share: fc.constantFrom(0.5, 1, 0.125, 2, 5),
});
const property = fc.constantFrom('total', 'score', 'product_id', 'metric', 'a.b', '$event', '$time');
/** Often over the same events, so that one is its own end but for the rule; often over few, so that some stay without. */
const sequence: fc.Arbitrary<Sequence> = fc
  .tuple(
    fc.oneof(
      selector,
      fc.constantFrom(...EVENTS).map((event) => ({ event })),
    ),
    fc.option(
      fc.oneof(
        selector,
        fc.constantFrom(...EVENTS).map((event) => ({ event })),
      ),
    ),
    duration,
    fc.constantFrom(undefined, undefined, 'product_id', 'metric', 'order_id', '$event'),
    window,
  )
  .map(([first, then, within, by, w]) => ({
    first,
    then: then ?? first,
    within,
    ...(by === undefined ? {} : { by }),
    ...w,
  }));
/** The parser refuses a window in which nobody can wait in vain. */
function canEnd({ within, window: w }: Sequence): boolean {
  return w === undefined || !('last' in w) || lengthOf(w.last) > lengthOf(within);
}
function lengthOf(text: string): number {
  return Temporal.Duration.from(text).total({
    unit: 'milliseconds',
    relativeTo: '2025-01-01T00:00:00Z[UTC]',
  });
}

const amountOp = fc.constantFrom('over' as const, 'at_least' as const, 'under' as const, 'at_most' as const);
const amountLeaf = (kind: 'sum' | 'average' | 'minimum' | 'maximum'): fc.Arbitrary<Rule> =>
  fc
    .tuple(selector, property, amountWindow, amountOp, fc.constantFrom(0, 5, 7, 100, '12.50', '0.3', 250))
    .map(([s, p, w, op, v]) => ({ kind, ...s, property: p, ...w, op, value: v }));

/** One arbitrary for each kind of leaf: a new kind that is missing here does not compile. */
const leaves: { readonly [kind in Exclude<Rule['kind'], 'all' | 'any' | 'not'>]: fc.Arbitrary<Rule> } = {
  trait: fc
    .tuple(fc.constantFrom(...TRAITS, 'address.zip.0', 'tags.1', 'tags.length'), comparison, said)
    .map(([path, compared, how]) => ({ kind: 'trait', path, ...compared, ...how })),
  account: fc
    .tuple(fc.constantFrom(undefined, 'plan', 'age', 'address.city', 'tags'), fc.oneof(comparison, accountIs))
    .map(([path, compared]) => ({ kind: 'account', ...(path === undefined ? {} : { path }), ...compared })),
  open_conversation: fc.constant({ kind: 'open_conversation' }),
  identity: fc
    .uniqueArray(fc.constantFrom('email', 'phone', 'user_id'), { minLength: 1 })
    .map((has) => ({ kind: 'identity', has })),
  count: fc
    .tuple(selector, window, countOp, small)
    .map(([s, w, op, n]) => ({ kind: 'count', ...s, ...w, op, n })),
  days: fc
    .tuple(selector, window, fc.constantFrom('at_least' as const, 'at_most' as const), small)
    .map(([s, w, op, n]) => ({ kind: 'days', ...s, ...w, op, n })),
  sum: amountLeaf('sum'),
  average: amountLeaf('average'),
  minimum: amountLeaf('minimum'),
  maximum: amountLeaf('maximum'),
  distinct: fc
    .tuple(selector, property, window, countOp, small)
    .map(([s, p, w, op, n]) => ({ kind: 'distinct', ...s, property: p, ...w, op, n })),
  spend: fc
    .tuple(
      fc.constantFrom('all' as const, 'order' as const),
      amountWindow,
      amountOp,
      fc.constantFrom(0, 10, '12.345', 19.99, '100', 500),
    )
    .map(([per, w, op, v]) => ({ kind: 'spend', per, ...w, op, value: v })),
  trend: fc
    .tuple(
      selector,
      fc.constantFrom(undefined, undefined, 'total', 'score', 'total_minor'),
      trend,
      fc.option(least, { nil: undefined }),
    )
    .map(([s, p, t, n]) => ({
      kind: 'trend',
      ...s,
      ...t,
      ...(p === undefined ? {} : { property: p }),
      ...(n === undefined ? {} : { count_at_least: n }),
    })),
  latest: fc
    .tuple(selector, property, window, comparison)
    .map(([s, p, w, compared]) => ({ kind: 'latest', ...s, property: p, ...w, ...compared })),
  first: fc
    .tuple(selector, property, window, comparison)
    .map(([s, p, w, compared]) => ({ kind: 'first', ...s, property: p, ...w, ...compared })),
  most_frequent: fc
    .tuple(selector, property, window, comparison)
    .map(([s, p, w, compared]) => ({ kind: 'most_frequent', ...s, property: p, ...w, ...compared })),
  sequence: sequence.map((s) => ({ kind: 'sequence', ...s })),
  unfollowed: sequence.filter(canEnd).map((s) => ({ kind: 'unfollowed', ...s })),
  per_value: fc
    .tuple(selector, property, window, least)
    .map(([s, p, w, n]) => ({ kind: 'per_value', ...s, property: p, ...w, n })),
  orders: fc.tuple(countOp, small).map(([op, n]) => ({ kind: 'orders', op, n })),
  order_span: duration.map((text) => ({ kind: 'order_span', at_least: text })),
  last_order: duration.map((within) => ({ kind: 'last_order', within })),
  spend_trend: fc
    .tuple(trend, fc.option(least, { nil: undefined }))
    .map(([t, n]) => ({ kind: 'spend_trend', ...t, ...(n === undefined ? {} : { orders_at_least: n }) })),
  quiet: fc
    .tuple(
      fc.constantFrom('orders' as const, 'visits' as const),
      fc.constantFrom(0.5, 1, 2, 3.5),
      fc.constantFrom(['P1D', 'P365D'], ['P14D', 'P14D'], ['PT1H', 'P30D']),
      fc.option(least, { nil: undefined }),
      fc.constantFrom(undefined, 3 as const, 10 as const),
    )
    .map(([of, gaps, [min, max], n, oneIn]) => ({
      kind: 'quiet',
      of,
      ...(oneIn === undefined ? {} : { one_in: oneIn }),
      gaps,
      min: min!,
      max: max!,
      ...(n === undefined ? {} : { days_at_least: n }),
    })),
  predicted: fc.constant({ kind: 'predicted' }),
  order_chance: fc
    .tuple(
      fc.constantFrom('P30D', 'P90D', 'P365D'),
      amountOp,
      fc.double({ min: 0.01, max: 0.9, noNaN: true }),
    )
    .map(([within, op, share]) => ({ kind: 'order_chance', within, op, share })),
  next_order: fc
    .constantFrom('PT1H', 'P7D', 'P30D', 'P200D')
    .map((within) => ({ kind: 'next_order', within })),
  lifetime_value: fc
    .tuple(amountOp, fc.integer({ min: 0, max: 900 }))
    .map(([op, value]) => ({ kind: 'lifetime_value', op, value: value + 0.123 })),
  date: fc
    .tuple(dateOf, fc.integer({ min: -40, max: 40 }), fc.constantFrom(undefined, 0, 1, 20))
    .map(([of, from, more]) => ({
      kind: 'date',
      of,
      from,
      ...(more === undefined ? {} : { to: from + more }),
    })),
  anniversary: fc
    .tuple(dateOf, fc.integer({ min: -183, max: 100 }), fc.constantFrom(undefined, 0, 1, 20, 83))
    .map(([of, from, more]) => ({
      kind: 'anniversary',
      of,
      from,
      ...(more === undefined ? {} : { to: from + more }),
    })),
  stage: fc
    .tuple(
      fc.oneof(fc.constantFrom(...STAGES), fc.constant([...STAGES])),
      fc.option(duration, { nil: undefined }),
    )
    .map(([stage, text]) => ({
      kind: 'stage',
      model: 'm',
      stage,
      ...(text === undefined ? {} : { for: text }),
    })),
  segment: fc.constantFrom('s1', 's2').map((segment) => ({ kind: 'segment', segment })),
  consent: fc
    .tuple(fc.constantFrom(undefined, 'email', 'sms'), fc.constantFrom(undefined, 'offers', 'news'))
    .map(([channel, topic]) => ({
      kind: 'consent',
      ...(channel === undefined ? {} : { channel }),
      ...(topic === undefined ? {} : { topic }),
    })),
  episode: fc.tuple(countOp, small).map(([op, n]) => ({ kind: 'episode', op, n })),
  tier: fc
    .tuple(fc.constantFrom('silver', 'gold', ['silver', 'gold']), fc.option(duration, { nil: undefined }))
    .map(([tier, text]) => ({
      kind: 'tier',
      programme: 'club',
      tier,
      ...(text === undefined ? {} : { for: text }),
    })),
  points: fc
    .tuple(
      fc.constantFrom('balance' as const, 'owed' as const, 'expiring' as const, 'earned' as const),
      duration,
      fc.oneof(
        fc.constant(undefined),
        fc.integer({ min: 1, max: 60 }).map((n) => ({ last: `P${n}D` })),
        calendar.map(({ window: w }) => w as PointsWindow),
      ),
      amountOp,
      fc.constantFrom(0, 1, 5, 20, 100),
    )
    .map(([of, within, w, op, value]) => ({
      kind: 'points',
      programme: 'club',
      of,
      ...(of === 'expiring' ? { within } : {}),
      ...(of === 'earned' && w !== undefined ? { window: w } : {}),
      op,
      value,
    })),
  in_journey: fc.constantFrom('j1', 'j2').map((journey) => ({ kind: 'in_journey', journey })),
  share: fc.constantFrom(0, 0.3, 0.7, 1).map((of) => ({ kind: 'share', of, salt: 'x' })),
};

/** Leaves that time alone changes, over events that are frequent: for questions about `until`. */
const timely: fc.Arbitrary<Rule> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('*', 'Page Viewed', 'Order Completed'),
      duration,
      countOp,
      fc.integer({ min: 1, max: 3 }),
    )
    .map(([event, last, op, n]) => ({ kind: 'count', event, window: { last }, op, n }) as const),
  fc
    .tuple(duration, fc.constantFrom('at_least' as const, 'at_most' as const), fc.integer({ min: 1, max: 3 }))
    .map(([last, op, n]) => ({ kind: 'days', event: '*', window: { last }, op, n }) as const),
  fc
    .tuple(
      fc.constantFrom('count' as const, 'days' as const),
      fc.constantFrom('*', 'Page Viewed'),
      calendar,
      fc.constantFrom('at_least' as const, 'at_most' as const),
      fc.integer({ min: 1, max: 5 }),
    )
    .map(([kind, event, w, op, n]): Rule => ({ kind, event, ...w, op, n })),
  fc
    .tuple(fc.constantFrom('*', 'Product Viewed'), calendar, least)
    .map(([event, w, n]): Rule => ({ kind: 'per_value', event, property: 'product_id', ...w, n })),
  calendar.map((w): Rule => ({ kind: 'latest', event: '*', property: 'score', ...w, op: 'known' })),
  leaves.last_order,
  leaves.quiet,
  fc.oneof(leaves.order_chance, leaves.next_order, leaves.lifetime_value),
  fc
    .tuple(fc.constantFrom(...TRAITS), duration)
    .map(([path, within]): Rule => ({ kind: 'trait', path, op: 'known', said_within: within })),
  fc.oneof(leaves.date, leaves.anniversary),
  fc
    .tuple(
      fc.constantFrom('sequence' as const, 'unfollowed' as const),
      fc.constantFrom('*', 'Page Viewed', 'Order Completed'),
      fc.constantFrom('PT1S', 'P1D', 'P3D'),
      fc.constantFrom('P7D', 'P30D', 'P90D'),
    )
    .map(([kind, event, within, last]): Rule => {
      return { kind, first: { event }, then: { event: '*' }, within, window: { last } };
    }),
  fc.tuple(fc.constantFrom('*', 'Product Viewed'), duration).map(([event, last]): Rule => {
    return { kind: 'most_frequent', event, property: 'product_id', window: { last }, op: 'known' };
  }),
  leaves.stage,
  leaves.tier,
  leaves.points,
  leaves.sum,
  leaves.average,
  leaves.minimum,
  leaves.maximum,
  leaves.spend,
  fc
    .tuple(fc.constantFrom('*', 'Product Viewed'), window, countOp, least)
    .map(([event, w, op, n]): Rule => ({ kind: 'distinct', event, property: 'product_id', ...w, op, n })),
  leaves.trend,
  leaves.spend_trend,
);

/** A few of them joined, one level or two deep. */
export const timelyRule: fc.Arbitrary<Rule> = fc.letrec<{ rule: Rule; joined: Rule }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 2 },
    timely,
    timely.map((each) => ({ kind: 'not', rule: each }) as const),
    tie('joined'),
  ),
  joined: fc
    .tuple(
      fc.constantFrom('all' as const, 'any' as const),
      fc.array(tie('rule'), { minLength: 2, maxLength: 4 }),
    )
    .map(([kind, rules]) => ({ kind, rules })),
})).joined;

export const leaf: fc.Arbitrary<Rule> = fc.oneof(...Object.values(leaves));

export const rule: fc.Arbitrary<Rule> = fc.letrec<{ rule: Rule }>((tie) => ({
  rule: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('rule'), { maxLength: 3 }).map((rules) => ({ kind: 'all', rules }) as const),
    fc.array(tie('rule'), { maxLength: 3 }).map((rules) => ({ kind: 'any', rules }) as const),
    tie('rule').map((each) => ({ kind: 'not', rule: each }) as const),
  ),
})).rule;

// ── histories ───────────────────────────────────────────────────────────────────────────────────────────────────

interface Seed {
  readonly at: number;
  readonly name: string;
  readonly trust: EventFact['trust'];
  readonly properties: { readonly [key: string]: Json };
  readonly traits: { readonly [key: string]: Json };
  readonly identities: readonly (readonly [string, string])[];
}

/** Hours and half-hours around local midnights, with milliseconds that meet exactly or miss by one. */
const instant = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 0, max: SPAN_DAYS }) },
      { weight: 1, arbitrary: fc.integer({ min: 195, max: 215 }) },
    ),
    fc.integer({ min: 0, max: 47 }),
    fc.constantFrom(0, 0, 1, -1, 1_799_999),
  )
  .map(([day, half, ms]) => START + day * DAY + (half * HOUR) / 2 + ms);

const properties: fc.Arbitrary<{ [key: string]: Json }> = fc.record(
  {
    // Few sums, so that refunds often are exactly what was paid.
    total: fc.oneof(amount, fc.constantFrom(10, 20, 0)),
    total_minor: fc.constantFrom(1_000, 2_000, 0, 333),
    score: fc.oneof(fc.integer({ min: 0, max: 10 }), scalar),
    metric: fc.constantFrom('nps', 'csat', 'gold'),
    // Few accounts, so that a life without bursts never needs its history.
    group_id: fc.constantFrom<Json>('a0', 'a1', 'a2', 5, '', null),
    conversation_id: fc.constantFrom<Json>('c1', 'c2', 3, '', null),
    complaint_id: fc.constantFrom<Json>('c1', 'c4'),
    product_id: fc.oneof(fc.integer({ min: 0, max: 5 }), scalar),
    a: fc.constantFrom<Json>({ b: 5 }, { b: 'gold' }, [1], 7),
    currency: fc.constantFrom('EUR', 'usd', 'JPY', 'nonsense'),
  },
  { requiredKeys: [] },
);
const orderId = fc.oneof(
  fc.integer({ min: 0, max: 12 }).map(String),
  fc.integer({ min: 0, max: 12 }),
  fc.constantFrom('', undefined),
);
const traits: fc.Arbitrary<{ [key: string]: Json }> = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...TRAITS), value, { maxKeys: 3 }),
    fc.record(
      {
        renewal: fc.constantFrom(...DATES),
        timezone: fc.constantFrom(...PERSON_ZONES),
        time_zone: fc.constantFrom(...PERSON_ZONES),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([any, dated]) => ({ ...any, ...dated }));
const trust = fc.constantFrom<EventFact['trust']>('server', 'browser', 'import');
const identities = fc.array(
  fc.tuple(fc.constantFrom('email', 'phone', 'user_id'), fc.constantFrom('a', 'b', 'c')),
  { maxLength: 2 },
);

const one: fc.Arbitrary<readonly Seed[]> = fc
  .tuple(
    instant,
    fc.constantFrom<string>(...EVENTS, ...TALKS, 'Identified', 'Grouped'),
    trust,
    properties,
    orderId,
    traits,
    identities,
  )
  .map(([at, name, t, p, order, tr, ids]) => [
    {
      at,
      name,
      trust: t,
      properties: order === undefined || !name.startsWith('Order') ? p : { ...p, order_id: order },
      traits: name === 'Identified' || name === 'Grouped' || name === 'Preference Told' ? tr : {},
      identities: ids,
    },
  ]);

/** Many alike, so that the newest 64 are not all: orders with ids of their own, visits on days of their own. */
const burst: fc.Arbitrary<readonly Seed[]> = fc
  .tuple(
    fc.constantFrom(
      'Order Completed',
      'Page Viewed',
      'Product Viewed',
      'Order Refunded',
      'Grouped',
      'Complaint Opened',
    ),
    fc.integer({ min: 0, max: 200 }),
    fc.integer({ min: 40, max: 90 }),
    fc.integer({ min: 5, max: 100 }),
    fc.integer({ min: 0, max: 60 }),
  )
  .map(([name, startDay, n, hours, first]) =>
    Array.from({ length: n }, (_, i) => ({
      at: START + startDay * DAY + i * hours * HOUR,
      name,
      trust: 'server' as const,
      properties: name.startsWith('Order')
        ? { order_id: `b${first + i}`, total: (i * 7) % 50 }
        : { product_id: i % 7, group_id: `a${(first + i) % 13}`, complaint_id: `b${first + i}` },
      traits: name === 'Grouped' ? { [`k${i % 9}`]: i } : {},
      identities: [],
    })),
  );

/** An order and what came back of it: all, exactly what was paid, or a part; sometimes told before the order. */
const returned: fc.Arbitrary<readonly Seed[]> = fc
  .tuple(
    instant,
    fc.constantFrom(-1, 0, 1, 20, 200),
    fc.constantFrom('Order Refunded', 'Order Cancelled'),
    fc.constantFrom<{ readonly [key: string]: Json }>(
      {},
      {},
      { total: 10 },
      { amount_minor: 500 },
      { total: 3 },
    ),
    fc.integer({ min: 0, max: 12 }),
  )
  .map(([at, days, name, back, order]) => {
    const plain = { trust: 'server' as const, traits: {}, identities: [] };
    return [
      { ...plain, at, name: 'Order Completed', properties: { order_id: order, total: 10 } },
      { ...plain, at: at + days * DAY, name, properties: { order_id: order, ...back } },
    ];
  });

export function history(options: { readonly bursts: boolean }): fc.Arbitrary<readonly EventFact[]> {
  const few = [
    { weight: 32, arbitrary: one },
    { weight: 4, arbitrary: returned },
  ];
  const kinds = options.bursts ? [...few, { weight: 3, arbitrary: burst }] : few;
  const parts = fc.array(fc.oneof(...kinds), { maxLength: 40, size: 'max' });
  return fc
    .tuple(parts, fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 5 }))
    .map(([seeds, twins]) => withTwins(seeds.flat(), twins).map(fact));
}

/** Some events happen at the very instant of another. */
function withTwins(seeds: readonly Seed[], twins: readonly (readonly [number, number])[]): readonly Seed[] {
  if (seeds.length === 0) return seeds;
  return [
    ...seeds,
    ...twins.map(([i, j]) => ({ ...seeds[i % seeds.length]!, at: seeds[j % seeds.length]!.at })),
  ];
}

function fact(seed: Seed, i: number): EventFact {
  // Ids that do not sort as they were made.
  const id = `m${(i * 7_919) % 10_007}`;
  const type =
    seed.name === 'Identified'
      ? 'identify'
      : seed.name === 'Grouped'
        ? 'group'
        : seed.name === 'Page Viewed'
          ? 'page'
          : 'track';
  return { id, type, ...seed };
}

// ── standing ────────────────────────────────────────────────────────────────────────────────────────────────────

const consents = fc.dictionary(
  fc.tuple(fc.constantFrom(...CHANNELS), fc.constantFrom(...TOPICS)).map(([c, t]) => `${c}/${t}`),
  fc.record({
    status: fc.constantFrom('given' as const, 'withdrawn' as const),
    basis: fc.constant('opted_in'),
    source: fc.constant('test'),
    at: fc.integer({ min: START, max: START + 3 }),
  }),
  { maxKeys: 4 },
);

/** Lots add up to less than the balance or to all of it. */
const clubPoints: fc.Arbitrary<PointsStanding> = fc
  .record({
    lots: fc.uniqueArray(fc.tuple(instant, fc.integer({ min: 1, max: 60 })), {
      selector: ([at]) => at,
      maxLength: 5,
    }),
    rest: fc.constantFrom<number>(0, 0, 5, 30),
    debt: fc.constantFrom<number>(0, 0, 7),
    active: fc.option(instant),
    earned: fc.integer({ min: 0, max: 150 }),
    days: fc.uniqueArray(fc.tuple(fc.nat({ max: SPAN_DAYS }), fc.integer({ min: -5, max: 40 })), {
      selector: ([day]) => day,
      maxLength: 6,
    }),
  })
  .map(({ lots, rest, debt, active, earned, days }) => ({
    ...NO_POINTS,
    balance: lots.reduce((sum, [, n]) => sum + n, rest),
    debt,
    earned,
    spent: debt,
    active_at: active,
    lots: lots.toSorted(([a], [b]) => a - b),
    days: days
      .map(([day, n]) => [Math.floor(START / 86_400_000) + day, n] as const)
      .sort(([a], [b]) => a - b),
  }));

/** What every world's programme may be like. */
export const programme: fc.Arbitrary<ProgrammeDefinition> = fc
  .record({
    expiry: fc.option(
      fc.record({
        kind: fc.constantFrom('inactivity' as const, 'earned' as const),
        after: fc.constantFrom('P1D', 'P30D', 'P90D'),
      }),
      { nil: undefined },
    ),
    rounding: fc.constantFrom('down' as const, 'nearest' as const, 'up' as const),
    keep: fc.option(fc.constantFrom('P3D', 'P30D'), { nil: undefined }),
    silver: fc.integer({ min: 0, max: 50 }),
    gold: fc.constantFrom<Rule>(
      { kind: 'spend', per: 'all', window: { last: 'P30D' }, op: 'at_least', value: 50 },
      {
        kind: 'points',
        programme: 'club',
        of: 'earned',
        window: { previous: 'month' },
        op: 'at_least',
        value: 20,
      },
      { kind: 'points', programme: 'club', of: 'balance', op: 'over', value: 30 },
    ),
  })
  .map(({ expiry, rounding, keep, silver, gold }) => ({
    key: 'club',
    name: 'Club',
    unit: { one: 'point', many: 'points' },
    counts_from: '2025-01-01',
    earn: [
      { kind: 'spend', key: 'orders', points: 3, per: 10, rounding },
      {
        kind: 'spend',
        key: 'gold',
        points: 1,
        per: '2.50',
        rounding,
        who: { kind: 'tier', programme: 'club', tier: 'gold' },
      },
      { kind: 'event', key: 'visits', event: 'Page Viewed', points: 2, cap: { times: 2, per: 'week' } },
    ],
    ...(expiry === undefined ? {} : { expiry }),
    tiers: [
      {
        key: 'silver',
        name: 'Silver',
        rule: { kind: 'points', programme: 'club', of: 'earned', op: 'at_least', value: silver },
      },
      { key: 'gold', name: 'Gold', rule: gold },
    ],
    ...(keep === undefined ? {} : { keep_tier_for: keep }),
  }));

export const standing: fc.Arbitrary<Standing> = fc
  .record({
    points: fc.option(clubPoints, { nil: undefined }),
    tier: fc.option(fc.record({ tier: fc.constantFrom('silver', 'gold'), since: instant }), {
      nil: undefined,
    }),
    stage: fc.option(fc.record({ stage: fc.constantFrom(...STAGES), since: instant }), { nil: undefined }),
    segments: fc.dictionary(fc.constantFrom('s1', 's2'), instant, { maxKeys: 2 }),
    episode: fc.record({ n: fc.integer({ min: 1, max: 4 }), since: fc.option(instant), gone: fc.boolean() }),
    consents,
    journey: fc.option(fc.constantFrom('j1', 'j2')),
  })
  .map(({ points: club, tier, stage, segments, episode, consents: given, journey }) => ({
    ...(club === undefined ? {} : { points: { club } }),
    ...(tier === undefined ? {} : { tiers: { club: tier } }),
    seq: 0,
    stages: stage === undefined ? {} : { m: stage },
    segments,
    episode,
    consents: given,
    runs:
      journey === null
        ? {}
        : {
            r: {
              id: 'r',
              journey,
              version: 1,
              arm: 'treated',
              person: 'p',
              start: 's',
              started_at: START,
              node: 'n',
              node_at: START,
              visit: 1,
              goal_at: null,
            },
          },
    journeys: {},
    open: {},
    sends: [],
    soft_bounces: {},
  }));

/** What a fit of any shop might have found, or not. */
const thresholds = fc.record({
  new: fc.double({ min: 0.05, max: 0.95, noNaN: true }),
  fast: fc.double({ min: 0.05, max: 0.95, noNaN: true }),
  middle: fc.double({ min: 0.05, max: 0.95, noNaN: true }),
  slow: fc.double({ min: 0.05, max: 0.95, noNaN: true }),
});

const parameter = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });

const rhythm: fc.Arbitrary<RhythmParameters> = fc
  .record({
    model: fc.option(
      fc.record({
        k: fc.constantFrom(1, 1, 2, 3),
        modified: fc.boolean(),
        r: parameter(0.2, 3),
        alpha: parameter(1, 60),
        a: parameter(0.05, 3),
        b: parameter(0.3, 5),
      }),
    ),
    groups: fc.constantFrom([5, 20] as const, [30, 90] as const),
    thresholds: fc.record({ one_in_3: thresholds, one_in_10: thresholds }),
    pooled_gap_days: fc.constantFrom({ one_in_3: 20, one_in_10: 65.3 }, { one_in_3: null, one_in_10: null }),
  })
  .map((found) => ({ verdict: found.model === null ? 'degenerate' : 'fits', ...found }));

const prediction: fc.Arbitrary<Prediction> = fc.record({
  fitted_at: fc.constant(START),
  purchases: rhythm,
  visits: fc.option(rhythm),
  spending: fc.option(fc.record({ p: parameter(0.5, 8), q: parameter(1.5, 6), v: parameter(100, 20_000) })),
});

export const definition: fc.Arbitrary<Definition> = fc
  .record({
    time_zone: fc.constantFrom(...ZONES),
    currency: fc.constantFrom('EUR', 'JPY'),
    gap_days: fc.constantFrom(null, 30, 45.5),
    visit_gap_days: fc.constantFrom(null, 10),
    prediction: fc.option(prediction, { nil: undefined }),
    programme,
  })
  .map(({ prediction, programme: club, ...settings }) => ({
    programmes: [club],
    workspace: 'w',
    version: 1,
    changed_at: START,
    ...settings,
    ...(prediction === undefined ? {} : { prediction }),
    purchase: { event: 'Order Completed' },
    refund: { event: ['Order Refunded', 'Order Cancelled'] },
    visit: { event: ['Page Viewed', 'Screen Viewed'] },
    segments: [],
    models: [],
    journeys: [],
    policy: {
      marketing_per_day: 1,
      marketing_per_week: 3,
      per_week_by_channel: {},
      quiet_hours: {},
      shelf_life: 'P3D',
      complaint_wait: 'P14D',
    },
  }));

export { instant };
