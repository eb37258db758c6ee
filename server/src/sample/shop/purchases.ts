// The orders of one buyer, in their own rhythm, until they drop out; some come back. Each order brings its visit, its
// delivery and what follows (service.ts), and that decides with them whether there is a next one.
import type { Instant } from '@rapport/engine';
import { DAY_MS } from '@rapport/engine';
import { cartOf, days, introduce, seconds, subscribe, type Life } from './life.ts';
import { basketOf, linesOf, orderIdOf, orderProperties, viewOf, type Basket } from './orders.ts';
import { afterDelivery, farewell } from './service.ts';
import { browse } from './visits.ts';

export interface Bought {
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  readonly orders: number;
  readonly droppedOut: boolean;
}

/** The chance that an order is the last one, before patience and mood: most are lost after the first. */
const DROPS_OUT = [0.29, 0.13, 0.08];
const DROPS_OUT_LATER = 0.046;
const COMES_BACK = 0.24;
/** More than this is a machine. */
const ORDERS_MAX = 60;

/** Null when the first order did not fall into the story. */
export function buy(life: Life): Bought | null {
  const { random, season, character } = life;
  const { habit } = character;
  // Some drink less with every order.
  const drift = random.chance(0.12) ? 1.18 : 1;
  let gap = habit.gap;
  let time = character.arrives;
  let firstAt: Instant | null = null;
  let lastAt = 0;
  for (let nth = 1; nth <= ORDERS_MAX; nth += 1) {
    const drawn = nth === 1 && life.referred !== null ? life.referred.at : season.instantAt(time, random);
    const at = drawn === null ? null : Math.max(drawn, lastAt + 3 * 3_600_000);
    if (at === null || at >= season.until) return ended(firstAt, lastAt, nth - 1, false);
    placeOrder(life, at, nth);
    firstAt ??= at;
    lastAt = at;
    if (random.chance(lossAfter(life, nth))) {
      if (!random.chance(COMES_BACK)) {
        farewell(life, at);
        return ended(firstAt, lastAt, nth, true);
      }
      time = season.shopTimeAt(at) + gap * (4 + 5 * random.next()) + 60;
      life.mood = Math.max(life.mood, 0.6);
      continue;
    }
    gap *= drift;
    time = season.shopTimeAt(at) + gap * habit.draw(random);
  }
  return ended(firstAt, lastAt, ORDERS_MAX, false);
}

function ended(firstAt: Instant | null, lastAt: Instant, orders: number, droppedOut: boolean): Bought | null {
  return firstAt === null ? null : { firstAt, lastAt, orders, droppedOut };
}

function lossAfter(life: Life, nth: number): number {
  const base = DROPS_OUT[nth - 1] ?? DROPS_OUT_LATER;
  const { patience, habit } = life.character;
  const slow = habit.speed === 'slow' ? 1.5 : 1;
  return Math.min(0.9, base * slow * (1.5 - patience) * (1.9 - 1.3 * life.mood));
}

function placeOrder(life: Life, at: Instant, nth: number): void {
  const { random, diary, money, n, character, favourites } = life;
  const date = new Date(at);
  const basket = basketOf(
    character,
    favourites,
    { month: date.getUTCMonth() + 1, day: date.getUTCDate(), nth },
    random,
  );
  const cartId = cartOf(life);
  visitBefore(life, at, basket, cartId);
  const orderId = orderIdOf(n, nth);
  // Agreed to at the till, before the order is placed: the welcome may be sent.
  if (nth === 1) subscribe(life, at - 1_000, 'checkout');
  diary.told(at, 'Order Completed', orderProperties(basket, { orderId, cartId, money }));
  if (random.chance(0.008)) {
    diary.told(at + seconds(random, 900, 9_000), 'Order Cancelled', {
      order_id: orderId,
      total: money.major(basket.total),
      reason: 'cancelled by the customer',
    });
    return;
  }
  const delivered = at + DAY_MS + days(random, 0.3, 3.2);
  diary.told(delivered, 'Order Delivered', { order_id: orderId, carrier: 'Harbour Bikes' });
  afterDelivery(life, { orderId, basket, nth, at, delivered });
}

/** The pages, the basket and the till that led to an order. */
function visitBefore(life: Life, at: Instant, basket: Basket, cartId: string): void {
  const { random, diary, money } = life;
  const checkout = at - seconds(random, 50, 280);
  const added = checkout - seconds(random, 30, 200) - basket.lines.length * 30_000;
  const products = basket.lines.map(({ product }) => product).slice(0, random.between(1, 3));
  browse(life, added - seconds(random, 700, 1_100), products);
  basket.lines.forEach(({ product, quantity }, i) =>
    diary.seen(added + i * 20_000, 'Product Added', { cart_id: cartId, quantity, ...viewOf(product, money) }),
  );
  introduce(life, checkout - 1, 'checkout');
  diary.seen(checkout, 'Checkout Started', {
    cart_id: cartId,
    checkout_id: cartId.replace('cart', 'checkout'),
    value: money.major(basket.total),
    products: linesOf(basket, money),
  });
}
