// Two events in a row: followed in time, not followed in time; which events count, to the millisecond, in any order.
import { expect, test } from 'vitest';
import type { EventFact } from '../../src/input.ts';
import { compileZone } from '../../src/lib/zone.ts';
import { planMemory } from '../../src/memory/plan.ts';
import { refoldMemory, remember } from '../../src/memory/remember.ts';
import { compileRule } from '../../src/rules/compile.ts';
import { parseRule } from '../../src/rules/parse.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { sentence } from '../../src/rules/sentence.ts';
import { answer, fact, instant, SHOP, why } from '../support/facts.ts';

const followed: Rule = {
  kind: 'sequence',
  first: { event: 'Checkout Started' },
  then: { event: 'Order Completed' },
  within: 'PT1H',
  window: { last: 'P7D' },
};
const abandoned: Rule = { ...followed, kind: 'unfollowed' };
const byCart: Rule = { ...abandoned, by: 'cart_id' };

const checkout = (time: string, cart?: string) =>
  fact('Checkout Started', time, { properties: cart === undefined ? {} : { cart_id: cart } });
const bought = (time: string, cart?: string) =>
  fact('Order Completed', time, { properties: cart === undefined ? {} : { cart_id: cart } });

test('B within D of A is a ≤ b < a + D', () => {
  const a = checkout('2026-05-01T10:00:00Z');
  const now = '2026-05-02T00:00:00Z';
  const until = 'true until 2026-05-08T10:00:00.000Z';
  expect(answer(followed, [a, bought('2026-05-01T09:59:59.999Z')], now)).toBe('false for good');
  expect(answer(followed, [a, bought('2026-05-01T10:00:00Z')], now)).toBe(until);
  expect(answer(followed, [a, bought('2026-05-01T10:59:59.999Z')], now)).toBe(until);
  expect(answer(followed, [a, bought('2026-05-01T11:00:00Z')], now)).toBe('false for good');
});

test('A without B fires at a + D and lasts while A lies in the window', () => {
  const a = checkout('2026-05-01T10:00:00Z');
  expect(answer(abandoned, [a], '2026-05-01T10:00:00Z')).toBe('false until 2026-05-01T11:00:00.000Z');
  expect(answer(abandoned, [a], '2026-05-01T11:00:00Z')).toBe('true until 2026-05-08T10:00:00.000Z');
  expect(answer(abandoned, [a], '2026-05-08T10:00:00Z')).toBe('false for good');
  const tooLate = bought('2026-05-01T11:00:00Z');
  expect(answer(abandoned, [a, tooLate], '2026-05-01T12:00:00Z')).toBe('true until 2026-05-08T10:00:00.000Z');
  const inTime = bought('2026-05-01T10:59:59.999Z');
  expect(answer(abandoned, [a, inTime], '2026-05-01T12:00:00Z')).toBe('false for good');
});

test('waits that touch or overlap are one: `until` is when the last of them leaves', () => {
  const rule: Rule = { ...abandoned, within: 'P1D', window: { last: 'P3D' } };
  const history = ['01', '02', '03'].map((day) => checkout(`2026-05-${day}T10:00:00Z`));
  expect(answer(rule, history, '2026-05-02T10:00:00Z')).toBe('true until 2026-05-06T10:00:00.000Z');
  // The one of 1 May leaves at the very instant at which the wait of 3 May is up.
  const apart = [history[0]!, history[2]!];
  expect(answer(rule, apart, '2026-05-02T10:00:00Z')).toBe('true until 2026-05-06T10:00:00.000Z');
  const further = [history[0]!, checkout('2026-05-03T10:00:00.001Z')];
  expect(answer(rule, further, '2026-05-02T10:00:00Z')).toBe('true until 2026-05-04T10:00:00.000Z');
  expect(answer(rule, further, '2026-05-04T10:00:00Z')).toBe('false until 2026-05-04T10:00:00.001Z');
});

test('each A counts by itself; listing A among the ends begins the wait anew with each', () => {
  const history = [
    checkout('2026-05-01T10:00:00Z'),
    checkout('2026-05-01T10:50:00Z'),
    bought('2026-05-01T11:20:00Z'),
  ];
  expect(answer(abandoned, history, '2026-05-01T11:30:00Z')).toBe('true until 2026-05-08T10:00:00.000Z');
  const anew: Rule = { ...abandoned, then: { event: ['Order Completed', 'Checkout Started'] } };
  expect(answer(anew, history, '2026-05-01T11:30:00Z')).toBe('false for good');
});

test('no event follows itself, another at the same instant does', () => {
  const twice: Rule = { ...followed, then: { event: 'Checkout Started' } };
  const at = '2026-05-01T10:00:00Z';
  expect(answer(twice, [checkout(at)], '2026-05-01T12:00:00Z')).toBe('false for good');
  expect(answer(twice, [checkout(at), checkout(at)], '2026-05-01T12:00:00Z')).toMatch(/^true/);
});

test('by a property: only the same value follows, only the newest A of each value waits', () => {
  const a = checkout('2026-05-01T10:00:00Z', 'c1');
  const now = '2026-05-01T12:00:00Z';
  expect(answer(byCart, [a, bought('2026-05-01T10:30:00Z', 'c2')], now)).toMatch(/^true/);
  expect(answer(byCart, [a, bought('2026-05-01T10:30:00Z')], now)).toMatch(/^true/);
  expect(answer(byCart, [a, bought('2026-05-01T10:30:00Z', 'c1')], now)).toBe('false for good');
  // Begun anew, bought after 70 minutes: this cart was not left.
  const anew = [a, checkout('2026-05-01T10:50:00Z', 'c1'), bought('2026-05-01T11:10:00Z', 'c1')];
  expect(answer(byCart, anew, now)).toBe('false for good');
  expect(answer(byCart, [checkout('2026-05-01T10:00:00Z')], now)).toBe('false for good');
});

test('whoever did it once in time has done it, though they begin anew with the same', () => {
  const rule: Rule = { ...followed, by: 'cart_id' };
  const history = [
    checkout('2026-05-01T10:00:00Z', 'c1'),
    bought('2026-05-01T10:30:00Z', 'c1'),
    checkout('2026-05-02T10:00:00Z', 'c1'),
  ];
  expect(answer(rule, history, '2026-05-03T00:00:00Z')).toBe('true until 2026-05-08T10:00:00.000Z');
});

test('of more than 32 A the older are forgotten', () => {
  const old = checkout('2026-05-01T10:00:00Z');
  const rest = Array.from({ length: 32 }, (_, i) => {
    const minute = String(i).padStart(2, '0');
    return [checkout(`2026-05-02T10:${minute}:00Z`), bought(`2026-05-02T10:${minute}:30Z`)];
  }).flat();
  expect(answer(abandoned, [old, ...rest.slice(2)], '2026-05-03T00:00:00Z')).toMatch(/^true/);
  expect(answer(abandoned, [old, ...rest], '2026-05-03T00:00:00Z')).toBe('false for good');
});

test('an A older than the ends that are kept asks for history, a newer one does not', () => {
  const scope = { zone: compileZone('UTC')!, definition: SHOP };
  const plan = planMemory([compileRule(followed, scope)], scope);
  // One more than the ends that are kept.
  const ends = Array.from({ length: 33 }, (_, i) =>
    bought(new Date(Date.UTC(2026, 4, 1, 10, i)).toISOString()),
  );
  const now = instant('2026-05-03T00:00:00Z');
  const memory = refoldMemory(plan, ends, now);
  const late = (event: EventFact) => 'needs_history' in remember(plan, memory, event, now);
  expect(late(checkout('2026-05-01T10:00:00Z'))).toBe(true);
  expect(late(checkout('2026-05-01T10:00:00.001Z'))).toBe(false);
  expect(late(bought('2026-04-01T10:00:00Z'))).toBe(false);
});

test('a window that is over before the wait can never hold: it is refused', () => {
  const known = { segments: new Set<string>(), models: new Map() };
  const parsed = parseRule({ ...abandoned, within: 'P7D' }, known, '/rule');
  expect(parsed.ok ? [] : parsed.problems).toEqual([
    expect.objectContaining({ code: 'contradiction', path: '/rule/within' }),
  ]);
  expect(parseRule({ ...followed, within: 'P7D' }, known).ok).toBe(true);
});

test('what is wrong with either part is told with its place', () => {
  const known = { segments: new Set<string>(), models: new Map() };
  const parsed = parseRule(
    {
      kind: 'sequence',
      first: 'Checkout Started',
      then: { evnt: 'X' },
      within: 'soon',
      by: 'a..b',
      wndow: {},
    },
    known,
  );
  expect(parsed.ok ? [] : parsed.problems.map(({ path, code }) => `${path} ${code}`)).toEqual([
    '/wndow unknown_key',
    '/first wrong_type',
    '/then/evnt unknown_key',
    '/then/event wrong_type',
    '/within bad_duration',
    '/by bad_path',
  ]);
});

test('the sentences say what is asked, and the evidence what is known', () => {
  expect(sentence(followed)).toBe(
    'has done “Checkout Started” in the last 7 days that was followed by “Order Completed” within 1 hour',
  );
  expect(sentence({ kind: 'not', rule: byCart })).toBe(
    'has not done “Checkout Started” in the last 7 days that was not followed by “Order Completed” with the same “cart_id” within 1 hour',
  );
  const a = checkout('2026-05-01T10:00:00Z');
  const said = (now: string, ...more: EventFact[]) => why(abandoned, [a, ...more], now).evidence;
  expect(why(abandoned, [], '2026-05-01T10:30:00Z').evidence).toBe('never begun');
  expect(said('2026-05-01T10:30:00Z')).toBe(
    'last begun on 1 May 2026, 12:00, not followed yet; time until 1 May 2026, 13:00',
  );
  expect(said('2026-05-01T11:00:00Z')).toBe(
    'last begun on 1 May 2026, 12:00, not followed by 1 May 2026, 13:00',
  );
  expect(said('2026-05-01T12:00:00Z', bought('2026-05-01T10:05:00Z'))).toBe(
    'last begun on 1 May 2026, 12:00, followed on 1 May 2026, 12:05',
  );
});
