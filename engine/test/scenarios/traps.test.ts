// Where systems like this one go wrong: silence that nobody notices, timers of an earlier membership, facts that come late,
// two words for one thing, window edges, and clocks that jump.
import { describe, expect, test } from 'vitest';
import { backtestPerson, prepareBacktest, sentence, step } from '../../src/index.ts';
import type { EventFact, JourneyGraph, Rule, SegmentDefinition } from '../../src/index.ts';
import { compileRule } from '../../src/rules/compile.ts';
import { evaluate } from '../../src/rules/evaluate.ts';
import { take } from '../support/live.ts';
import { day, DAY_ONE, Shop, shopDefinition } from '../support/shop.ts';

const silent: Rule = {
  kind: 'all',
  rules: [
    { kind: 'orders', op: 'at_least', n: 1 },
    { kind: 'count', event: 'Page Viewed', window: { last: 'P30D' }, op: 'at_most', n: 0 },
  ],
};
const SILENT: SegmentDefinition = { key: 'silent', name: 'Silent', rule: silent };

/** Asks after everyone who falls silent, three days later. */
const asking: JourneyGraph = {
  entry: 'in',
  nodes: {
    in: { kind: 'trigger', on: { kind: 'segment_joined', segment: 'silent' }, next: 'wait' },
    wait: { kind: 'wait', for: 'P3D', next: 'ask' },
    ask: { kind: 'email', template: 'ask', topic: 'offers', next: 'out' },
    out: { kind: 'exit' },
  },
  exit_when: { kind: 'not', rule: { kind: 'segment', segment: 'silent' } },
  reentry: 'after_exit',
};

const definition = shopDefinition({
  segments: [SILENT],
  models: [],
  journeys: [{ key: 'asking', name: 'Asking', active: 1, versions: { 1: asking } }],
});
const shop = (): Shop => new Shop(definition).consent(day(0));
const view = (of: Shop, n: number): Shop => of.event(day(n), 'Page Viewed');
const moves = (of: Shop): readonly string[] =>
  of.life.decisions.flatMap((d) =>
    d.kind === 'segment_joined' || d.kind === 'segment_left'
      ? [`${d.kind === 'segment_joined' ? 'in' : 'out'} ${of.dayOf(d.due_at)}`]
      : [],
  );

describe('silence', () => {
  test('is entered by time passing alone: nothing happens to them but the time', () => {
    const story = view(shop(), 1).order(day(2), 'A');
    expect(story.life.person.wake_at).toBe(day(31));
    const from = story.life.stored.length;
    story.until(day(40));
    expect(moves(story)).toEqual(['in 31']);
    expect(story.life.stored.length).toBe(from);
  });

  test('a member who comes back and falls silent again is asked by the new timer, never by the old one', () => {
    const story = view(view(shop().order(day(1), 'A'), 1), 32).until(day(80));
    // Silent from 31 on; back on 32, a day before being asked: that run ended, and its timer with it.
    expect(moves(story).slice(-3)).toEqual(['in 31', 'out 32', 'in 62']);
    expect(story.told('run_ended')).toContain('asking exit_rule day 32');
    expect(story.told('message_requested').at(-1)).toBe('ask send day 65');
    expect(story.told('message_requested').filter((m) => m === 'ask send day 34')).toEqual([]);
  });

  test('an event that arrives late moves the appointment to where it would have been', () => {
    const [late, inTime] = [view(shop(), 1), view(shop(), 1)].map((each) => each.order(day(2), 'A'));
    view(inTime!, 20).until(day(60));
    late!.until(day(25)).event(day(20), 'Page Viewed').until(day(60));
    expect(moves(late!)).toEqual(['in 50']);
    expect(moves(inTime!)).toEqual(['in 50']);
    // Later than the moment it would have put off: the membership ends now, what was decided stays decided.
    const tooLate = view(shop().order(day(1), 'A'), 1)
      .until(day(32))
      .event(day(20), 'Page Viewed');
    expect(moves(tooLate).slice(-2)).toEqual(['in 31', 'out 32']);
  });
});

describe('“at most 0” and “never”', () => {
  const windows = [
    {},
    { window: { last: 'P30D' } },
    { window: { this: 'month' } },
    { window: { previous: 'week' } },
    { window: { since: { kind: 'last_order' } } },
    { window: { since: { kind: 'episode' } } },
  ] as const;
  const pairs = [
    ...windows.flatMap((window): readonly (readonly [Rule, Rule])[] => {
      const seen = { kind: 'count', event: 'Page Viewed', ...window } as const;
      const onDays = { kind: 'days', event: 'Page Viewed', ...window } as const;
      return [
        [
          { ...seen, op: 'at_most', n: 0 },
          { ...seen, op: 'exactly', n: 0 },
        ],
        [
          { ...seen, op: 'at_most', n: 0 },
          { ...onDays, op: 'at_most', n: 0 },
        ],
      ];
    }),
    [
      { kind: 'orders', op: 'at_most', n: 0 },
      { kind: 'orders', op: 'exactly', n: 0 },
    ],
    [
      { kind: 'orders', op: 'at_most', n: 0 },
      { kind: 'not', rule: { kind: 'orders', op: 'at_least', n: 1 } },
    ],
    ...windows.slice(0, 4).map((window): readonly [Rule, Rule] => {
      const seen = { kind: 'count', event: 'Page Viewed', ...window } as const;
      return [
        { ...seen, op: 'at_most', n: 0 },
        { kind: 'not', rule: { ...seen, op: 'at_least', n: 1 } },
      ];
    }),
  ] as const;

  test.each(pairs.map(([a, b]) => [JSON.stringify(a), JSON.stringify(b), a, b] as const))(
    '%s is the same as %s, now and for as long',
    (_a, _b, a, b) => {
      const stories = [
        shop(),
        view(shop(), 1),
        view(shop(), 1).order(day(2), 'A'),
        view(shop().order(day(2), 'A'), 3).until(day(20)),
        view(view(shop().order(day(2), 'A'), 3), 20).until(day(60)),
      ];
      for (const story of stories) expect(ask(story, a)).toEqual(ask(story, b));
    },
  );

  test.each(pairs.filter(([, b]) => b.kind !== 'days').map(([a, b]) => [sentence(a), a, b] as const))(
    'and is said alike: %s',
    (words, _, b) => {
      expect(sentence(b)).toBe(words);
    },
  );
});

describe('the edge of a window', () => {
  const recent: Rule = { kind: 'count', event: 'Page Viewed', window: { last: 'P7D' }, op: 'at_least', n: 1 };
  const withRecent = shopDefinition({
    segments: [{ key: 'recent', name: 'Recent', rule: recent }],
    models: [],
    journeys: [],
  });

  test('is half-open, and the same in a rule, in its until, live and in a backtest', () => {
    const story = view(new Shop(withRecent), 1).until(day(8));
    const compiled = compileRule(recent, { zone: story.program.zone, definition: withRecent });
    const at = (now: number) =>
      evaluate(compiled, {
        memory: story.life.person.memory,
        standing: story.life.person.standing,
        personId: 'p1',
        now,
        runStartedAt: null,
      });
    expect(at(day(1))).toEqual({ holds: true, until: day(8) });
    expect(at(day(8) - 1)).toEqual({ holds: true, until: day(8) });
    expect(at(day(8)).holds).toBe(false);

    expect('recent' in story.life.person.standing.segments).toBe(true);
    expect('recent' in story.until(day(8) + 1).life.person.standing.segments).toBe(false);
    expect(moves(story)).toEqual(['in 1', 'out 8']);

    const prepared = prepareBacktest(
      withRecent,
      { kind: 'segment', key: 'recent', rule: recent },
      { span: { from: DAY_ONE, to: day(30) }, assumeConsent: true, others: false, holdOut: false },
    );
    const outcome = backtestPerson(prepared, {
      id: 'p1',
      events: story.life.stored,
      consents: [],
      contacts: [],
      knownUntil: day(30),
    });
    expect(outcome.reached.map((each) => each.at)).toEqual([day(1)]);
    expect(outcome.left).toEqual([day(8)]);
  });

  test('belongs to what comes then: an event at the very instant keeps them in without a gap', () => {
    const story = view(view(new Shop(withRecent), 1), 8).until(day(20));
    expect(moves(story)).toEqual(['in 1', 'out 15']);
  });
});

describe('a clock that jumps', () => {
  test('a year forward and back: each moment once, each event once, nothing before its time is lost', () => {
    const story = view(shop().order(day(1), 'A'), 2);
    // The clock of one step is a year ahead; the silence up to there is lived through, each moment at its own instant.
    story.input(day(365), { kind: 'time' });
    expect(moves(story).at(-1)).toBe('in 32');
    const { seq } = story.life.person.standing;
    // Back at the right time: what happens now is taken, no moment is decided again.
    for (const n of [3, 4, 5]) takeBack(story, n);
    expect(story.life.person.memory.events).toBe(5);
    expect(story.life.person.standing.seq).toBe(seq);
    expect(story.life.person.advanced_to).toBe(day(365));
    // Once the year is over things go on.
    view(story, 366).until(day(400));
    expect(moves(story).slice(-3)).toEqual(['in 32', 'out 366', 'in 396']);
    expect(new Set(story.life.decisions.map((d) => d.seq)).size).toBe(story.life.decisions.length);
  });

  test('a minute back: what is taken meanwhile counts from the instant that was reached', () => {
    const story = shop().order(day(1), 'A').until(day(1));
    story.input(day(2), { kind: 'time' });
    const back = step(story.program, story.life.person, { kind: 'time' }, day(2) - 60_000);
    if (back.kind !== 'stepped') throw new Error(back.kind);
    expect(back.decisions).toEqual([]);
    expect(back.person.advanced_to).toBe(day(2));
  });
});

describe('a month of downtime', () => {
  test('everything once, with its true instant, and what is past its shelf life is not sent', () => {
    const awake = view(shop().order(day(1), 'A'), 2).until(day(40));
    const asleep = view(shop().order(day(1), 'A'), 2);
    const stepped = step(asleep.program, asleep.life.person, { kind: 'time' }, day(65));
    if (stepped.kind !== 'stepped') throw new Error(stepped.kind);
    const told = (list: typeof stepped.decisions) => list.map((d) => [d.kind, d.due_at]);
    const missed = awake.life.decisions.slice(asleep.life.decisions.length);
    expect(told(stepped.decisions)).toEqual(told(missed));
    expect(told(stepped.decisions).filter(([kind]) => kind === 'message_requested')).toEqual([
      ['message_requested', day(35)],
    ]);

    asleep.life.person = stepped.person;
    asleep.clock = day(65);
    asleep.input(day(65), { kind: 'look', message: asleep.openMessage(), suppressed: false });
    expect(asleep.told('message_looked')).toEqual(['drop too_late']);
  });

  test('backlogs come before silences: who was heard of meanwhile was never silent', () => {
    const story = view(shop().order(day(1), 'A'), 2);
    const outage = { silenceUpTo: day(10) };
    const event: EventFact = {
      id: 'backlog',
      at: day(30),
      type: 'track',
      name: 'Page Viewed',
      trust: 'server',
      properties: {},
      traits: {},
      identities: [],
    };
    take(story.program, story.life, { kind: 'time' }, day(40), outage);
    take(story.program, story.life, { kind: 'event', event }, day(40), outage);
    story.until(day(70));
    expect(moves(story)).toEqual(['in 1', 'out 2', 'in 60']);
  });
});

function ask(story: Shop, rule: Rule) {
  const probe = new Shop(
    shopDefinition({ segments: [{ key: 'x', name: 'X', rule }], models: [], journeys: [] }),
  );
  for (const event of story.life.stored) probe.input(event.at, { kind: 'event', event });
  const compiled = compileRule(rule, { zone: probe.program.zone, definition: probe.program.definition });
  return evaluate(compiled, {
    memory: probe.life.person.memory,
    standing: probe.life.person.standing,
    personId: 'p1',
    now: story.clock,
    runStartedAt: null,
  });
}

/** An event taken while the clock is right again, which is before the instant that was reached. */
function takeBack(story: Shop, n: number): void {
  story.clock = day(n);
  story.event(day(n), 'Something');
}
