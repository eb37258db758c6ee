// The parts that sentences are made of: events, windows, comparisons, amounts, durations in plain English.
import { durationWords, isInHours, parseDuration } from '../lib/duration.ts';
import { DAY_MS, HOUR_MS } from '../lib/instant.ts';
import type { Anchor, Comparison, CountOp, Json, Selector, Where, Window } from './rule.ts';
import { listWords, plural, quoted, valueWords } from './words.ts';

/** Names to show instead of keys, where known. */
export interface Names {
  readonly segments?: ReadonlyMap<string, string>;
  readonly models?: ReadonlyMap<string, string>;
  /** By `model/stage`. */
  readonly stages?: ReadonlyMap<string, string>;
  readonly journeys?: ReadonlyMap<string, string>;
  readonly programmes?: ReadonlyMap<string, string>;
  /** By `programme/tier`. */
  readonly tiers?: ReadonlyMap<string, string>;
  readonly topics?: ReadonlyMap<string, string>;
}

/** The events a selector means: `“Order Completed” (where “total” is over 50)`, so that what follows is not taken for a part of it. */
export function events(selector: Selector): string {
  const list = typeof selector.event === 'string' ? [selector.event] : selector.event;
  const name = list.includes('*') ? 'anything' : listWords(list.map(quoted), 'or');
  const where = (selector.where ?? []).map(whereWords);
  return where.length === 0 ? name : `${name} (where ${listWords(where, 'and')})`;
}

function whereWords(where: Where): string {
  return comparison(propertyWords(where.property), where.op, where.value);
}

export function propertyWords(path: string): string {
  if (path === '$event') return 'the name';
  return path === '$time' ? 'the time' : quoted(path);
}

export function comparison(what: string, op: Comparison, value: Json | undefined): string {
  return `${what} ${comparisonWords(op, value)}`;
}

function comparisonWords(op: Comparison, value: Json | undefined): string {
  if (op === 'known' || op === 'unknown') return `is ${op}`;
  if (op === 'none_of' && Array.isArray(value) && value.length === 2)
    return `is neither ${value.map(valueWords).join(' nor ')}`;
  const joint = op === 'none_of' ? 'and' : 'or';
  const list = Array.isArray(value) ? listWords(value.map(valueWords), joint) : valueWords(value);
  return `${COMPARISON_WORDS[op]} ${list}`;
}

/** What the opposite holds of: also where nothing is known, which every comparison but `unknown` fails. */
export function negatedComparison(
  what: string,
  op: Comparison,
  value: Json | undefined,
  unknown = 'is unknown',
): string {
  if (op === 'known') return `${what} ${unknown}`;
  if (op === 'unknown') return comparison(what, 'known', undefined);
  const opposite = OPPOSITES[op];
  const words =
    opposite === undefined
      ? comparisonWords(op, value).replace(/^is /, 'is not ')
      : comparisonWords(opposite, value);
  return `${what} ${words} (or ${unknown})`;
}

/** Of those that are not made by "is not". A number is neither over a text nor not: only the plain words stay true. */
const OPPOSITES: { readonly [op in Comparison]?: Comparison } = {
  is: 'is_not',
  is_not: 'is',
  one_of: 'none_of',
  none_of: 'one_of',
  contains: 'not_contains',
  not_contains: 'contains',
};

export const COMPARISON_WORDS: { readonly [op in Exclude<Comparison, 'known' | 'unknown'>]: string } = {
  is: 'is',
  is_not: 'is not',
  one_of: 'is',
  none_of: 'is none of',
  contains: 'contains',
  not_contains: 'does not contain',
  starts_with: 'starts with',
  ends_with: 'ends with',
  matches: 'matches the pattern',
  over: 'is over',
  at_least: 'is at least',
  under: 'is under',
  at_most: 'is at most',
  before: 'is before',
  after: 'is after',
};

export const AMOUNT_WORDS = { over: 'over', at_least: 'at least', under: 'under', at_most: 'at most' };

export function amountWords(op: CountOp, n: number): string {
  switch (op) {
    case 'at_least':
      return `at least ${n}`;
    case 'at_most':
      return `at most ${n}`;
    case 'exactly':
      return `exactly ${n}`;
  }
}

export function windowWords(window: Window | undefined, names: Names): string {
  if (window === undefined) return '';
  if ('last' in window) return ` in the last ${lastWords(window.last)}`;
  if ('since' in window) return ` since ${anchorWords(window.since, names)}`;
  if ('this' in window) return window.this === 'day' ? ' today' : ` this ${window.this}`;
  return window.previous === 'day' ? ' yesterday' : ` in the previous ${window.previous}`;
}

/** Amounts go by whole days or hours: 48 hours are not 2 days, and of days the last one is today. */
export function amountWindowWords(window: Window | undefined, names: Names): string {
  if (window === undefined || !('last' in window)) return windowWords(window, names);
  const ms = parseDuration(window.last) ?? 0;
  if (!isInHours(window.last)) return ms === DAY_MS ? ' today' : windowWords(window, names);
  return ms === HOUR_MS ? ' this hour' : ` in the last ${plural(ms / HOUR_MS, 'hour')}`;
}

/** After "the last": a day back from now is 24 hours and not today; one of anything needs no number. */
export function lastWords(text: string): string {
  const ms = parseDuration(text);
  if (ms === DAY_MS) return '24 hours';
  return duration(text).replace(/^1 (?=\w+$)/, '');
}

/**
 * A leaf since an anchor is false where there is none, whatever it counts. Said where it matters: of a leaf that would hold
 * of nothing, and of a negated one, which holds then.
 */
export function anchorNote(window: Window | undefined, names: Names, note: 'needed' | 'negated'): string {
  if (window === undefined || !('since' in window)) return '';
  const [present, absent] = anchorStates(window.since, names);
  if (present === '') return '';
  return note === 'needed' ? ` (and ${present})` : ` (or ${absent})`;
}

/** With the anchor, and without it. A run that asks has begun. */
function anchorStates(anchor: Anchor, names: Names): readonly [string, string] {
  switch (anchor.kind) {
    case 'run':
      return ['', ''];
    case 'episode':
      return ['has come back before', 'has never been gone'];
    case 'last_order':
      return ['has ordered', 'has never ordered'];
    case 'stage': {
      const model = quoted(names.models?.get(anchor.model) ?? anchor.model);
      return [`is in a stage of ${model}`, `is in no stage of ${model}`];
    }
  }
}

function anchorWords(anchor: Anchor, names: Names): string {
  switch (anchor.kind) {
    case 'run':
      return 'this run began';
    case 'episode':
      return 'this episode began';
    case 'last_order':
      return 'the last order';
    case 'stage':
      return `entering the present stage of ${quoted(names.models?.get(anchor.model) ?? anchor.model)}`;
  }
}

/** Before what was done: "has not ordered". */
export function has(isNot: boolean): string {
  return isNot ? 'has not' : 'has';
}

/** Before what is had: "does not have a lifetime value of …". */
export function owns(isNot: boolean): string {
  return isNot ? 'does not have' : 'has';
}

/** "at least 2", and its opposite "fewer than 2". */
export function countWords(op: CountOp, n: number, isNot: boolean): string {
  if (!isNot || op === 'exactly') return amountWords(op, n);
  return op === 'at_least' ? `fewer than ${n}` : `more than ${n}`;
}

export function channelWords(channel: string): string {
  const words: { readonly [channel: string]: string } = { email: 'e-mail', sms: 'SMS', whatsapp: 'WhatsApp' };
  return words[channel] ?? channel;
}

export function identityWords(kind: string): string {
  const words: { readonly [kind: string]: string } = {
    email: 'an e-mail address',
    phone: 'a phone number',
    user_id: 'a user id',
    anonymous_id: 'an anonymous id',
  };
  return words[kind] ?? quoted(kind);
}

export function duration(text: string): string {
  const ms = parseDuration(text);
  return ms === null ? text : durationWords(ms);
}

export function percent(share: number): string {
  return `${Number((share * 100).toFixed(4))} %`;
}

export function atLeastTogether(n: number | undefined, one: string): string {
  return n === undefined || n === 0 ? '' : `, with at least ${plural(n, one)} in both together`;
}
