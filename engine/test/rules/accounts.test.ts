// The account somebody belongs to, and whether a conversation with them is open: in any order of arrival, within bounds.
import { expect, test } from 'vitest';
import type { EventFact } from '../../src/input.ts';
import { compileZone } from '../../src/lib/zone.ts';
import { planMemory } from '../../src/memory/plan.ts';
import { needsHistory, refoldMemory, remember } from '../../src/memory/remember.ts';
import { compileRule } from '../../src/rules/compile.ts';
import { parseRule } from '../../src/rules/parse.ts';
import type { Json, Rule } from '../../src/rules/rule.ts';
import { sentence } from '../../src/rules/sentence.ts';
import { answer, fact, instant, SHOP, why } from '../support/facts.ts';

const known: Rule = { kind: 'account', op: 'known' };
const plan = (value: string): Rule => ({ kind: 'account', path: 'plan', op: 'is', value });
const open: Rule = { kind: 'open_conversation' };
const now = '2026-06-01T00:00:00Z';

const grouped = (id: Json, traits: EventFact['traits'], time: string, more: Partial<EventFact> = {}) =>
  fact('Grouped', time, { type: 'group', properties: { group_id: id }, traits, ...more });
const word = (name: string, time: string, properties: EventFact['properties'] = {}) =>
  fact(name, time, { properties });
const both = (rule: Rule, history: readonly EventFact[]): string => {
  const told = answer(rule, history, now);
  expect(answer(rule, history.toReversed(), now)).toBe(told);
  return told;
};

test('the newest group call says which account', () => {
  const history = [
    grouped('acme', { plan: 'pro' }, '2026-01-01T00:00:00Z'),
    grouped('tees', { plan: 'free' }, '2026-02-01T00:00:00Z'),
  ];
  expect(both(plan('free'), history)).toBe('true for good');
  expect(both(plan('pro'), history)).toBe('false for good');
  expect(both({ kind: 'account', op: 'is', value: 'tees' }, history)).toBe('true for good');
  expect(both(known, [])).toBe('false for good');
  expect(both({ kind: 'account', path: 'plan', op: 'unknown' }, [])).toBe('true for good');
});

test('what was said of an account earlier stands when the person comes back to it', () => {
  const history = [
    grouped('acme', { plan: 'pro', address: { city: 'Graz' } }, '2026-01-01T00:00:00Z'),
    grouped('tees', {}, '2026-02-01T00:00:00Z'),
    grouped('acme', {}, '2026-03-01T00:00:00Z'),
  ];
  expect(both(plan('pro'), history)).toBe('true for good');
  expect(both({ kind: 'account', path: 'address.city', op: 'is', value: 'Graz' }, history)).toBe(
    'true for good',
  );
});

test('a browser never outranks a server about an account either', () => {
  const history = [
    grouped('acme', { plan: 'free' }, '2026-01-01T00:00:00Z'),
    grouped('acme', { plan: 'pro' }, '2026-02-01T00:00:00Z', { trust: 'browser' }),
  ];
  expect(both(plan('free'), history)).toBe('true for good');
});

test('a group call without an id, and an event that only bears its name, put nobody into an account', () => {
  expect(both(known, [grouped('', {}, '2026-01-01T00:00:00Z')])).toBe('false for good');
  expect(both(known, [grouped(null, {}, '2026-01-01T00:00:00Z')])).toBe('false for good');
  expect(both(known, [word('Grouped', '2026-01-01T00:00:00Z', { group_id: 'acme' })])).toBe('false for good');
  expect(both({ kind: 'account', op: 'is', value: '5' }, [grouped(5, {}, '2026-01-01T00:00:00Z')])).toBe(
    'true for good',
  );
});

test('of more than 8 accounts an older one that comes up again needs history; what lies further back does not', () => {
  const scope = { zone: compileZone('UTC')!, definition: SHOP };
  const planned = planMemory([compileRule(known, scope)], scope);
  const history = Array.from({ length: 9 }, (_, i) => grouped(`a${i}`, {}, `2026-01-0${i + 1}T00:00:00Z`));
  const memory = refoldMemory(planned, history, instant(now));
  const asks = (event: EventFact) => needsHistory(remember(planned, memory, event, instant(now)));
  expect(asks(grouped('a0', {}, '2026-02-01T00:00:00Z'))).toBe(true);
  expect(asks(grouped('a8', {}, '2026-02-01T00:00:00Z'))).toBe(false);
  expect(asks(grouped('a0', {}, '2025-02-01T00:00:00Z'))).toBe(false);
});

test('a conversation is open until a word with its id ends it', () => {
  const begun = word('Conversation Started', '2026-01-01T00:00:00Z', { conversation_id: 'c1' });
  const other = word('Conversation Closed', '2026-01-02T00:00:00Z', { conversation_id: 'c2' });
  expect(both(open, [begun, other])).toBe('true for good');
  const closed = word('Conversation Resolved', '2026-01-03T00:00:00Z', { conversation_id: 'c1' });
  expect(both(open, [begun, other, closed])).toBe('false for good');
  const again = word('Conversation Reopened', '2026-01-04T00:00:00Z', { conversation_id: 'c1' });
  expect(both(open, [begun, closed, again])).toBe('true for good');
});

test('an ending without an id ends all that began before, not what came after', () => {
  const history = [
    word('Complaint Opened', '2026-01-01T00:00:00Z', { complaint_id: 'c1' }),
    word('Conversation Started', '2026-01-01T01:00:00Z'),
    word('Conversation Closed', '2026-01-02T00:00:00Z'),
  ];
  expect(both(open, history)).toBe('false for good');
  const later = word('Complaint Opened', '2026-01-03T00:00:00Z');
  expect(both(open, [...history, later])).toBe('true for good');
});

test('one account or another, not both; sentences and evidence say what is known', () => {
  const parsed = parseRule(
    { kind: 'all', rules: [plan('pro'), plan('free')] },
    { segments: new Set(), models: new Map() },
  );
  expect(parsed.ok ? [] : parsed.problems.map(({ code, message }) => `${code} ${message}`)).toEqual([
    'contradiction Nobody both “plan” of their account is “pro” and “plan” of their account is “free”.',
  ]);
  expect(sentence({ kind: 'not', rule: known })).toBe('is in no account');
  expect(sentence({ kind: 'account', op: 'is', value: 'acme' })).toBe('the account they are in is “acme”');
  const history = [
    grouped('acme', { plan: 'pro' }, '2026-01-01T10:00:00Z'),
    word('Conversation Started', '2026-01-01T10:00:00Z'),
  ];
  expect(why(plan('pro'), history, now).evidence).toBe('in “acme”, last said on 1 January 2026: “pro”');
  expect(why(open, history, now).evidence).toBe('1 conversation open, the newest since 1 January 2026');
  expect([why(plan('pro'), [], now).evidence, why(open, [], now).evidence]).toEqual([
    'in no account',
    'none open',
  ]);
});
