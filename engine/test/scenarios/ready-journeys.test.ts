// The ready journeys beside welcome and broken rhythm, as customers meet them.
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/index.ts';
import { day, OPTED_IN, Shop, shopDefinition } from '../support/shop.ts';

const QUESTIONS = { ...OPTED_IN, topic: 'surveys' };

function shopWith(journey: string): Shop {
  return new Shop(shopDefinition({}, { hold_out: 0 }, [journey])).consent(day(0)).consent(day(0), QUESTIONS);
}

/** Looks at whatever waits and says that it went. */
function deliver(shop: Shop): Shop {
  const message = shop.openMessage();
  shop.input(shop.clock, { kind: 'look', message, suppressed: false });
  const outcome = { kind: 'sent', provider_id: null, via: 'smtp' } as const;
  return shop.input(shop.clock, { kind: 'result', message, outcome });
}

describe('left the checkout', () => {
  const checkout = (shop: Shop, at: number): Shop => shop.event(at, 'Checkout Started', { cart_id: 'c1' });

  test('an hour of nothing brings one letter at that moment, also to somebody who bought last week', () => {
    const shop = checkout(shopWith('abandoned_checkout').order(day(1), 'A'), day(8)).until(day(9));
    expect(shop.told('message_requested')).toEqual([`abandoned_checkout send day ${8 + 1 / 24}`]);
  });

  test('an order within the hour: nothing; an order before the letter left is the reason why it does not', () => {
    const bought = checkout(shopWith('abandoned_checkout'), day(8)).order(day(8) + 59 * MINUTE_MS, 'A');
    expect(bought.until(day(12)).told('message_requested')).toEqual([]);
    const late = checkout(shopWith('abandoned_checkout'), day(8)).until(day(8) + HOUR_MS + 1);
    const message = late.openMessage();
    late.order(day(8) + 2 * HOUR_MS, 'A');
    late.input(late.clock, { kind: 'look', message, suppressed: false });
    expect(late.told('message_looked')).toEqual(['drop goal_reached']);
    expect(late.told('segment_left')).toContain(`left_checkout day ${8 + 2 / 24}`);
  });

  test('a letter that could not leave within six hours is too late', () => {
    const shop = checkout(shopWith('abandoned_checkout'), day(8)).until(day(8) + 7 * HOUR_MS + 1);
    shop.input(shop.clock, { kind: 'look', message: shop.openMessage(), suppressed: false });
    expect(shop.told('message_looked')).toEqual(['drop too_late']);
  });

  test('leaving it again the next day is not written about again', () => {
    const shop = checkout(checkout(shopWith('abandoned_checkout'), day(8)).until(day(9)), day(9));
    expect(shop.until(day(14)).told('message_requested')).toHaveLength(1);
  });
});

describe('win back', () => {
  test('whoever is gone gets one letter, and the order that follows is its goal', () => {
    const shop = deliver(shopWith('win_back').order(day(1), 'A').until(day(300)));
    expect(shop.told('message_requested')).toHaveLength(1);
    expect(shop.order(day(301), 'B').told('run_ended')).toEqual(['win_back goal day 301']);
  });

  test('whoever said goodbye is left alone', () => {
    const shop = shopWith('win_back').order(day(1), 'A').event(day(5), 'Farewell Requested').until(day(400));
    expect(shop.told('segment_joined')).toContain('gone day 5');
    expect(shop.told('message_requested')).toEqual([]);
  });
});

describe('ask for a review', () => {
  test('two weeks after the order; the review is the goal', () => {
    const shop = deliver(shopWith('review_request').order(day(1), 'A').until(day(15.5)));
    expect(shop.told('message_requested')).toEqual(['review_request send day 15']);
    shop.event(day(16), 'Review Submitted', { rating: 5 });
    expect(shop.told('run_ended')).toEqual(['review_request goal day 16']);
  });

  test('nobody is asked who sent it back or complains', () => {
    const back = shopWith('review_request')
      .order(day(1), 'A')
      .event(day(4), 'Order Returned', { order_id: 'A' });
    expect(back.until(day(40)).told('message_requested')).toEqual([]);
    const angry = shopWith('review_request').order(day(1), 'A').event(day(4), 'Complaint Opened');
    expect(angry.until(day(40)).told('message_requested')).toEqual([]);
  });
});

test('due for the next order: at their own gap, not before the third order, and not once they are unusually quiet', () => {
  const shop = shopWith('replenishment').order(day(1), 'A').order(day(11), 'B');
  expect(shop.until(day(20.9)).told('message_requested')).toEqual([]);
  shop.order(day(21), 'C').until(day(60));
  expect(shop.told('message_requested')).toEqual(['replenishment send day 31']);
  expect(shop.told('segment_left')).toContain('due_again day 41');
});

describe('birthday', () => {
  const born = (shop: Shop, birthday: string, zone = 'UTC'): Shop =>
    shop.event(day(1), 'Preference Told', {}, { traits: { birthday, timezone: zone } });

  test('at nine in the morning where they are, once a year', () => {
    const at = (shop: Shop): readonly string[] =>
      shop.life.decisions.flatMap((d) =>
        d.kind === 'message_requested' ? [new Date(d.due_at).toISOString()] : [],
      );
    const here = born(shopWith('birthday'), '1990-02-20').until(day(700));
    expect(at(here)).toEqual(['2026-02-20T09:00:00.000Z', '2027-02-20T09:00:00.000Z']);
    const there = born(shopWith('birthday').order(day(1), 'A'), '1990-02-20', 'America/New_York').until(
      day(300),
    );
    expect(at(there)).toEqual(['2026-02-20T14:00:00.000Z']);
  });

  test('whoever is gone is not wished anything', () => {
    const shop = born(shopWith('birthday').order(day(1), 'A'), '1990-02-20').until(day(700));
    expect(shop.told('message_requested')).toHaveLength(1);
  });

  test('a wish that could not leave on the day is too late', () => {
    const shop = born(shopWith('birthday'), '1990-02-20').until(Date.parse('2026-02-21T00:00:00Z') + 1);
    shop.input(shop.clock, { kind: 'look', message: shop.openMessage(), suppressed: false });
    expect(shop.told('message_looked')).toEqual(['drop too_late']);
  });
});

describe('ask what went wrong', () => {
  test('a low score is asked about at once; a reply is the goal', () => {
    const shop = shopWith('ask_why').order(day(1), 'A');
    deliver(shop.event(day(5), 'Survey Answered', { metric: 'nps', score: 3 }));
    expect(shop.told('message_requested')).toEqual(['ask_why send day 5']);
    shop.event(day(6), 'Message Replied');
    expect(shop.told('run_ended')).toEqual(['ask_why goal day 6']);
  });

  test('whoever complained is being answered already', () => {
    const shop = shopWith('ask_why')
      .order(day(1), 'A')
      .event(day(5), 'Complaint Opened')
      .until(day(5) + DAY_MS);
    expect(shop.told('segment_joined')).toContain('unhappy day 5');
    expect(shop.told('message_requested')).toEqual([]);
  });
});
