// A rhythm that is learnt, and learnt again: lapse moments move, members follow with the cause of a refit, nobody is written to.
import { describe, expect, test } from 'vitest';
import { compile, DAY_MS } from '../../src/index.ts';
import type { Definition, Prediction } from '../../src/index.ts';
import { PREDICTION } from '../support/facts.ts';
import { take } from '../support/live.ts';
import { day, Shop, shopDefinition } from '../support/shop.ts';

describe('a learnt rhythm', () => {
  test('decides when somebody is unusually quiet, and the broken rhythm starts at that very hour', () => {
    const shop = regular(shopDefinition({ prediction: PREDICTION })).until(day(60));
    // Orders on days 1, 11 and 21: of the silences of such people three in ten outlast 928 hours.
    expect(joined(shop)).toEqual([`quiet day ${21 + 928 / 24}`]);
    expect(shop.told('message_requested').filter((m) => m.startsWith('broken'))).toEqual([
      `broken_rhythm send day ${21 + 928 / 24}`,
    ]);
  });

  test('that a refit moves into the past changes membership with its cause, and starts no journey', () => {
    const before = shopDefinition({ prediction: cautious(0.05) });
    const shop = regular(before).until(day(80));
    expect(joined(shop)).toEqual([]);

    const refitted = compile({
      ...before,
      prediction: PREDICTION,
      version: 2,
      refits_since: 1,
      changed_at: day(80),
    });
    take(refitted, shop.life, { kind: 'definition' }, day(80), { silent: true });
    const [decision] = shop.life.decisions.filter(
      (d) => d.kind === 'segment_joined' && d.segment === 'quiet',
    );
    expect(decision?.cause).toEqual({ kind: 'refit', id: '2' });
    take(refitted, shop.life, { kind: 'time' }, day(120));
    expect(shop.told('message_requested').filter((m) => m.startsWith('broken'))).toEqual([]);
  });

  test('with other definitions changed too, the change is theirs', () => {
    const before = shopDefinition({ prediction: cautious(0.05) });
    const shop = regular(before).until(day(80));
    const changed = compile({
      ...before,
      prediction: PREDICTION,
      version: 3,
      refits_since: 2,
      changed_at: day(80),
    });
    take(changed, shop.life, { kind: 'definition' }, day(80), { silent: true });
    const [decision] = shop.life.decisions.filter(
      (d) => d.kind === 'segment_joined' && d.segment === 'quiet',
    );
    expect(decision?.cause.kind).toBe('definition');
  });

  test('ends a relationship when an order within a year has become all but impossible', () => {
    const shop = regular(shopDefinition({ prediction: PREDICTION })).until(day(900));
    const [gone] = shop.told('segment_joined').filter((told) => told.startsWith('gone'));
    // On the grid of silences: 190 days after the last order the chance has fallen under 15 %.
    expect(gone).toBe(`gone day ${21 + Math.round(DAY_MS * 1.3 ** 20) / DAY_MS}`);
  });
});

function regular(definition: Definition): Shop {
  const shop = new Shop(definition).consent(day(0));
  return shop.order(day(1), 'A').order(day(11), 'B').order(day(21), 'C');
}

/** Thresholds so low that nobody is called quiet for long. */
function cautious(threshold: number): Prediction {
  const all = { new: threshold, fast: threshold, middle: threshold, slow: threshold };
  const purchases = { ...PREDICTION.purchases, thresholds: { one_in_3: all, one_in_10: all } };
  return { ...PREDICTION, purchases };
}

function joined(shop: Shop): readonly string[] {
  return shop.told('segment_joined').filter((told) => told.startsWith('quiet '));
}
