// Broken rhythm: silence is noticed at its moment, asked about, and a return is thanked for.
import { describe, expect, test } from 'vitest';
import { DAY_MS } from '../../src/index.ts';
import { day, Shop, shopDefinition } from '../support/shop.ts';

describe('broken rhythm', () => {
  test('someone who orders every ten days is quiet twenty days after the last order, to the millisecond', () => {
    const shop = regular().until(day(45));
    expect(shop.told('segment_joined').filter((s) => s.startsWith('quiet'))).toEqual(['quiet day 41']);
    expect(shop.told('message_requested').filter((m) => m.startsWith('broken'))).toEqual([
      'broken_rhythm send day 41',
    ]);
  });

  test('nothing is due a millisecond earlier', () => {
    const shop = regular().until(day(41) - 1);
    expect(shop.told('segment_joined').filter((s) => s.startsWith('quiet'))).toEqual([]);
    expect(shop.life.person.wake_at).toBeLessThanOrEqual(day(41));
  });

  test('an order in time moves the appointment: nobody is asked', () => {
    const shop = regular().order(day(40), 'D').until(day(50));
    expect(shop.told('message_requested').filter((m) => m.startsWith('broken'))).toEqual([]);
  });

  test('an order at the very instant of the appointment comes first: nothing was broken', () => {
    const shop = regular().order(day(41), 'D').until(day(42));
    expect(shop.told('segment_joined').filter((s) => s.startsWith('quiet'))).toEqual([]);
  });

  test('coming back is thanked for with an offer', () => {
    const shop = regular().until(day(42)).order(day(43), 'D').until(day(44));
    expect(
      shop
        .told('message_requested')
        .filter((m) => !m.startsWith('welcome'))
        .map((m) => m.split(' ')[0]),
    ).toEqual(['broken_rhythm', 'thanks_return']);
  });

  test('a first order returned is a broken rhythm too', () => {
    const shop = new Shop()
      .consent(day(0))
      .order(day(1), 'A')
      .event(day(3), 'Order Refunded', { order_id: 'A' });
    expect(shop.told('message_requested').map((m) => m.split(' ')[0])).toContain('broken_rhythm');
  });

  test('a gap changed from sixty to forty-five days shows at once and contacts nobody', () => {
    const gap = (days: number, version: number) =>
      shopDefinition({ gap_days: days, version, changed_at: day(97) });
    const shop = new Shop(gap(60, 1)).consent(day(0)).order(day(1), 'A').until(day(97));
    expect(shop.life.person.standing.stages['default']?.stage).toBe('build_up');
    const sent = shop.told('message_requested').length;
    const after = new Shop(gap(45, 2));
    Object.assign(after.life, { person: shop.life.person });
    after.life.stored.push(...shop.life.stored);
    after.clock = day(97);
    after.input(day(97), { kind: 'definition' });
    expect(after.life.person.standing.stages['default']?.stage).toBe('deterioration');
    after.until(day(97.9));
    expect(after.told('message_requested')).toEqual([]);
    expect(sent).toBe(2);
  });

  test('an episode ends when someone is gone and a later order opens the next one', () => {
    const shop = regular().until(day(21) + 181 * DAY_MS);
    expect(shop.life.person.standing.stages['default']?.stage).toBe('termination');
    shop.order(day(230), 'D');
    expect(shop.life.person.standing.episode.n).toBe(2);
    expect(shop.life.person.standing.stages['default']?.stage).toBe('continuation');
  });
});

function regular(): Shop {
  return new Shop().consent(day(0)).order(day(1), 'A').order(day(11), 'B').order(day(21), 'C');
}
