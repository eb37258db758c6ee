// Welcome and second purchase, as a customer meets it.
import { describe, expect, test } from 'vitest';
import { step } from '../../src/index.ts';
import { day, Shop, shopDefinition } from '../support/shop.ts';

describe('welcome and second purchase', () => {
  test('the first order brings the welcome kit at once, and sixty days of nothing a discount at that moment', () => {
    const shop = new Shop().consent(day(0)).order(day(1), 'A').until(day(80));
    expect(shop.told('message_requested').filter((m) => !m.startsWith('broken'))).toEqual([
      'welcome send day 1',
      'second_purchase send day 61',
    ]);
  });

  test('a second order on day 30 stops it: no discount, ended by its goal', () => {
    const shop = new Shop().consent(day(0)).order(day(1), 'A').order(day(30), 'B').until(day(61.5));
    expect(shop.told('message_requested')).toEqual(['welcome send day 1']);
    expect(shop.told('run_ended')).toEqual(['welcome goal day 30']);
  });

  test('an order while the discount is still queued is the reason why it is not sent', () => {
    const shop = new Shop().consent(day(0)).order(day(1), 'A');
    const kit = shop.openMessage();
    shop.input(day(1), { kind: 'look', message: kit, suppressed: false });
    shop.input(day(1), {
      kind: 'result',
      message: kit,
      outcome: { kind: 'sent', provider_id: null, via: 'smtp' },
    });
    shop.until(day(61) + 1).order(day(61) + 60_000, 'B');
    shop.input(day(61) + 120_000, { kind: 'look', message: shop.openMessage(), suppressed: false });
    expect(shop.told('message_looked')).toEqual(['send', 'drop goal_reached']);
  });

  test('without consent nothing is sent, and the reason is said', () => {
    const shop = new Shop().order(day(1), 'A');
    expect(shop.told('message_requested')).toEqual(['welcome drop day 1']);
    expect(Object.keys(shop.life.person.standing.open)).toEqual([]);
  });

  test('someone who unsubscribed while the message was queued gets nothing', () => {
    const shop = new Shop().consent(day(0)).order(day(1), 'A');
    shop.consent(day(1), {
      channel: 'email',
      topic: '*',
      status: 'withdrawn',
      basis: 'unsubscribe',
      source: 'link',
    });
    shop.input(day(1), { kind: 'look', message: shop.openMessage(), suppressed: false });
    expect(shop.told('message_looked')).toEqual(['drop no_consent']);
  });

  test('the control group is stored before the first effect; what was promised is not withheld, the discount is', () => {
    const shop = new Shop(shopDefinition({}, { hold_out: 0.5 }));
    const arms = new Set<string>();
    for (let i = 0; i < 40; i += 1) {
      const one = new Shop(shopDefinition({}, { hold_out: 0.5 }));
      one.life.person = { ...one.life.person, id: `p${i}` };
      one.consent(day(0)).order(day(1), 'A').until(day(62));
      const run = one.life.decisions.find((d) => d.kind === 'run_started' && d.run.journey === 'welcome');
      const first = one.life.decisions.findIndex((d) => d.kind === 'message_requested');
      if (run?.kind !== 'run_started') throw new Error('no run');
      expect(run.seq).toBeLessThan(one.life.decisions[first]?.seq ?? 0);
      arms.add(run.run.arm);
      const discount = run.run.arm === 'control' ? 'message_withheld' : 'message_requested';
      expect(
        one.life.decisions.filter((d) => d.kind === discount && d.template === 'second_purchase'),
      ).toHaveLength(1);
      expect(one.told('message_requested')[0]).toBe('welcome send day 1');
    }
    expect([...arms].sort()).toEqual(['control', 'treated']);
    expect(shop.told('message_requested')).toEqual([]);
  });

  test('asked twice for the same message, the last look answers once', () => {
    const shop = new Shop().consent(day(0)).order(day(1), 'A');
    const kit = shop.openMessage();
    shop.input(day(1), { kind: 'look', message: kit, suppressed: false });
    shop.input(day(1), { kind: 'look', message: kit, suppressed: false });
    expect(shop.told('message_looked')).toEqual(['send']);
  });
});

describe('a definition changed while someone is under way', () => {
  test('is established silently, far in time from the last look, and the run goes on live at its moment', () => {
    const shop = new Shop().consent(day(0)).order(day(1), 'A').until(day(20));
    const late: Shop = Object.assign(new Shop(shopDefinition({ version: 2, changed_at: day(3) })), {
      life: shop.life,
    });
    late.clock = day(40);
    // Every silence since is lived through in one silent step: a run must not make it look again each millisecond.
    late.life.person = { ...late.life.person, plan: '' };
    const stepped = step(late.program, late.life.person, { kind: 'definition' }, day(40), {
      silent: true,
      history: late.life.stored,
    });
    if (stepped.kind !== 'stepped') throw new Error(stepped.kind);
    expect(stepped.person.wake_at).toBe(day(40) + 1);
    late.life.person = stepped.person;
    late.until(day(62));
    expect(late.told('message_requested').map((m) => m.split(' ')[0])).toContain('second_purchase');
  });
});
