// A busy person, and how large a plan allows memory to become: for law 4.
import type { EventFact } from '../src/index.ts';
import type { Plan, PlannedSlot } from '../src/memory/plan.ts';
import { START } from '../test/support/random.ts';
import { generator } from '../test/support/shuffle.ts';

export const HOUR = 3_600_000;
/** The door lets no longer message ids in than this; those of the test are shorter. */
const ID_CHARS = 40;

/** Orders and refunds of all kinds, long texts, many traits: an event an hour. */
export function busyLife(seed: number, length: number): readonly EventFact[] {
  const random = generator(seed);
  const names = [
    'Order Completed',
    'Order Refunded',
    'Page Viewed',
    'Product Viewed',
    'Survey Answered',
    'Identified',
    'Preference Told',
  ];
  return Array.from({ length }, (_, i) => {
    const name = names[Math.floor(random() * names.length)]!;
    return {
      id: `message-${i}`,
      at: START + i * HOUR,
      type: name === 'Identified' ? 'identify' : 'track',
      name,
      trust: 'server',
      properties: {
        order_id: random() < 0.5 ? `order-${i}` : 'y'.repeat(500) + Math.floor(random() * i),
        total: random() < 0.5 ? 10 ** Math.floor(random() * 29) : 0.000_1 * i,
        score: 'x'.repeat(Math.floor(random() * 3_000)),
        product_id: 'z'.repeat(Math.floor(random() * 200)) + i,
        metric: 'nps',
      },
      traits: { [`trait ${i}`]: 'v'.repeat(Math.floor(random() * 300)) },
      identities: [['email', `${i}@example.org`]],
    } satisfies EventFact;
  });
}

/** What a plan allows, in characters of JSON. */
export function bound(plan: Plan): number {
  const traits = 256 * (200 + 4_096 + 100);
  const identities = 32 * 400;
  return 200 + traits + identities + plan.slots.reduce((sum, slot) => sum + 50 + slotBound(slot), 0);
}

export function slotBound(slot: PlannedSlot): number {
  const cell = 80;
  const filter = 700;
  switch (slot.kind) {
    case 'times':
      return 50 + slot.size * 15;
    case 'days':
      return 50 + slot.size * 25;
    case 'cells':
      return 50 + slot.size * cell;
    case 'extremes':
      return 50 + slot.size * (2 * cell);
    case 'distinct':
      return 50 + slot.size * (20 + 75);
    case 'period_values':
      return 50 + 2 * (20 + slot.size * 75);
    case 'marks':
      return 50 + slot.size * 20;
    case 'latest':
    case 'first':
      return 100 + ID_CHARS + 1_000;
    case 'recent':
      return 50 + 64 * (25 + ID_CHARS + 75);
    case 'sequence':
      return 100 + 32 * (40 + ID_CHARS + 75) + 32 * (20 + 75);
    case 'accounts':
      return 100 + 8 * (250 + ID_CHARS + 32 * (64 + 256 + 100 + ID_CHARS));
    case 'conversations':
      return 100 + 32 * (30 + ID_CHARS + 75) + 30 + ID_CHARS;
    case 'visits':
      return 300 + 64 * 6;
    case 'orders':
      return (
        500 +
        32 * (100 + 110 + 80) +
        32 * (40 + 110 + 40) +
        2 * filter +
        (slot.size === 0 ? 0 : slot.size + 72 + 24 + 1) * cell
      );
  }
}
