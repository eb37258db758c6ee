// "Started checkout, then nothing for an hour": whoever bought last week is asked all the same, at the exact moment, once
// for each checkout; what came late counts from its own time.
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/index.ts';
import type { Rule, SegmentDefinition } from '../../src/index.ts';
import { DAY_ONE, Shop, shopDefinition } from '../support/shop.ts';

const left: Rule = {
  kind: 'unfollowed',
  first: { event: 'Checkout Started' },
  then: { event: 'Order Completed' },
  within: 'PT1H',
  by: 'cart_id',
  window: { last: 'P7D' },
};
const segments: readonly SegmentDefinition[] = [{ key: 'left_cart', name: 'Left a cart', rule: left }];

const shop = () => new Shop(shopDefinition({ segments, models: [], journeys: [] }));
const at = (days: number, ms = 0) => DAY_ONE + days * DAY_MS + ms;
const joined = (of: Shop) =>
  of.life.decisions
    .filter((d) => d.kind === 'segment_joined' || d.kind === 'segment_left')
    .map((d) => `${d.kind === 'segment_joined' ? 'joined' : 'left'} ${(d.due_at - DAY_ONE) / HOUR_MS}`);

test('a customer who bought last week joins an hour after the checkout, to the millisecond, and leaves with the window', () => {
  const story = shop()
    .event(at(0), 'Order Completed', { order_id: 'o1', cart_id: 'c0', total: 40 })
    .event(at(7), 'Checkout Started', { cart_id: 'c1' });
  expect(story.life.person.wake_at).toBe(at(7, HOUR_MS));
  story.until(at(7, HOUR_MS));
  expect(joined(story)).toEqual([]);
  story.until(at(20));
  expect(joined(story)).toEqual([`joined ${7 * 24 + 1}`, `left ${14 * 24}`]);
});

test('nothing happens when they buy within the hour, and no timer is left', () => {
  const story = shop()
    .event(at(0), 'Checkout Started', { cart_id: 'c1' })
    .event(at(0, HOUR_MS - 1), 'Order Completed', { order_id: 'o1', cart_id: 'c1', total: 40 });
  story.until(at(20));
  expect(joined(story)).toEqual([]);
  expect(story.life.person.wake_at).toBe(null);
});

test('a late order takes it back; the same order told too late to count does not', () => {
  const story = shop()
    .event(at(0), 'Checkout Started', { cart_id: 'c1' })
    .until(at(0, 2 * HOUR_MS));
  expect(joined(story)).toEqual(['joined 1']);
  const late = (ms: number) =>
    story.input(at(0, 3 * HOUR_MS), {
      kind: 'event',
      event: {
        id: `late${ms}`,
        at: at(0, ms),
        type: 'track',
        name: 'Order Completed',
        trust: 'server',
        properties: { order_id: `o${ms}`, cart_id: 'c1', total: 40 },
        traits: {},
        identities: [],
      },
    });
  late(HOUR_MS);
  expect(joined(story)).toEqual(['joined 1']);
  late(30 * MINUTE_MS);
  story.until(at(20));
  expect(joined(story)).toEqual(['joined 1', 'left 3']);
  expect(story.life.person.wake_at).toBe(null);
});

test('who begins the same cart anew leaves, and joins again only when the new hour is up: no stale timer', () => {
  const story = shop()
    .event(at(0), 'Checkout Started', { cart_id: 'c1' })
    .event(at(0, 90 * MINUTE_MS), 'Checkout Started', { cart_id: 'c1' });
  expect(story.life.person.wake_at).toBe(at(0, 150 * MINUTE_MS));
  story
    .until(at(6))
    .event(at(6), 'Order Completed', { order_id: 'o1', cart_id: 'c1', total: 40 })
    .until(at(30));
  // The order came days too late for the checkout: only the window ends it, counted from the newer checkout.
  expect(joined(story)).toEqual(['joined 1', 'left 1.5', 'joined 2.5', `left ${7 * 24 + 1.5}`]);
  expect(story.life.person.wake_at).toBe(null);
});
