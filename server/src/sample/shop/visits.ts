// Visits to the shop's pages: looking around, filling a basket, starting a checkout and leaving it.
import type { Instant } from '@rapport/engine';
import { PAGES, PRODUCTS, type Product } from './catalogue.ts';
import { cartOf, seconds, type Life } from './life.ts';
import { basketOf, linesOf, viewOf } from './orders.ts';

const SOURCES = [
  ['direct', 34],
  ['search', 30],
  ['letter', 14],
  ['social', 12],
  ['friend', 10],
] as const;

/** A look around; gives when it ended. */
export function browse(life: Life, at: Instant, products: readonly Product[]): Instant {
  const { diary, random, money } = life;
  let now = at;
  const source = random.weighted(SOURCES);
  const pages = random.weighted([
    [1, 60],
    [2, 30],
    [3, 10],
  ] as const);
  for (let i = 0; i < pages; i += 1) {
    const [path, title] = random.pick(PAGES);
    diary.seen(now, 'Page Viewed', { path, title, ...(i === 0 ? { source } : {}) });
    now += seconds(random, 8, 140);
  }
  for (const product of products) {
    diary.seen(now, 'Product Viewed', viewOf(product, money));
    now += seconds(random, 10, 160);
  }
  return now;
}

/** A visit that leads to no order: often a look, now and then a basket, sometimes a checkout left half-way. */
export function visit(life: Life, at: Instant): void {
  const { random, favourites, diary, money, character } = life;
  const looked: Product[] = [];
  const views = random.weighted([
    [0, 30],
    [1, 36],
    [2, 20],
    [3, 10],
    [5, 4],
  ] as const);
  for (let i = 0; i < views; i += 1)
    looked.push(random.chance(0.5) ? random.pick(favourites) : random.pick(PRODUCTS));
  let now = browse(life, at, looked);
  if (looked.length === 0 || !random.chance(0.28)) return;
  const basket = basketOf(character, looked, { month: 1, day: 1, nth: 0 }, random);
  const cartId = cartOf(life);
  for (const { product, quantity } of basket.lines) {
    diary.seen(now, 'Product Added', { cart_id: cartId, quantity, ...viewOf(product, money) });
    now += seconds(random, 5, 60);
  }
  if (!diary.known() || !random.chance(0.7)) return;
  diary.seen(now, 'Checkout Started', {
    cart_id: cartId,
    checkout_id: cartId.replace('cart', 'checkout'),
    value: money.major(basket.total),
    products: linesOf(basket, money),
  });
}

/** Visits between two points of shop time, at random; fewer and fewer after `fadesAt`. */
export function wander(
  life: Life,
  during: { readonly from: number; readonly to: number; readonly fadesAt: number },
): void {
  const { random, season, character } = life;
  let time = during.from;
  for (;;) {
    const fading = time > during.fadesAt ? 1 + (time - during.fadesAt) / 30 : 1;
    time += (-Math.log(1 - random.next()) / character.curiosity) * fading;
    if (time >= during.to) return;
    const at = season.instantAt(time, random);
    if (at !== null) visit(life, at);
  }
}
