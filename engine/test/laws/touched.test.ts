// Asking only the rules that an input touched gives the same decisions as asking all of them, at the same instants.
import { describe, expect, test } from 'vitest';
import { askedShapeOf, changedSince, compile } from '../../src/index.ts';
import type { Definition, EventFact, Input, LifecycleDefinition, Rule } from '../../src/index.ts';
import { begin, take } from '../support/live.ts';
import { OPTED_IN } from '../support/shop.ts';
import { prove } from '../support/prove.ts';
import { baseDefinition, START } from '../support/worlds.ts';

prove('touched');

const MODEL: LifecycleDefinition = {
  key: 'm',
  name: 'M',
  stages: [
    { key: 'new', name: 'New', look: 'growing', rule: { kind: 'all', rules: [] } },
    { key: 'bought', name: 'Bought', look: 'growing', rule: { kind: 'orders', op: 'at_least', n: 1 } },
  ],
};
const once = (event: string): Rule => ({ kind: 'count', event, op: 'at_least', n: 1 });
const SEEN: Rule = once('Seen');
const ORDER: Partial<EventFact> = { name: 'Order Completed', properties: { order_id: 'o1', total: 5 } };

describe('a changed definition', () => {
  const defined = (version: number, more: Partial<Definition>): Definition =>
    baseDefinition({
      version,
      changed_at: START + version,
      refits_since: version,
      segments: [
        { key: 'a', name: 'A', rule: once('A') },
        { key: 'b', name: 'B', rule: once('B') },
      ],
      models: [MODEL],
      ...more,
    });
  const older = askedShapeOf(compile(defined(1, {})));
  const asks = (more: Partial<Definition>): readonly string[] | null => {
    const program = compile(defined(2, more));
    const names = [...program.segments, ...program.models].map(({ key }) => key);
    return changedSince(program, 1, older)?.places.map((place) => names[place] ?? '') ?? null;
  };

  test('asks a new segment, a changed one and a changed model alone; a name is no rule', () => {
    const { segments } = defined(2, {});
    expect(asks({})).toEqual([]);
    expect(asks({ segments: [...segments, { key: 'c', name: 'C', rule: once('C') }] })).toEqual(['c']);
    expect(asks({ segments: segments.map((each) => ({ ...each, name: 'Other' })) })).toEqual([]);
    expect(asks({ segments: segments.map((each) => ({ ...each, rule: once('B') })) })).toEqual(['a']);
    expect(asks({ models: [{ ...MODEL, tested_first: 'new' }] })).toEqual(['m']);
  });

  test('asks everything where what rules look at means something else', () => {
    expect(asks({ currency: 'JPY' })).toBeNull();
    expect(asks({ time_zone: 'Pacific/Apia' })).toBeNull();
    expect(asks({ purchase: { event: 'Bought' } })).toBeNull();
    expect(asks({ gap_days: 12 })).toBeNull();
  });
});

/** What a rule reads, a rule that reads it, what happens, and whether its segment is joined or left by that very input. */
const READS: readonly {
  readonly read: string;
  readonly rule: Rule;
  readonly input: Input;
  readonly how: 'joins' | 'leaves';
  readonly before?: Input;
}[] = [
  { read: 'a slot', rule: once('Seen'), input: said({ name: 'Seen' }), how: 'joins' },
  {
    read: 'a trait',
    rule: { kind: 'trait', path: 'a.b', op: 'is', value: 1 },
    input: said({ traits: { a: { b: 1 } } }),
    how: 'joins',
  },
  {
    read: 'a trait with a dot',
    rule: { kind: 'trait', path: 'a.b', op: 'is', value: 1 },
    input: said({ traits: { 'a.b': 1 } }),
    how: 'joins',
  },
  {
    read: 'an identity',
    rule: { kind: 'identity', has: ['phone'] },
    input: said({ identities: [['phone', '+43']] }),
    how: 'joins',
  },
  {
    read: 'consent',
    rule: { kind: 'consent' },
    input: { kind: 'consent', changes: [OPTED_IN] },
    how: 'joins',
  },
  { read: 'orders', rule: { kind: 'orders', op: 'at_most', n: 0 }, input: said(ORDER), how: 'leaves' },
  { read: 'a stage', rule: { kind: 'stage', model: 'm', stage: 'bought' }, input: said(ORDER), how: 'joins' },
  {
    read: 'a segment',
    rule: { kind: 'not', rule: { kind: 'segment', segment: 'seen' } },
    input: said({ name: 'Seen' }),
    how: 'leaves',
  },
  { read: 'a run', rule: { kind: 'in_journey', journey: 'j' }, input: said({ name: 'Begin' }), how: 'joins' },
  {
    read: 'an episode',
    rule: { kind: 'episode', op: 'at_least', n: 2 },
    input: said({ name: 'Back' }),
    how: 'joins',
    before: said({ name: 'Left' }),
  },
  {
    read: 'a window since a stage',
    rule: {
      kind: 'count',
      event: 'Early',
      window: { since: { kind: 'stage', model: 'm' } },
      op: 'at_least',
      n: 1,
    },
    input: said(ORDER),
    how: 'leaves',
    before: said({ name: 'Early' }),
  },
  {
    read: 'a window since an episode',
    rule: { kind: 'count', event: 'Left', window: { since: { kind: 'episode' } }, op: 'at_most', n: 0 },
    input: said({ name: 'Back' }),
    how: 'joins',
    before: said({ name: 'Left' }),
  },
  {
    // In Berlin it is still the evening of the tenth.
    read: 'the zone in which somebody lives',
    rule: { kind: 'date', of: { kind: 'trait', path: 'renewal' }, from: 0 },
    input: said({ traits: { timezone: 'Pacific/Kiritimati' } }),
    how: 'joins',
    before: said({ name: 'Told', traits: { renewal: '2026-03-11' } }),
  },
  {
    read: 'a date',
    rule: { kind: 'date', of: { kind: 'trait', path: 'contract.ends' }, from: 0 },
    input: said({ traits: { contract: { ends: '2026-03-10' } } }),
    how: 'joins',
  },
  {
    // The event itself came two days late.
    read: 'the first sign of somebody',
    rule: { kind: 'date', of: { kind: 'first_seen' }, from: 2 },
    input: said({ at: START - 2 * 86_400_000 }),
    how: 'joins',
  },
  {
    read: 'an account',
    rule: { kind: 'account', path: 'plan', op: 'is', value: 'pro' },
    input: said({
      name: 'Grouped',
      type: 'group',
      properties: { group_id: 'acme' },
      traits: { plan: 'pro' },
    }),
    how: 'joins',
  },
  {
    read: 'an open conversation',
    rule: { kind: 'open_conversation' },
    input: said({ name: 'Complaint Resolved' }),
    how: 'leaves',
    before: said({ name: 'Complaint Opened' }),
  },
  {
    read: 'the end of a sequence',
    rule: {
      kind: 'sequence',
      first: { event: 'Began' },
      then: { event: 'Ended' },
      within: 'PT1H',
    },
    input: said({ name: 'Ended' }),
    how: 'joins',
    before: said({ name: 'Began' }),
  },
];

describe('what a rule reads', () => {
  test.each(READS)(
    '$read: the input that changes it moves the segment in the same step',
    ({ rule, input, how, before }) => {
      const program = compile(worldOf(rule));
      const life = begin(program, 'p1', START);
      take(program, life, said({ name: 'Other', id: 'm0' }), START + 1);
      if (before !== undefined) take(program, life, before, START + 2);
      const joined = 'x' in life.person.standing.segments;
      expect(joined).toBe(how === 'leaves');
      const from = life.decisions.length;
      take(program, life, input, START + 3);
      expect(
        life.decisions.slice(from).map((d) => ('segment' in d ? `${d.kind} ${d.segment}` : '')),
      ).toContain(how === 'joins' ? 'segment_joined x' : 'segment_left x');
    },
  );

  test('a rule that is not named by the input is not asked: its membership waits for its own moment', () => {
    const program = compile(
      worldOf({ kind: 'count', event: 'Seen', window: { last: 'PT1H' }, op: 'at_most', n: 0 }),
    );
    const life = begin(program, 'p1', START);
    take(program, life, said({ name: 'Seen' }), START + 1);
    const { wake_at } = life.person;
    take(program, life, said({ name: 'Other', id: 'm2' }), START + 2);
    expect(life.person.wake_at).toBe(wake_at);
    expect(life.person.standing.segments).not.toHaveProperty('x');
  });
});

function said(parts: Partial<EventFact>): Input {
  const event: EventFact = {
    id: 'm1',
    at: START + 2,
    type: 'track',
    name: 'Something',
    trust: 'server',
    properties: {},
    traits: {},
    identities: [],
    ...parts,
  };
  return { kind: 'event', event: { ...event, id: parts.id ?? `m-${event.name}` } };
}

/** The rule as segment `x` first in order, so that what it reads of standing is decided after it was asked. */
function worldOf(rule: Rule): Definition {
  return baseDefinition({
    segments: [
      { key: 'x', name: 'X', rule },
      {
        key: 'gone',
        name: 'Gone',
        rule: { kind: 'all', rules: [once('Left'), { kind: 'not', rule: once('Back') }] },
      },
      { key: 'seen', name: 'Seen', rule: SEEN },
    ],
    models: [MODEL],
    journeys: [
      {
        key: 'j',
        name: 'J',
        active: 1,
        versions: {
          1: {
            entry: 't',
            nodes: {
              t: { kind: 'trigger', on: { kind: 'event', event: 'Begin' }, next: 'w' },
              w: { kind: 'wait', for: 'P1D', next: 'e' },
              e: { kind: 'exit' },
            },
            reentry: 'once',
          },
        },
      },
    ],
  });
}
