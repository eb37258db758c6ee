// A sentence reads well and never misleads: what happens when there is no anchor, what an opposite includes, no "1 day".
import { expect, test } from 'vitest';
import type { Anchor, Rule, Window } from '../../src/rules/rule.ts';
import { sentence } from '../../src/rules/sentence.ts';
import { answer, fact } from '../support/facts.ts';

const not = (rule: Rule): Rule => ({ kind: 'not', rule });
const views = (op: 'at_least' | 'at_most' | 'exactly', n: number, window?: Window): Rule => ({
  kind: 'count',
  event: 'Page Viewed',
  ...(window === undefined ? {} : { window }),
  op,
  n,
});
const since = (anchor: Anchor): Window => ({ since: anchor });
const LAST_ORDER = since({ kind: 'last_order' });

test('whoever never ordered has done nothing "since the last order" and not "never" either, and the words say so', () => {
  const none = views('at_most', 0, LAST_ORDER);
  const notOne = not(views('at_least', 1, LAST_ORDER));
  expect(answer(none, [], '2026-04-01T00:00:00Z')).toBe('false for good');
  expect(answer(notOne, [], '2026-04-01T00:00:00Z')).toBe('true for good');
  expect(sentence(none)).toBe('has not done “Page Viewed” since the last order (and has ordered)');
  expect(sentence(notOne)).toBe('has not done “Page Viewed” since the last order (or has never ordered)');
  const ordered = [fact('Order Completed', '2026-03-01T00:00:00Z', { properties: { order_id: 'a' } })];
  expect(answer(none, ordered, '2026-04-01T00:00:00Z')).toBe('true for good');
  expect(answer(notOne, ordered, '2026-04-01T00:00:00Z')).toBe('true for good');
});

test.each<[Rule, string]>([
  [views('at_least', 1, LAST_ORDER), 'has done “Page Viewed” since the last order'],
  [
    not(views('at_least', 3, LAST_ORDER)),
    'has done “Page Viewed” fewer than 3 times since the last order (or has never ordered)',
  ],
  [
    views('at_most', 2, since({ kind: 'stage', model: 'm' })),
    'has done “Page Viewed” at most 2 times since entering the present stage of “M” (and is in a stage of “M”)',
  ],
  [
    not(views('at_least', 1, since({ kind: 'episode' }))),
    'has not done “Page Viewed” since this episode began (or has never been gone)',
  ],
  // A run that asks has begun: nothing is missing.
  [not(views('at_least', 1, since({ kind: 'run' }))), 'has not done “Page Viewed” since this run began'],
  [views('at_most', 0), 'has never done “Page Viewed”'],
  [views('at_least', 1, { last: 'P1D' }), 'has done “Page Viewed” in the last 24 hours'],
  [views('at_least', 1, { last: 'PT1H' }), 'has done “Page Viewed” in the last hour'],
  [{ kind: 'spend', per: 'all', window: { last: 'P1D' }, op: 'under', value: 5 }, 'has spent under 5 today'],
  [{ kind: 'trait', path: 'birthday', op: 'known' }, '“birthday” is known'],
  [not({ kind: 'trait', path: 'birthday', op: 'known' }), '“birthday” is unknown'],
  [not({ kind: 'trait', path: 'plan', op: 'is', value: 'gold' }), '“plan” is not “gold” (or is unknown)'],
  [not({ kind: 'trait', path: 'age', op: 'over', value: 17 }), '“age” is not over 17 (or is unknown)'],
  [
    not({ kind: 'trait', path: 'plan', op: 'is', value: 'gold', said_by: ['declared'] }),
    'not so that “plan” is “gold” (told us)',
  ],
  [{ kind: 'date', of: { kind: 'first_order' }, from: -14 }, 'is 14 days before their first order'],
  [
    { kind: 'date', of: { kind: 'last_order' }, from: -3, to: 5 },
    'is from 3 days before to 5 days after their last order',
  ],
  [
    { kind: 'anniversary', of: { kind: 'first_order' }, from: 0 },
    'is on an anniversary of their first order',
  ],
  [
    { kind: 'latest', event: ['Opened', 'Closed'], property: '$event', op: 'is', value: 'Opened' },
    'the newest of “Opened” and “Closed” is “Opened”',
  ],
  [
    {
      kind: 'count',
      event: 'Order Completed',
      where: [{ property: 'total', op: 'over', value: 50 }],
      op: 'at_least',
      n: 2,
    },
    'has done “Order Completed” (where “total” is over 50) at least 2 times',
  ],
  [not({ kind: 'orders', op: 'at_least', n: 2 }), 'has ordered on fewer than 2 days'],
  [{ kind: 'episode', op: 'at_least', n: 2 }, 'is in episode 2 or a later one of the relationship'],
])('%j', (rule, words) => {
  expect(sentence(rule, { models: new Map([['m', 'M']]) })).toBe(words);
});
