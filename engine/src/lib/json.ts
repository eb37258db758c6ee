// Reading and comparing foreign JSON: own properties only, so that `__proto__` and its kin are never followed, and one
// canonical text per value.
import type { Json } from '../rules/rule.ts';

export type JsonObject = { readonly [key: string]: Json };

/** Keys that a foreign object must never bring in. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** JSON with sorted keys: equal values have equal texts. Only for our own values: it follows them however deep they go. */
export function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);

  const fields = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalText(value[key])}`);
  return `{${fields.join(',')}}`;
}

/** Nothing is nested deeper than this where we keep it. */
const DEPTH_MAX = 32;

/** Whether a foreign value is small enough to keep: at most so many characters as JSON, and not nested without end. */
export function isSmall(value: Json, charsMax: number): boolean {
  return charsLeft(value, charsMax, DEPTH_MAX) >= 0;
}

/** An upper bound is enough for lists and objects; texts count as they are written. */
function charsLeft(value: Json, charsMax: number, depthMax: number): number {
  if (depthMax === 0) return -1;
  if (typeof value === 'string')
    return value.length > charsMax ? -1 : charsMax - JSON.stringify(value).length;
  if (isList(value)) {
    let left = charsMax - 2;
    for (const item of value) {
      if (left < 0) return -1;
      left = charsLeft(item, left - 1, depthMax - 1);
    }
    return left;
  }
  if (!isObject(value)) return charsMax - String(value).length;

  let left = charsMax - 2;
  for (const key of Object.keys(value)) {
    if (left < 0) return -1;
    left = charsLeft(value[key]!, left - JSON.stringify(key).length - 2, depthMax - 1);
  }
  return left;
}

/** Compares by UTF-16 code units, never by a locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * A reader of a dotted path: the whole path as one key first, then segment by segment; digits index lists. What is
 * absent is undefined.
 */
export function pathReader(path: string): (from: Json | undefined) => Json | undefined {
  const segments = path.split('.');
  if (segments.length === 1) return (from) => member(from, path);

  return (from) => {
    if (isObject(from) && Object.hasOwn(from, path)) return from[path];
    let value = from;
    for (const segment of segments) value = member(value, segment);
    return value;
  };
}

function member(value: Json | undefined, key: string): Json | undefined {
  if (isList(value)) return /^\d{1,6}$/.test(key) ? value[Number(key)] : undefined;
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
