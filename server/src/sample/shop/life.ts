// One person's life with the shop as it is being told: what every chapter (visits, orders, service) is handed.
import type { Instant } from '@rapport/engine';
import { DAY_MS } from '@rapport/engine';
import type { Product } from './catalogue.ts';
import type { Character } from './character.ts';
import type { Diary, Keys } from './diary.ts';
import type { Whereabouts } from './names.ts';
import type { Money } from './orders.ts';
import type { Random } from './random.ts';
import type { Season } from './season.ts';

export interface Life {
  readonly n: number;
  readonly random: Random;
  readonly season: Season;
  readonly diary: Diary;
  readonly keys: Keys;
  readonly name: Whereabouts;
  readonly character: Character;
  readonly favourites: readonly Product[];
  readonly money: Money;
  /** Traits that the shop keeps besides name and city. */
  readonly traits: { readonly [key: string]: string | boolean | number };
  /** Asked for by somebody's recommendation: the first order falls on this instant. */
  readonly referred: { readonly by: string; readonly at: Instant } | null;
  /** Between 0 (furious) and 1 (delighted); moves with what happens. */
  mood: number;
  carts: number;
}

export function days(random: Random, from: number, to: number): number {
  return Math.round((from + (to - from) * random.next()) * DAY_MS);
}

export function seconds(random: Random, from: number, to: number): number {
  return random.between(from, to) * 1_000 + random.between(0, 999);
}

export function cartOf(life: Life): string {
  life.carts += 1;
  return `cart-${life.n}-${life.carts}`;
}

/** The shop learns who this is: at the till, or in the form for its letters. */
export function introduce(life: Life, at: Instant, source: string): void {
  if (life.diary.known()) return;
  const { name, traits, referred } = life;
  life.diary.identified(at, {
    first_name: name.first,
    last_name: name.last,
    city: name.city,
    country: name.country,
    source,
    ...(referred === null ? {} : { referred_by: referred.by }),
    ...traits,
  });
}

/** A word for letters, given in the shop; some take it back later. */
export function subscribe(life: Life, at: Instant, source: string): void {
  const { diary, random, character } = life;
  if (!character.letters) return;
  const give = (topic: string): void =>
    diary.told(at, 'Consent Given', { channel: 'email', topic, basis: 'opted_in', source });
  give('offers');
  if (random.chance(0.55)) give('news');
  if (random.chance(0.6)) give('surveys');
  if (!random.chance(0.13)) return;
  const left = at + days(random, 20, 400);
  diary.told(left, 'Consent Withdrawn', { channel: 'email', basis: 'unsubscribe', source: 'letter' });
}
