// An invented history lived through as if it had been live.
import { expect, test } from 'vitest';
import { compile, newPerson, relive, step } from '../../src/index.ts';
import type { Decision, EventFact, Person } from '../../src/index.ts';
import { day, DAY_ONE, Shop, shopDefinition } from '../support/shop.ts';

const program = compile(shopDefinition());

function event(at: number, name: string, properties: EventFact['properties'] = {}): EventFact {
  return {
    id: `m${at}-${name}`,
    at,
    type: 'track',
    name,
    trust: 'server',
    properties,
    traits: {},
    identities: [['email', 'sally@example.test']],
  };
}

const consent = (at: number): EventFact =>
  event(at, 'Consent Given', { channel: 'email', topic: 'offers', basis: 'opted_in', source: 'test' });

function live(
  events: readonly EventFact[],
  until: number,
): { person: Person; decisions: readonly Decision[] } {
  const lived = relive(program, newPerson(program, 'p1', DAY_ONE), events, { until, via: 'mailbox' });
  if (lived.kind !== 'stepped') throw new Error(lived.kind);
  return lived;
}

test('stages and segments have the instants they have for somebody who lived', () => {
  const events = [consent(day(0)), event(day(1), 'Order Completed', { order_id: 'A', total: 40 })];
  const lived = live(events, day(700));
  const shop = new Shop();
  for (const one of events) shop.input(one.at, { kind: 'event', event: one });
  shop.until(day(700));
  const moves = (decisions: readonly Decision[]): readonly unknown[] =>
    decisions
      .filter((d) => ['stage_changed', 'segment_joined', 'segment_left', 'episode_ended'].includes(d.kind))
      .map(({ seq: _seq, program: _program, ...rest }) => rest);
  expect(moves(lived.decisions)).toEqual(moves(shop.life.decisions));
  expect(lived.person.standing.stages).toEqual(shop.life.person.standing.stages);
  expect(lived.decisions.every((d) => d.decided_at === d.due_at)).toBe(true);
});

test('a letter is asked for, looked at and delivered at its moment, and none stays open', () => {
  const { decisions, person } = live(
    [consent(day(0)), event(day(1), 'Order Completed', { order_id: 'A', total: 40 })],
    day(200),
  );
  const told = decisions.flatMap((d) => {
    if (d.kind === 'message_requested') return [`${d.template} asked ${(d.due_at - DAY_ONE) / 86_400_000}`];
    if (d.kind === 'message_looked') return [`${d.verdict.verdict} ${(d.due_at - DAY_ONE) / 86_400_000}`];
    return d.kind === 'message_result' ? [d.outcome.kind] : [];
  });
  expect(told.slice(0, 3)).toEqual(['welcome asked 1', 'send 1', 'sent']);
  expect(told.filter((line) => line === 'sent').length).toBe(
    decisions.filter((d) => d.kind === 'message_requested').length,
  );
  expect(person.standing.open).toEqual({});
  expect(person.wake_at === null || person.wake_at > day(200)).toBe(true);
});

test('from there on they live: an order the next day counts as one', () => {
  const { person } = live(
    [consent(day(0)), event(day(1), 'Order Completed', { order_id: 'A', total: 40 })],
    day(20),
  );
  const next = event(day(21), 'Order Completed', { order_id: 'B', total: 40 });
  const stepped = step(program, person, { kind: 'event', event: next }, day(21));
  expect(stepped.kind).toBe('stepped');
  if (stepped.kind === 'stepped')
    expect(stepped.person.standing.stages['default']?.stage).toBe('continuation');
});
