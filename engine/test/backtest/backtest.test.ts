// Backtests of small histories, worked out by hand: who would have been reached, when, what the sending rules would have said,
// and who would have ordered anyway.
import { describe, expect, test } from 'vitest';
import {
  addOutcome,
  backtestPerson,
  backtestResult,
  emptyTally,
  HOUR_MS,
  mergeTallies,
  prepareBacktest,
  readyJourneys,
  TESTED_KEY,
} from '../../src/index.ts';
import type {
  BacktestOptions,
  BacktestResult,
  ConsentChange,
  Definition,
  EventFact,
  JourneyGraph,
  PersonHistory,
  Rule,
  Tally,
  Tested,
} from '../../src/index.ts';
import { day, OPTED_IN, shopDefinition } from '../support/shop.ts';

const SPAN = { from: day(0), to: day(365) };
const quietRule: Rule = {
  kind: 'all',
  rules: [
    { kind: 'orders', op: 'at_least', n: 1 },
    { kind: 'quiet', of: 'orders', gaps: 2, min: 'P14D', max: 'P365D' },
  ],
};
const quiet: Tested = { kind: 'segment', key: TESTED_KEY, rule: quietRule };
const ten = regular('ten', [1, 11, 21]);

describe('a rule', () => {
  test('someone who orders every ten days is reached twenty days after the last order, once', () => {
    const result = run(quiet, [ten]);
    expect(result.reached).toEqual({ people: 1, times: 1, already: 0, at_end: 1 });
    expect(result.sample[0]?.items.filter((item) => item.kind === 'reached').map((item) => item.at)).toEqual([
      day(41),
    ]);
  });

  test('who is in it when the span begins is counted as already in, not as reached', () => {
    const result = run(quiet, [ten], { span: { from: day(41) + 1, to: day(365) } });
    expect(result.reached).toEqual({ people: 0, times: 0, already: 1, at_end: 1 });
  });

  test('a moment at the very beginning of the span counts, one at its end does not', () => {
    expect(run(quiet, [ten], { span: { from: day(41), to: day(42) } }).reached).toMatchObject({
      people: 1,
      already: 0,
    });
    expect(run(quiet, [ten], { span: { from: day(30), to: day(41) } }).reached).toMatchObject({
      people: 0,
      at_end: 0,
    });
    expect(run(quiet, [ten], { span: { from: day(30), to: day(41) + 1 } }).reached).toMatchObject({
      people: 1,
      at_end: 1,
    });
  });

  test('an order at the very instant of the moment comes first: nobody is reached then', () => {
    const result = run(quiet, [regular('ten', [1, 11, 21, 41])], { span: { from: day(0), to: day(60) } });
    expect(result.reached.people).toBe(0);
  });

  test('leaving and coming back is twice, by one person', () => {
    const result = run(quiet, [regular('ten', [1, 11, 21, 45])]);
    expect(result.reached).toMatchObject({ people: 1, times: 2, at_end: 1 });
    expect(result.sample[0]?.items.filter((item) => item.kind === 'left').map((item) => item.at)).toEqual([
      day(45),
    ]);
  });

  test('nobody is lived through beyond the day up to which they are known', () => {
    expect(run(quiet, [{ ...ten, knownUntil: day(41) }]).reached).toMatchObject({ people: 0, at_end: 0 });
    expect(run(quiet, [{ ...ten, knownUntil: day(41) + 1 }]).reached).toMatchObject({ people: 1, at_end: 1 });
  });

  test('what a segment asks of other segments is brought along, whatever else is defined is not', () => {
    const warned: Tested = {
      kind: 'segment',
      key: TESTED_KEY,
      rule: { kind: 'segment', segment: 'warning' },
    };
    const backtest = prepareBacktest(shopDefinition(), warned, { ...OPTIONS, others: false });
    expect(backtest.program.segments.map((s) => s.key).sort()).toEqual(
      ['open_complaint', 'quiet', 'shrinking', 'unhappy', 'warning', TESTED_KEY].sort(),
    );
    expect(run(warned, [ten]).reached).toMatchObject({ people: 1, times: 1 });
  });

  test('a stored segment keeps its key, so that what refers to it means the tested one', () => {
    const changed: Tested = { kind: 'segment', key: 'quiet', rule: { kind: 'orders', op: 'at_least', n: 3 } };
    const result = run(changed, [ten]);
    expect(result.sample[0]?.items.find((item) => item.kind === 'reached')).toMatchObject({
      at: day(21),
      event: 'Order Completed',
    });
  });

  test('the series has every day, or every week from Monday when there are many', () => {
    const days = run(quiet, [ten], { span: { from: day(40), to: day(43) } }).series;
    expect(days).toEqual({
      unit: 'day',
      points: [
        { from: '2026-02-14', times: 0, people: 0, messages: 0, by: {} },
        { from: '2026-02-15', times: 1, people: 1, messages: 0, by: {} },
        { from: '2026-02-16', times: 0, people: 0, messages: 0, by: {} },
        { from: '2026-02-17', times: 0, people: 0, messages: 0, by: {} },
      ],
    });
    const weeks = run(quiet, [ten]).series;
    expect(weeks.unit).toBe('week');
    expect(weeks.points[0]?.from).toBe('2026-01-05');
    expect(weeks.points.filter((point) => point.times > 0)).toEqual([
      { from: '2026-02-09', times: 1, people: 1, messages: 0, by: {} },
    ]);
  });
});

describe('consent that is assumed', () => {
  test('is there before the first event, so that rules about it hold from then on and nobody joins twice', () => {
    const agrees: Tested = {
      kind: 'segment',
      key: TESTED_KEY,
      rule: { kind: 'consent', channel: 'email', topic: 'offers' },
    };
    expect(run(agrees, [ten]).reached.people).toBe(0);
    const result = run(agrees, [ten], { assumeConsent: true });
    expect(result.reached).toMatchObject({ people: 1, times: 1, at_end: 1 });
    expect(result.sample[0]?.items.find((item) => item.kind === 'reached')?.at).toBe(day(1));
  });
});

describe('would they have ordered anyway', () => {
  // Ten days apart: the time is 2 × 10 days, at least 30: from day 41 up to day 71.
  test('an order within the time counts, one at its end does not', () => {
    expect(anyway([1, 11, 21, 71 - 0.001])).toMatchObject({ people: 1, of: 1 });
    expect(anyway([1, 11, 21, 71])).toMatchObject({ people: 0, of: 1 });
  });

  test('the time is two of the gaps that were usual at that moment, up to 180 days', () => {
    // A hundred days apart: quiet on day 401, then 180 days.
    expect(anyway([1, 101, 201, 580], 800)).toMatchObject({ people: 1, of: 1 });
    expect(anyway([1, 101, 201, 581], 800)).toMatchObject({ people: 0, of: 1 });
  });

  test('whose time is not over when history ends is not decided, even after an order', () => {
    const result = run(quiet, [{ ...regular('ten', [1, 11, 21, 45]), knownUntil: day(70) }]);
    expect(result.ordered_anyway).toMatchObject({ people: 0, of: 0, undecided: 1 });
    const whole = run(quiet, [{ ...regular('ten', [1, 11, 21, 45]), knownUntil: day(71) }]);
    expect(whole.ordered_anyway).toMatchObject({ people: 1, of: 1, undecided: 0 });
  });

  test('an order that was fully refunded is none, and an order told twice is no second one', () => {
    const refunded: EventFact[] = [
      ...ten.events,
      orderOn(50, 'X'),
      event(55, 'Order Refunded', { order_id: 'X' }),
    ];
    expect(run(quiet, [{ ...ten, events: refunded }]).ordered_anyway).toMatchObject({ people: 0, of: 1 });
    const again = { ...orderOn(50, 'ten-21'), id: 'again' };
    expect(run(quiet, [{ ...ten, events: [...ten.events, again] }]).ordered_anyway).toMatchObject({
      people: 0,
      of: 1,
    });
  });

  test('who really got a message before ordering tells nothing', () => {
    const history = regular('ten', [1, 11, 21, 50]);
    expect(run(quiet, [{ ...history, contacts: [day(45)] }]).ordered_anyway).toMatchObject({
      of: 0,
      contacted: 1,
    });
    expect(run(quiet, [{ ...history, contacts: [day(40), day(51)] }]).ordered_anyway).toMatchObject({
      people: 1,
      of: 1,
    });
  });

  test('shares are given from thirty people on, with their interval', () => {
    const people = Array.from({ length: 30 }, (_, i) =>
      regular(`p${i}`, i < 6 ? [1, 11, 21, 60] : [1, 11, 21]),
    );
    const { ordered_anyway: told } = run(quiet, people);
    expect(told).toMatchObject({ people: 6, of: 30, share: 0.2 });
    // Wilson, 6 of 30.
    expect(told.low).toBeCloseTo(0.0951, 3);
    expect(told.high).toBeCloseTo(0.3731, 3);
    expect(run(quiet, people.slice(1)).ordered_anyway.share).toBeNull();
  });

  function anyway(days: readonly number[], known = 365): BacktestResult['ordered_anyway'] {
    const history = { ...regular('p', days), knownUntil: day(known) };
    return run(quiet, [history], { span: { from: day(0), to: day(known) } }).ordered_anyway;
  }
});

describe('a journey', () => {
  const rhythm = journey('broken_rhythm');

  test('its messages are asked for, looked at and taken as sent; coming back is thanked for', () => {
    const result = run(rhythm, [agreed(regular('ten', [1, 11, 21, 50]))], { others: false });
    expect(result.reached).toMatchObject({ people: 1, times: 1 });
    expect(result.messages).toMatchObject({ asked: 2, sent: 2, held: 0, dropped: 0, people: 1 });
    expect(result.messages?.by_node.map(({ node, sent }) => [node, sent])).toEqual([
      ['ask_why', 1],
      ['thank', 1],
    ]);
    expect(result.journey).toMatchObject({ runs: 1, goals: 1, ends: [{ reason: 'exit', runs: 1 }] });
  });

  test('who never agreed gets nothing, unless consent is assumed; a later withdrawal stands all the same', () => {
    expect(run(rhythm, [ten]).messages).toMatchObject({
      sent: 0,
      dropped_reasons: [{ reason: 'no_consent', messages: 1 }],
    });
    expect(run(rhythm, [ten], { assumeConsent: true }).messages).toMatchObject({ sent: 1, dropped: 0 });
    const withdrawn = [...ten.events, event(30, 'Consent Withdrawn', { channel: 'email' })];
    expect(run(rhythm, [{ ...ten, events: withdrawn }], { assumeConsent: true }).messages).toMatchObject({
      sent: 0,
    });
  });

  test('consent recorded by hand counts from its own time', () => {
    const before = { ...ten, consents: [{ at: day(40), changes: [OPTED_IN] }] };
    const after = { ...ten, consents: [{ at: day(42), changes: [OPTED_IN] }] };
    expect(run(rhythm, [before]).messages?.sent).toBe(1);
    expect(run(rhythm, [after]).messages?.sent).toBe(0);
  });

  test('who has no address gets nothing, also when consent is assumed', () => {
    const nameless = ten.events.map((one) => ({ ...one, identities: [['user_id', 'u1'] as const] }));
    expect(run(rhythm, [{ ...ten, events: nameless }], { assumeConsent: true }).messages).toMatchObject({
      dropped_reasons: [{ reason: 'no_address', messages: 1 }],
    });
  });

  test('one marketing message a day: the second one waits for the next day and then goes', () => {
    const graph = twoLetters({});
    const result = run({ kind: 'journey', key: TESTED_KEY, version: 1, graph }, [agreed(ten)], {
      others: false,
    });
    expect(result.messages).toMatchObject({
      asked: 2,
      sent: 2,
      held: 1,
      held_reasons: [{ reason: 'cap_day', messages: 1 }],
    });
    const items = result.sample[0]?.items.filter((item) => item.kind === 'message') ?? [];
    expect(items.map((item) => [item.at, item.kind === 'message' && item.what])).toEqual([
      [day(41), 'sent'],
      [day(41), 'held'],
      // The next midnight in UTC.
      [Date.parse('2026-02-16T00:00:00Z'), 'sent'],
    ]);
  });

  test('what waits longer than it is useful is dropped as too late, at the instant of the look', () => {
    const graph = twoLetters({ shelf_life: 'PT1H' });
    const result = run({ kind: 'journey', key: TESTED_KEY, version: 1, graph }, [agreed(ten)], {
      others: false,
    });
    expect(result.messages).toMatchObject({
      sent: 1,
      held: 1,
      dropped_reasons: [{ reason: 'too_late', messages: 1 }],
    });
  });

  test('an order while a message waits ends it: already bought is the reason', () => {
    const graph: JourneyGraph = { ...twoLetters({}), goal: readyGraph('welcome').goal! };
    const history = agreed({ ...ten, events: [...ten.events, orderOn(41 + 0.1, 'Z')] });
    const result = run({ kind: 'journey', key: TESTED_KEY, version: 1, graph }, [history], { others: false });
    expect(result.messages).toMatchObject({
      sent: 1,
      dropped_reasons: [{ reason: 'goal_reached', messages: 1 }],
    });
    // The run had walked to its end by then: the message is stopped, the run has no goal.
    expect(result.journey).toMatchObject({ goals: 0, ends: [{ reason: 'exit', runs: 1 }] });
  });

  test('an order at the very instant at which a message is looked at again comes first', () => {
    const graph: JourneyGraph = { ...twoLetters({}), goal: readyGraph('welcome').goal! };
    const midnight = (Date.parse('2026-02-16T00:00:00Z') - day(0)) / (24 * HOUR_MS);
    const history = agreed({ ...ten, events: [...ten.events, orderOn(midnight, 'Z')] });
    const result = run({ kind: 'journey', key: TESTED_KEY, version: 1, graph }, [history], { others: false });
    expect(result.messages).toMatchObject({
      sent: 1,
      dropped_reasons: [{ reason: 'goal_reached', messages: 1 }],
    });
  });

  test('what still waits at the end is neither sent nor dropped', () => {
    const graph = twoLetters({});
    const span = { from: day(0), to: day(41) + HOUR_MS };
    const result = run({ kind: 'journey', key: TESTED_KEY, version: 1, graph }, [agreed(ten)], {
      span,
      others: false,
    });
    expect(result.messages).toMatchObject({ asked: 2, sent: 1, held: 1, waiting: 1 });
  });

  test('everyone is treated unless the control group is asked for', () => {
    const people = Array.from({ length: 60 }, (_, i) => agreed(regular(`p${i}`, [1, 11, 21])));
    const graph = { ...readyGraph('broken_rhythm'), hold_out: 0.5 };
    const tested: Tested = { kind: 'journey', key: 'broken_rhythm', version: 3, graph };
    expect(run(tested, people).messages).toMatchObject({ sent: 60, withheld: 0 });
    const kept = run(tested, people, { holdOut: true });
    expect(kept.journey?.control).toBeGreaterThan(15);
    expect(kept.messages).toMatchObject({
      withheld: kept.journey?.control,
      sent: 60 - (kept.journey?.control ?? 0),
    });
  });

  test('journeys begin at the beginning of the span: nobody enters before it', () => {
    const result = run(journey('welcome'), [agreed(ten)], { span: { from: day(2), to: day(365) } });
    expect(result.reached).toMatchObject({ people: 0, already: 0 });
  });

  test('being in another journey or getting its message within seven days is overlap', () => {
    // Quiet on day 41: the welcome journey of the first order ended with the second order; a fresh customer is still in it.
    const fresh = agreed(regular('fresh', [1]));
    const once = run(rhythm, [fresh, agreed(ten)]);
    // One order only: quiet after twice the workspace's gap of 60 days, on day 121; welcome sent its last letter on day 61.
    expect(once.overlap).toMatchObject({ in_another: 0, another_message: 0, any: 0, journeys: [] });
    const early = run({ kind: 'segment', key: TESTED_KEY, rule: sinceOrder('P5D') }, [fresh]);
    expect(early.overlap).toEqual({
      days: 7,
      in_another: 1,
      another_message: 1,
      any: 1,
      journeys: [{ key: 'welcome', in_run: 1, message: 1 }],
    });
    const late = run({ kind: 'segment', key: TESTED_KEY, rule: sinceOrder('P7D') }, [fresh]);
    expect(late.overlap).toMatchObject({ in_another: 1, another_message: 0, any: 1 });
    expect(
      run({ kind: 'segment', key: TESTED_KEY, rule: sinceOrder('P5D') }, [fresh], { others: false }).overlap
        .any,
    ).toBe(0);
  });
});

describe('a lifecycle model', () => {
  const model = shopDefinition().models[0]!;

  test('counts who stood where at the beginning and the end, and every move between', () => {
    const result = run({ kind: 'model', model }, [ten], { span: { from: day(5), to: day(365) } });
    expect(result.reached).toMatchObject({ people: 1, already: 1, at_end: 1 });
    expect(result.moves).toEqual([
      { from: 'build_up', to: 'continuation', times: 1 },
      { from: 'continuation', to: 'deterioration', times: 1 },
      { from: 'deterioration', to: 'termination', times: 1 },
    ]);
    const stages = new Map(result.stages?.map((stage) => [stage.stage, stage]));
    expect(stages.get('build_up')).toMatchObject({ at_start: 1, at_end: 0, times: 0 });
    expect(stages.get('termination')).toMatchObject({ at_start: 0, at_end: 1, times: 1, people: 1 });
    expect(result.series.points.filter((point) => point.times > 0).map((point) => point.by)).toEqual([
      { continuation: 1 },
      { deterioration: 1 },
      { termination: 1 },
    ]);
  });

  test('whether they would have ordered anyway is told for each stage', () => {
    const result = run({ kind: 'model', model }, [regular('p', [1, 11, 21, 45])], {
      span: { from: day(5), to: day(365) },
    });
    const of = (stage: string) => result.stages?.find((one) => one.stage === stage)?.ordered_anyway;
    expect(of('continuation')).toMatchObject({ people: 1, of: 1 });
    expect(of('deterioration')).toMatchObject({ people: 1, of: 1 });
    expect(of('termination')).toMatchObject({ people: 0, of: 1 });
  });
});

describe('rules that feed each other without end', () => {
  const ring: Rule = {
    kind: 'all',
    rules: [sinceOrder('P5D'), { kind: 'not', rule: { kind: 'in_journey', journey: 'ring' } }],
  };
  const graph: JourneyGraph = {
    entry: 't',
    nodes: {
      t: { kind: 'trigger', on: { kind: 'segment_joined', segment: 'ring' }, next: 'w' },
      w: {
        kind: 'wait_until',
        rule: { kind: 'not', rule: { kind: 'segment', segment: 'ring' } },
        within: 'P1D',
        next: 'x',
        timeout: 'x',
      },
      x: { kind: 'exit' },
    },
    reentry: 'after_exit',
  };
  const definition = shopDefinition({
    segments: [{ key: 'ring', name: 'Ring', rule: ring }],
    models: [],
    journeys: [{ key: 'ring', name: 'Ring', active: 1, versions: { 1: graph } }],
  });

  test('leave the person as they are after the first time they go round, and are told', () => {
    const result = run(
      { kind: 'segment', key: 'ring', rule: ring },
      [ten, regular('b', [1])],
      {},
      definition,
    );
    expect(result).toMatchObject({ people: 2, skipped_inputs: 2, reached: { people: 0 } });
  });
});

describe('adding up', () => {
  test('two threads together tell what one would have told', () => {
    const tested = journey('broken_rhythm');
    const people = Array.from({ length: 40 }, (_, i) => agreed(regular(`p${i}`, [1, 5 + (i % 9), 30 + i])));
    const backtest = prepareBacktest(shopDefinition(), tested, OPTIONS);
    const tallies = [0, 1].map((half) => people.filter((_, i) => i % 2 === half).reduce(add, emptyTally()));
    const together = mergeTallies(tallies[0]!, tallies[1]!, 5);
    expect(backtestResult(backtest, structuredClone(together))).toEqual(run(tested, people));

    function add(tally: Tally, history: PersonHistory): Tally {
      addOutcome(backtest, tally, backtestPerson(backtest, history), 5);
      return tally;
    }
  });

  test('someone without events, or known from after the end only, is nobody reached', () => {
    const nobody: PersonHistory = { id: 'n', events: [], consents: [], contacts: [], knownUntil: day(365) };
    const result = run(quiet, [nobody, regular('later', [400])]);
    expect(result).toMatchObject({
      people: 2,
      events: 1,
      reached: { people: 0, times: 0, already: 0, at_end: 0 },
    });
  });
});

const OPTIONS: BacktestOptions = { span: SPAN, others: true, holdOut: false, assumeConsent: false };

function run(
  tested: Tested,
  people: readonly PersonHistory[],
  options: Partial<BacktestOptions> = {},
  definition: Definition = shopDefinition(),
): BacktestResult {
  const backtest = prepareBacktest(definition, tested, { ...OPTIONS, ...options });
  const tally = emptyTally();
  for (const history of people) addOutcome(backtest, tally, backtestPerson(backtest, history), 5);
  return backtestResult(backtest, tally);
}

function regular(id: string, days: readonly number[]): PersonHistory {
  return {
    id,
    events: days.map((n) => orderOn(n, `${id}-${n}`)),
    consents: [],
    contacts: [],
    knownUntil: day(1000),
  };
}

function agreed(history: PersonHistory, change: ConsentChange = OPTED_IN): PersonHistory {
  return { ...history, consents: [{ at: (history.events[0]?.at ?? 0) - 1, changes: [change] }] };
}

function orderOn(n: number, orderId: string): EventFact {
  return event(n, 'Order Completed', { order_id: orderId, total: 40 });
}

function event(n: number, name: string, properties: EventFact['properties']): EventFact {
  return {
    id: `${name}-${String(properties['order_id'])}-${n}`,
    at: Math.round(day(n)),
    type: 'track',
    name,
    trust: 'server',
    properties,
    traits: {},
    identities: [['email', 'sally@example.test']],
  };
}

function readyGraph(key: string): JourneyGraph {
  const ready = readyJourneys.find((one) => one.key === key);
  if (ready === undefined) throw new Error(`no journey ${key} ships`);
  return { ...ready.graph, hold_out: 0 };
}

function journey(key: string): Tested {
  return { kind: 'journey', key, version: 1, graph: readyGraph(key) };
}

/** Two letters at once to whoever falls quiet. */
function twoLetters(parts: { readonly shelf_life?: string }): JourneyGraph {
  return {
    entry: 't',
    nodes: {
      t: { kind: 'trigger', on: { kind: 'segment_joined', segment: 'quiet' }, next: 'a' },
      a: { kind: 'email', template: 'a', topic: 'offers', next: 'b' },
      b: { kind: 'email', template: 'b', topic: 'offers', ...parts, next: 'x' },
      x: { kind: 'exit' },
    },
    reentry: 'once',
  };
}

/** So long after an order, nothing else in between. */
function sinceOrder(time: string): Rule {
  return {
    kind: 'all',
    rules: [
      { kind: 'orders', op: 'at_least', n: 1 },
      { kind: 'not', rule: { kind: 'last_order', within: time } },
    ],
  };
}
