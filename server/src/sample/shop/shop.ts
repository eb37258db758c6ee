// The sample shop: people and everything they did over eighteen months, up to an instant that is given. Pure: the same seed
// and the same instant give the same bytes. Nobody in it exists.
import { DAY_MS, type EventFact, type Instant } from '@rapport/engine';
import { characterOf, type Character } from './character.ts';
import { openDiary, pad, type Keys } from './diary.ts';
import { introduce, subscribe, type Life } from './life.ts';
import { addressOf, nameOf, plain } from './names.ts';
import { favouritesOf, moneyOf, type Money } from './orders.ts';
import { buy, type Bought } from './purchases.ts';
import { randomOf } from './random.ts';
import { seasonOf, type Season } from './season.ts';
import { answerQuestions, tellPreferences } from './service.ts';
import { wander } from './visits.ts';
import { OFFICES } from './words.ts';

export interface SampleOptions {
  readonly seed: number;
  /** The end of the story: nothing in it is later. */
  readonly until: Instant;
  readonly timeZone: string;
  readonly currency: string;
  readonly people?: number;
}

export interface SamplePerson {
  /** Their number in the shop, from 1. */
  readonly n: number;
  /** In order of time; never empty. */
  readonly events: readonly EventFact[];
}

export const SAMPLE_PEOPLE = 3_000;
export const STORY_DAYS = 548;
/** Whoever is recommended by one of the last could have nobody after them. */
const REFERRALS_UNTIL_LAST = 40;

export function* sampleShop(options: SampleOptions): Generator<SamplePerson> {
  const { seed, until, currency, timeZone } = options;
  const people = options.people ?? SAMPLE_PEOPLE;
  const season = seasonOf({ from: until - STORY_DAYS * DAY_MS, until, timeZone });
  const money = moneyOf(currency);
  const referrals: Referral[] = [];
  let told = 0;
  // A life that begins too late leaves nothing to tell, and its number is left out.
  for (let n = 1; told < people; n += 1) {
    const events = tell({
      n,
      seed,
      season,
      money,
      referrals,
      mayRefer: told < people - REFERRALS_UNTIL_LAST,
    });
    if (events.length === 0) continue;
    told += 1;
    yield { n, events };
  }
}

interface Referral {
  readonly by: string;
  readonly at: Instant;
}

interface Telling {
  readonly n: number;
  readonly seed: number;
  readonly season: Season;
  readonly money: Money;
  /** Waiting for the next buyer; the one who recommends comes before the one who follows. */
  readonly referrals: Referral[];
  readonly mayRefer: boolean;
}

function tell(telling: Telling): readonly EventFact[] {
  const { n, seed, season, money, referrals } = telling;
  const random = randomOf('harbour-and-leaf', seed, n);
  const name = nameOf(random);
  const office = n % 150 === 7 ? OFFICES[Math.floor(n / 150) % OFFICES.length] : undefined;
  const odd = oddityOf(n);
  const drawn = characterOf(random, season);
  const character: Character = office === undefined && odd === null ? drawn : settled(drawn, odd);
  const keys: Keys = {
    anonymousId: `sample-browser-${pad(n, 5)}`,
    userId: `sample-${pad(n, 5)}`,
    email: office === undefined ? addressOf(name, n, random) : `kitchen${n}@${plain(office[0])}.example`,
  };
  const life: Life = {
    n,
    random,
    season,
    money,
    keys,
    character,
    favourites: favouritesOf(character, random),
    name: odd?.name === undefined ? name : { ...name, ...odd.name },
    diary: openDiary(keys, { n, from: season.from, until: season.until }),
    traits: { ...odd?.traits, ...(office === undefined ? {} : { company: office[0] }) },
    referred: character.kind === 'buyer' && odd === null ? (referrals.shift() ?? null) : null,
    mood: 0.55 + 0.35 * random.next(),
    carts: 0,
  };
  switch (character.kind) {
    case 'passer_by':
      passBy(life);
      break;
    case 'reader':
      read(life);
      break;
    case 'buyer':
      shop(life, telling, office);
      break;
  }
  return life.diary.close();
}

/** Comes a few times and stays unknown. */
function passBy(life: Life): void {
  const { arrives } = life.character;
  wander(life, { from: arrives - 1, to: arrives + 25 * life.random.next() + 20, fadesAt: arrives });
}

/** Signs up for letters, looks around, has not ordered yet. */
function read(life: Life): void {
  const { random, season, character } = life;
  const at = season.instantAt(character.arrives, random);
  if (at === null) return;
  wander(life, { from: character.arrives - 12, to: character.arrives, fadesAt: season.length });
  introduce(life, at, 'letters');
  subscribe(life, at + 1_000, 'form');
  if (character.answers) tellPreferences(life, at);
  wander(life, { from: character.arrives, to: season.length, fadesAt: character.arrives + 60 });
}

function shop(life: Life, telling: Telling, office: (typeof OFFICES)[number] | undefined): void {
  const { random, season, character, diary } = life;
  const first = season.shopTimeAt(life.referred?.at ?? season.instantAt(character.arrives, random) ?? 0);
  wander(life, { from: first - 10, to: first - 0.5, fadesAt: season.length });
  const bought = buy(life);
  if (bought === null) return;
  const { firstAt, lastAt, droppedOut } = bought;
  const around = droppedOut ? Math.min(lastAt + 60 * DAY_MS, season.until) : season.until;
  wander(life, { from: first + 1, to: season.length, fadesAt: season.shopTimeAt(lastAt) });
  answerQuestions(life, { from: firstAt, to: around });
  if (random.chance(0.3)) tellPreferences(life, firstAt);
  if (office !== undefined)
    diary.grouped(firstAt + 1, plain(office[0]), {
      name: office[0],
      industry: office[1],
      employees: office[2],
    });
  if (telling.mayRefer && character.shares) refer(life, bought, telling.referrals);
}

/** A friend follows some weeks later and orders; that moment is told of both. */
function refer(life: Life, { firstAt, orders }: Bought, referrals: Referral[]): void {
  const { random, season, diary, keys } = life;
  if (orders < 2 || !random.chance(0.5)) return;
  const at = firstAt + Math.round((20 + 160 * random.next()) * DAY_MS);
  if (at >= season.until) return;
  diary.told(at + 60_000, 'Referral Converted', { code: `FRIEND-${keys.userId.slice(-5)}` });
  referrals.push({ by: keys.userId, at });
}

interface Oddity {
  readonly kind: Character['kind'];
  readonly name?: { readonly first: string; readonly last: string };
  readonly traits: { readonly [key: string]: string | boolean };
}

/** What every shop has a few of: somebody of the staff, a machine that reads everything, a name as long as a street. */
function oddityOf(n: number): Oddity | null {
  if (n === 11) return { kind: 'buyer', traits: { staff: true } };
  if (n === 23) return { kind: 'reader', traits: { bot: true } };
  if (n === 37)
    return {
      kind: 'buyer',
      name: { first: 'عبد الرحمن', last: 'بن محمد بن عبد العزيز آل الشيخ الهاشمي القرشي' },
      traits: {},
    };
  if (n === 53)
    return {
      kind: 'buyer',
      name: { first: 'Maria-Theresia Eleonore', last: 'von und zu Hohenbruck-Wolkenstein-Trostburg' },
      traits: {},
    };
  return null;
}

/** Offices and oddities buy often and steadily, whatever was drawn. */
function settled(drawn: Character, odd: Oddity | null): Character {
  return {
    ...drawn,
    kind: odd?.kind ?? 'buyer',
    patience: 0.95,
    curiosity: odd?.traits['bot'] === true ? 1.2 : drawn.curiosity,
    habit: { ...drawn.habit, speed: 'fast', gap: 14, regular: true, draw: (random) => random.gamma(9) },
  };
}
