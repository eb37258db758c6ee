// What is in a basket and what it costs: products someone likes, postage, the code of the week before Advent.
import type { Json } from '@rapport/engine';
import { isDrunkUp, PRODUCTS, type Product } from './catalogue.ts';
import type { Character } from './character.ts';
import { pad } from './diary.ts';
import type { Random } from './random.ts';

export interface Basket {
  readonly lines: readonly { readonly product: Product; readonly quantity: number }[];
  readonly code: string | null;
  readonly discount: number;
  readonly shipping: number;
  /** In minor units: what is paid. */
  readonly total: number;
}

const FREE_POSTAGE_FROM = 4_900;
const POSTAGE = 490;

/** What someone always takes, and now and then something else. */
export function favouritesOf(character: Character, random: Random): readonly Product[] {
  const shelf = random.weighted(character.likes);
  const liked = PRODUCTS.filter((product) => product.shelf === shelf);
  return [random.pick(liked), random.pick(liked)];
}

export function basketOf(
  character: Character,
  favourites: readonly Product[],
  when: { readonly month: number; readonly day: number; readonly nth: number },
  random: Random,
): Basket {
  const lines = new Map<string, { product: Product; quantity: number }>();
  const wanted = random.weighted([
    [1, 46],
    [2, 32],
    [3, 15],
    [4, 7],
  ] as const);
  for (let i = 0; i < wanted; i += 1) {
    const gift = when.month === 12 && random.chance(0.35);
    const product = gift
      ? random.pick(PRODUCTS.filter(({ shelf }) => shelf === 'gifts'))
      : random.chance(0.6)
        ? random.pick(favourites)
        : pickLiked(character, random);
    const known = lines.get(product.id);
    const quantity = (known?.quantity ?? 0) + (isDrunkUp(product) && random.chance(0.3) ? 2 : 1);
    lines.set(product.id, { product, quantity });
  }
  const sum = [...lines.values()].reduce((all, { product, quantity }) => all + product.price * quantity, 0);
  const [code, share] = codeOf(when, random);
  const discount = Math.round(sum * share);
  const shipping = sum - discount >= FREE_POSTAGE_FROM ? 0 : POSTAGE;
  return { lines: [...lines.values()], code, discount, shipping, total: sum - discount + shipping };
}

export interface Money {
  /** Minor units of the catalogue as the currency writes them. Events name no currency: it is the workspace's, also once that changes. */
  readonly major: (minor: number) => number;
}

export function moneyOf(currency: string): Money {
  const digits =
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  // 14.90 becomes 1,490 where nothing smaller than one is counted.
  return { major: (minor) => (digits === 0 ? minor : Math.round(minor) / 100) };
}

export function orderProperties(
  basket: Basket,
  of: { readonly orderId: string; readonly cartId: string; readonly money: Money },
): { readonly [key: string]: Json } {
  const { major } = of.money;
  return {
    order_id: of.orderId,
    cart_id: of.cartId,
    total: major(basket.total),
    shipping: major(basket.shipping),
    discount: major(basket.discount),
    ...(basket.code === null ? {} : { coupon: basket.code }),
    products: linesOf(basket, of.money),
  };
}

export function linesOf(basket: Basket, money: Money): readonly Json[] {
  return basket.lines.map(({ product, quantity }) => ({ ...viewOf(product, money), quantity }));
}

export function viewOf(product: Product, money: Money): { readonly [key: string]: Json } {
  return {
    product_id: product.id,
    name: product.name,
    category: product.shelf,
    price: money.major(product.price),
  };
}

/** `HL-00042-003`: the third order of the forty-second. */
export function orderIdOf(n: number, nth: number): string {
  return `HL-${pad(n, 5)}-${pad(nth, 3)}`;
}

function pickLiked(character: Character, random: Random): Product {
  const shelf = random.weighted(character.likes);
  return random.pick(PRODUCTS.filter((product) => product.shelf === shelf));
}

function codeOf(
  when: { readonly month: number; readonly day: number; readonly nth: number },
  random: Random,
): readonly [string | null, number] {
  if (when.month === 11 && when.day >= 20 && random.chance(0.55)) return ['HARBOURWEEK', 0.15];
  if (when.nth === 1 && random.chance(0.2)) return ['WELCOME5', 0.05];
  return [null, 0];
}
