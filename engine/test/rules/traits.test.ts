// Which of several statements about a person stands, and what memory refuses to keep.
import { expect, test } from 'vitest';
import type { EventFact } from '../../src/input.ts';
import { compileZone } from '../../src/lib/zone.ts';
import { planMemory } from '../../src/memory/plan.ts';
import { refoldMemory } from '../../src/memory/remember.ts';
import type { Json } from '../../src/rules/rule.ts';
import { fact, instant, SHOP } from '../support/facts.ts';

const plan = planMemory([], { zone: compileZone('UTC')!, definition: SHOP });

function remembered(history: readonly EventFact[]) {
  const both = [history, history.toReversed()].map((events) =>
    refoldMemory(plan, events, instant('2027-01-01T00:00:00Z')),
  );
  expect(JSON.stringify(both[0])).toBe(JSON.stringify(both[1]));
  return both[0]!;
}

const early = '2026-01-01T00:00:00Z';
const late = '2026-02-01T00:00:00Z';

function says(value: Json, time: string, more: Partial<EventFact> = {}): EventFact {
  return fact('Identified', time, { traits: { plan: value }, ...more });
}

test.each<[string, EventFact, EventFact]>([
  ['the newer', says('a', early), says('b', late)],
  ['the greater event id at one instant', says('a', late, { id: 'm1' }), says('b', late, { id: 'm2' })],
  ['observed over imported, however late', says('a', late, { trust: 'import' }), says('b', early)],
  ['a browser over an import', says('a', late, { trust: 'import' }), says('b', early, { trust: 'browser' })],
  ['a server over a browser, however late', says('a', late, { trust: 'browser' }), says('b', early)],
  [
    'declared over observed, however late',
    says('a', late),
    says('b', early, { name: 'Survey Answered', type: 'track' }),
  ],
  [
    'declared in a browser over observed by a server',
    says('a', late),
    says('b', early, { name: 'Preference Told', type: 'track', trust: 'browser' }),
  ],
])('%s stands', (_, loses, stands) => {
  expect(remembered([loses, stands]).traits['plan']?.v).toBe('b');
});

test('a cleared trait is a known unknown', () => {
  const { traits } = remembered([says('a', early), says(null, late)]);
  expect(traits['plan']).toMatchObject({ v: null, p: 'observed' });
});

test("a group's traits are not the person's", () => {
  expect(remembered([says('a', early, { type: 'group', name: 'Grouped' })]).traits).toEqual({});
});

test('what is too long, too deep or named like a trap is not kept', () => {
  const deep: Json = JSON.parse(`${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`);
  const traits: { [key: string]: Json } = {
    long: 'x'.repeat(4_100),
    deep,
    ['k'.repeat(201)]: 1,
    constructor: 1,
    toString: 1,
  };
  const trap = fact('Identified', early, { traits: JSON.parse('{"__proto__":{"admin":true}}') });
  const memory = remembered([fact('Identified', early, { traits }), trap]);
  expect(Object.keys(memory.traits)).toEqual(['toString']);
  expect('admin' in memory.traits).toBe(false);
});

test('of more than 256 traits the first in the alphabet stay, whatever came first', () => {
  const history = Array.from({ length: 300 }, (_, i) =>
    fact('Identified', early, { traits: { [`t${String(i).padStart(3, '0')}`]: i } }),
  );
  const keys = Object.keys(remembered(history).traits);
  expect(keys).toHaveLength(256);
  expect([keys[0], keys.at(-1)]).toEqual(['t000', 't255']);
});

test('the newest identity of each kind is remembered', () => {
  const { identities } = remembered([
    fact('Identified', late, { identities: [['email', 'new@example.org']] }),
    fact('Identified', early, {
      identities: [
        ['email', 'old@example.org'],
        ['user_id', 'u1'],
      ],
    }),
  ]);
  expect(Object.keys(identities)).toEqual(['email', 'user_id']);
  expect(identities['email']?.[0]).toBe('new@example.org');
});
