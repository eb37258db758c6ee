// Random worlds for the laws of step: a definition with segments, a model and journeys on windows of seconds, and a story.
import fc from 'fast-check';
import type {
  ConsentChange,
  Definition,
  EventFact,
  Input,
  JourneyGraph,
  JourneyNode,
  ProgrammeDefinition,
  Rule,
  SegmentDefinition,
  Trigger,
} from '../../src/index.ts';
import type { Window } from '../../src/rules/rule.ts';
import { DEFAULT_POLICY } from '../../src/index.ts';

/** Stories begin here: an ordinary Tuesday, far from any midnight unless the story reaches it. */
export const START = Date.parse('2026-03-10T21:30:00Z');

const NAMES = ['Order Completed', 'Order Refunded', 'Page Viewed', 'Survey Answered', 'Visit'] as const;
const seconds = (n: number): string => `PT${n}S`;

const event = fc.constantFrom<string>(...NAMES);
/** The stories reach over a local midnight. */
const calendar = fc.constantFrom<Window>({ this: 'day' }, { previous: 'day' }, { this: 'week' });
const window = fc.oneof(
  fc.integer({ min: 1, max: 900 }).map((n) => ({ last: seconds(n) })),
  fc.constant({ since: { kind: 'last_order' } as const }),
  fc.constant({ since: { kind: 'episode' } as const }),
  calendar,
);

const leaf: fc.Arbitrary<Rule> = fc.oneof(
  fc.record({
    kind: fc.constant('count' as const),
    event,
    window,
    op: fc.constantFrom('at_least', 'at_most', 'exactly'),
    n: fc.integer({ min: 0, max: 3 }),
  }),
  fc.record({
    kind: fc.constant('count' as const),
    event,
    op: fc.constantFrom('at_least', 'at_most'),
    n: fc.integer({ min: 0, max: 3 }),
  }),
  fc.record({
    kind: fc.constant('orders' as const),
    op: fc.constantFrom('at_least', 'at_most'),
    n: fc.integer({ min: 0, max: 2 }),
  }),
  fc.record({
    kind: fc.constant('last_order' as const),
    within: fc.integer({ min: 1, max: 1_800 }).map(seconds),
  }),
  fc.record({
    kind: fc.constant('quiet' as const),
    of: fc.constantFrom('orders', 'visits'),
    gaps: fc.integer({ min: 1, max: 3 }),
    min: fc.integer({ min: 1, max: 600 }).map(seconds),
    max: fc.integer({ min: 601, max: 3_000 }).map(seconds),
  }),
  fc.record({
    kind: fc.constant('latest' as const),
    event: fc.constant('Survey Answered'),
    property: fc.constant('score'),
    window: fc.integer({ min: 1, max: 900 }).map((n) => ({ last: seconds(n) })),
    op: fc.constantFrom('at_least', 'at_most'),
    value: fc.integer({ min: 0, max: 10 }),
  }),
  fc.record({
    kind: fc.constantFrom('sum' as const, 'average' as const, 'minimum' as const, 'maximum' as const),
    event,
    property: fc.constantFrom('score', 'total'),
    window: fc.oneof(calendar, fc.constantFrom<Window>({ last: 'PT1H' }, { last: 'PT2H' }, { last: 'P1D' })),
    op: fc.constantFrom('over', 'at_most'),
    value: fc.integer({ min: 0, max: 30 }),
  }),
  fc
    .record({
      kind: fc.constantFrom('sequence' as const, 'unfollowed' as const),
      first: event.map((name) => ({ event: name })),
      then: event.map((name) => ({ event: name })),
      within: fc.integer({ min: 1, max: 600 }).map(seconds),
      by: fc.constantFrom(undefined, undefined, 'order_id'),
      window: fc.oneof(
        fc.integer({ min: 601, max: 1_800 }).map((n) => ({ last: seconds(n) })),
        fc.constant(undefined),
      ),
    })
    .map(({ by, window: w, ...rest }) => ({
      ...rest,
      ...(by === undefined ? {} : { by }),
      ...(w === undefined ? {} : { window: w }),
    })),
  fc.record({
    kind: fc.constant('most_frequent' as const),
    event,
    property: fc.constantFrom('order_id', 'score'),
    window: fc.integer({ min: 1, max: 900 }).map((n) => ({ last: seconds(n) })),
    op: fc.constant('one_of' as const),
    value: fc.constant(['o0', 'o1', 3, 4, 5]),
  }),
  // Stories begin before midnight.
  fc.record({
    kind: fc.constant('date' as const),
    of: fc.constantFrom({ kind: 'first_seen' as const }, { kind: 'last_order' as const }),
    from: fc.constantFrom(0, 1),
    to: fc.constantFrom(1, 2),
  }),
  fc.record({
    kind: fc.constant('distinct' as const),
    event,
    property: fc.constantFrom('score', 'order_id'),
    window,
    op: fc.constantFrom('at_least', 'at_most', 'exactly'),
    n: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({
    kind: fc.constant('spend' as const),
    per: fc.constantFrom('all', 'order'),
    window: fc.oneof(calendar, fc.constantFrom<Window>({ last: 'PT1H' }, { last: 'P1D' })),
    op: fc.constantFrom('over', 'at_most'),
    value: fc.integer({ min: 0, max: 60 }),
  }),
  fc.record({ kind: fc.constant('consent' as const) }),
  fc.record({
    kind: fc.constant('share' as const),
    of: fc.constantFrom(0.2, 0.5, 0.9),
    salt: fc.constant('s'),
  }),
);

const rule: fc.Arbitrary<Rule> = fc.oneof(
  { weight: 3, arbitrary: leaf },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('all' as const, 'any' as const),
      rules: fc.array(leaf, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: leaf.map((r): Rule => ({ kind: 'not', rule: r })) },
);

/** What a random journey may be made of. */
export interface JourneyParts {
  readonly event: fc.Arbitrary<string>;
  readonly segments: readonly string[];
  readonly model: string;
  readonly stages: readonly string[];
  readonly rule: fc.Arbitrary<Rule>;
  readonly duration: fc.Arbitrary<string>;
  readonly shelfLife: string;
  readonly again: string;
}

function triggers({ event, segments, model, stages }: JourneyParts): fc.Arbitrary<Trigger> {
  return fc.oneof(
    event.map((name): Trigger => ({ kind: 'event', event: name })),
    fc.constantFrom(...segments).map((segment): Trigger => ({ kind: 'segment_joined', segment })),
    fc.constantFrom(...segments).map((segment): Trigger => ({ kind: 'segment_left', segment })),
    fc.constantFrom(...stages).map((stage): Trigger => ({ kind: 'stage_reached', model, stage })),
  );
}

/** Every kind of node, with a goal, an exit rule, a control group and a way to enter again. */
export function journeyOf(parts: JourneyParts): fc.Arbitrary<JourneyGraph> {
  return fc
    .record({
      on: triggers(parts),
      wait: parts.duration,
      within: parts.duration,
      awaited: parts.event,
      branch: parts.rule,
      goal: fc.option(parts.rule, { nil: undefined }),
      exits: fc.boolean(),
      exitWhen: fc.option(parts.rule, { nil: undefined }),
      holdOut: fc.constantFrom(0, 0.3),
      reentry: fc.constantFrom<JourneyGraph['reentry']>('once', 'after_exit', { after: parts.again }),
    })
    .map((g): JourneyGraph => {
      const email = (next: string): JourneyNode => ({
        kind: 'email',
        template: 't',
        topic: 'offers',
        shelf_life: parts.shelfLife,
        next,
      });
      return {
        entry: 'in',
        nodes: {
          in: { kind: 'trigger', on: g.on, next: 'first' },
          first: {
            kind: 'email',
            template: 't',
            topic: 'offers',
            shelf_life: parts.shelfLife,
            promised: true,
            next: 'wait',
          },
          wait: { kind: 'wait', for: g.wait, next: 'ask' },
          ask: { kind: 'branch', rule: g.branch, then: 'second', else: 'await' },
          second: email('await'),
          await: {
            kind: 'wait_until',
            event: { event: g.awaited },
            within: g.within,
            next: 'third',
            timeout: 'out',
          },
          third: email('later'),
          // Within the hour after stories begin, where most of them live.
          later: { kind: 'wait_time', at: '23:00', next: 'out' },
          out: { kind: 'exit' },
        },
        ...(g.goal === undefined ? {} : { goal: { rule: g.goal, exits: g.exits } }),
        ...(g.exitWhen === undefined ? {} : { exit_when: g.exitWhen }),
        hold_out: g.holdOut,
        reentry: g.reentry,
      };
    });
}

/** Asked by segments and journeys, never by tiers: those would ask for themselves. */
const loyal: fc.Arbitrary<Rule> = fc.oneof(
  fc.constant({ kind: 'tier' as const, programme: 'club', tier: 'high' }),
  fc.record({
    kind: fc.constant('points' as const),
    programme: fc.constant('club'),
    of: fc.constantFrom('balance' as const, 'owed' as const, 'earned' as const),
    op: fc.constantFrom('at_least' as const, 'under' as const),
    value: fc.integer({ min: 0, max: 40 }),
  }),
  fc.record({
    kind: fc.constant('points' as const),
    programme: fc.constant('club'),
    of: fc.constant('expiring' as const),
    within: fc.integer({ min: 1, max: 900 }).map(seconds),
    op: fc.constant('over' as const),
    value: fc.integer({ min: 0, max: 20 }),
  }),
);

const programme: fc.Arbitrary<ProgrammeDefinition> = fc
  .record({
    expiry: fc.option(
      fc.record({
        kind: fc.constantFrom('inactivity' as const, 'earned' as const),
        after: fc.integer({ min: 1, max: 1_800 }).map(seconds),
      }),
      { nil: undefined },
    ),
    keep: fc.option(fc.integer({ min: 1, max: 900 }).map(seconds), { nil: undefined }),
    low: rule,
    high: rule,
  })
  .map(({ expiry, keep, low, high }) => ({
    key: 'club',
    name: 'Club',
    unit: { one: 'point', many: 'points' },
    counts_from: '2026-03-10T21:30:01Z',
    earn: [
      { kind: 'spend', key: 'orders', points: 1, per: 1, rounding: 'down' },
      {
        kind: 'spend',
        key: 'more',
        points: 1,
        per: 3,
        rounding: 'up',
        who: { kind: 'tier', programme: 'club', tier: ['low', 'high'] },
      },
      { kind: 'event', key: 'visits', event: 'Visit', points: 4, cap: { times: 1, per: 'day' } },
    ],
    ...(expiry === undefined ? {} : { expiry }),
    tiers: [
      { key: 'low', name: 'Low', rule: low },
      { key: 'high', name: 'High', rule: high },
    ],
    ...(keep === undefined ? {} : { keep_tier_for: keep }),
  }));

const graph = journeyOf({
  event,
  segments: ['s0', 's1'],
  model: 'default',
  stages: ['early', 'late'],
  rule,
  duration: fc.integer({ min: 1, max: 1_200 }).map(seconds),
  shelfLife: 'PT30M',
  again: 'PT5M',
});

export function baseDefinition(parts: Partial<Definition>): Definition {
  return {
    workspace: 'w',
    version: 1,
    changed_at: 0,
    time_zone: 'Europe/Berlin',
    currency: 'EUR',
    purchase: { event: 'Order Completed' },
    refund: { event: 'Order Refunded' },
    visit: { event: ['Page Viewed', 'Visit'] },
    gap_days: null,
    visit_gap_days: null,
    segments: [],
    models: [],
    journeys: [],
    policy: DEFAULT_POLICY,
    ...parts,
  };
}

export const definitions: fc.Arbitrary<Definition> = fc
  .record({
    rules: fc.array(rule, { minLength: 3, maxLength: 4 }),
    early: rule,
    late: rule,
    graphs: fc.array(graph, { minLength: 1, maxLength: 2 }),
    loyal: fc.array(loyal, { minLength: 1, maxLength: 2 }),
    programme,
  })
  .map(({ rules, early, late, graphs, loyal: asked, programme: club }) => {
    const segments: SegmentDefinition[] = rules.map((r, i) => ({ key: `s${i}`, name: `s${i}`, rule: r }));
    asked.forEach((r, i) => segments.push({ key: `l${i}`, name: `l${i}`, rule: r }));
    segments.push({
      key: 'gone',
      name: 'gone',
      rule: { kind: 'all', rules: [{ kind: 'segment', segment: 's0' }, rules[2]!] },
    });
    return baseDefinition({
      segments,
      programmes: [club],
      models: [
        {
          key: 'default',
          name: 'default',
          stages: [
            { key: 'all', name: 'all', rule: { kind: 'all', rules: [] }, look: 'growing' },
            { key: 'early', name: 'early', rule: early, look: 'growing' },
            { key: 'late', name: 'late', rule: late, look: 'ended' },
          ],
        },
      ],
      journeys: graphs.map((g, i) => ({ key: `j${i}`, name: `j${i}`, active: 1, versions: { 1: g } })),
    });
  });

/** One thing that happens `after` ms after the one before it; `lag` ms is how much older the event's own time is. */
export interface Happening {
  readonly after: number;
  readonly lag: number;
  readonly name: string;
  readonly score: number;
  readonly order: number;
  readonly consent: boolean;
}

export const stories: fc.Arbitrary<readonly Happening[]> = fc.array(
  fc.record({
    after: fc.oneof(
      fc.integer({ min: 0, max: 300_000 }),
      fc.integer({ min: 0, max: 300 }).map((s) => s * 1_000),
    ),
    lag: fc.oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 600_000 }) },
    ),
    name: event,
    score: fc.integer({ min: 0, max: 10 }),
    order: fc.integer({ min: 0, max: 4 }),
    consent: fc.boolean(),
  }),
  { minLength: 1, maxLength: 14 },
);

export interface Timed {
  readonly now: number;
  readonly input: Input;
}

const OPTED_IN: ConsentChange = {
  channel: '*',
  topic: '*',
  status: 'given',
  basis: 'opted_in',
  source: 'test',
};

/** The story as inputs at their receive instants; the first also gives consent. */
export function inputsOf(story: readonly Happening[]): readonly Timed[] {
  let now = START;
  return story.flatMap((h, i): readonly Timed[] => {
    now += h.after;
    const taken: Timed = { now, input: { kind: 'event', event: factOf(h, now - h.lag, i) } };
    if (h.consent && i === 0) return [{ now, input: { kind: 'consent', changes: [OPTED_IN] } }, taken];
    return h.consent && h.name !== 'Visit' ? [taken, { now, input: byHand(h, i) }] : [taken];
  });
}

/** Points given, taken and spent by hand, some twice with one key, some more than there are. */
function byHand({ score }: Happening, i: number): Input {
  const what = (['award', 'spend', 'correct', 'open'] as const)[score % 4]!;
  return {
    kind: 'points',
    programme: 'club',
    do: what,
    points: score + 1,
    key: `k${Math.floor(i / 2)}`,
    reason: 'by hand',
  };
}

export function factOf(h: Happening, at: number, index: number): EventFact {
  return {
    id: `m${String(index).padStart(3, '0')}`,
    at,
    type: 'track',
    name: h.name,
    trust: 'server',
    properties: { score: h.score, order_id: `o${h.order}`, total: 10 + h.score },
    traits: {},
    identities: [
      ['user_id', 'u1'],
      ['email', 'u1@example.test'],
    ],
  };
}
