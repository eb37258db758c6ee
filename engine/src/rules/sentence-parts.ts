// The parts that sentences are made of: events, windows, comparisons, amounts, durations in plain English.
import { durationWords, isInHours, parseDuration } from '../lib/duration.ts';
import { HOUR_MS } from '../lib/instant.ts';
import type { Anchor, Comparison, CountOp, Json, Selector, Where, Window } from './rule.ts';
import { listWords, plural, quoted, valueWords } from './words.ts';

/** Names to show instead of keys, where known. */
export interface Names {
  readonly segments?: ReadonlyMap<string, string>;
  readonly models?: ReadonlyMap<string, string>;
  /** By `model/stage`. */
  readonly stages?: ReadonlyMap<string, string>;
  readonly journeys?: ReadonlyMap<string, string>;
  readonly topics?: ReadonlyMap<string, string>;
}

/** The events a selector means: `“Order Completed” where “total” is over 50`. */
export function events(selector: Selector): string {
  const list = typeof selector.event === 'string' ? [selector.event] : selector.event;
  const name = list.includes('*') ? 'anything' : listWords(list.map(quoted), 'or');
  const where = (selector.where ?? []).map(whereWords);
  return where.length === 0 ? name : `${name} where ${listWords(where, 'and')}`;
}

function whereWords(where: Where): string {
  return comparison(propertyWords(where.property), where.op, where.value);
}

export function propertyWords(path: string): string {
  if (path === '$event') return 'the name';
  return path === '$time' ? 'the time' : quoted(path);
}

export function comparison(what: string, op: Comparison, value: Json | undefined): string {
  if (op === 'known' || op === 'unknown') return `${what} ${op}`;
  const list = Array.isArray(value) ? listWords(value.map(valueWords), 'or') : valueWords(value);
  return `${what} ${COMPARISON_WORDS[op]} ${list}`;
}

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
  if ('last' in window) return ` in the last ${duration(window.last)}`;
  if ('since' in window) return ` since ${anchorWords(window.since, names)}`;
  if ('this' in window) return window.this === 'day' ? ' today' : ` this ${window.this}`;
  return window.previous === 'day' ? ' yesterday' : ` in the previous ${window.previous}`;
}

/** Amounts go by whole days or hours: 48 hours are not 2 days. */
export function amountWindowWords(window: Window | undefined, names: Names): string {
  if (window === undefined || !('last' in window) || !isInHours(window.last))
    return windowWords(window, names);
  return ` in the last ${plural((parseDuration(window.last) ?? 0) / HOUR_MS, 'hour')}`;
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

export function has(isNot: boolean): string {
  return isNot ? 'has not' : 'has';
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
