// Reads the rules about amounts: sums, averages and extremes of a property, distinct values, spend, one window against the one
// before it.
import type { LeafContext, ReadLeaf } from './parse-parts.ts';
import {
  AMOUNT_OPS,
  COUNT_MAX,
  COUNT_OPS,
  readAmount,
  readOptionalWhole,
  readPath,
  readSelector,
  readTrend,
  readWhole,
  SELECTOR_KEYS,
} from './parse-parts.ts';
import { readAmountWindow, readWindow } from './parse-window.ts';
import type { AmountOf, Selector } from './rule.ts';

type AmountKind = 'sum' | 'average' | 'minimum' | 'maximum' | 'distinct' | 'spend' | 'trend' | 'spend_trend';
type Fields = { readonly [key: string]: unknown };

/** Each distinct value is remembered. */
const DISTINCT_MAX = 100;
const AMOUNT_KEYS = [...SELECTOR_KEYS, 'property', 'window', 'op', 'value'];

export const AMOUNT_RULE_KEYS: { readonly [kind in AmountKind]: readonly string[] } = {
  sum: AMOUNT_KEYS,
  average: AMOUNT_KEYS,
  minimum: AMOUNT_KEYS,
  maximum: AMOUNT_KEYS,
  distinct: [...SELECTOR_KEYS, 'property', 'window', 'op', 'n'],
  spend: ['per', 'window', 'op', 'value'],
  trend: [...SELECTOR_KEYS, 'property', 'days', 'op', 'share', 'count_at_least'],
  spend_trend: ['days', 'op', 'share', 'orders_at_least'],
};

export const AMOUNT_READERS: { readonly [kind in AmountKind]: ReadLeaf } = {
  sum: (context, json, path) => {
    const amount = readAmountOf(context, json, path);
    return amount === null ? null : { kind: 'sum', ...amount };
  },
  average: (context, json, path) => {
    const amount = readAmountOf(context, json, path);
    return amount === null ? null : { kind: 'average', ...amount };
  },
  minimum: (context, json, path) => {
    const amount = readAmountOf(context, json, path);
    return amount === null ? null : { kind: 'minimum', ...amount };
  },
  maximum: (context, json, path) => {
    const amount = readAmountOf(context, json, path);
    return amount === null ? null : { kind: 'maximum', ...amount };
  },
  distinct: ({ reader, known }, json, path) => {
    const selector = readSelector(reader, json, path);
    const property = readPath(reader, json, 'property', path);
    const window = readWindow(reader, json, path, known);
    const op = reader.oneOf(json, 'op', path, COUNT_OPS);
    const n = readWhole(reader, json, 'n', path, {
      min: op === 'at_least' ? 1 : 0,
      max: DISTINCT_MAX,
      more: 'Each value is remembered; to ask how often something was done at all, use "count".',
    });
    if (selector === null || property === null || window === null || op === null || n === null) return null;
    return { kind: 'distinct', ...selector, property, ...window, op, n };
  },
  spend: ({ reader, known }, json, path) => {
    const per = reader.oneOf(json, 'per', path, ['all', 'order'] as const);
    const window = readAmountWindow(reader, json, path, known);
    const op = reader.oneOf(json, 'op', path, AMOUNT_OPS);
    const value = readAmount(reader, json, path);
    if (per === null || window === null || op === null || value === null) return null;
    return { kind: 'spend', per, ...window, op, value };
  },
  trend: ({ reader }, json, path) => {
    const selector = readSelector(reader, json, path);
    const property = json['property'] === undefined ? undefined : readPath(reader, json, 'property', path);
    const trend = readTrend(reader, json, path);
    const least = readOptionalWhole(reader, json, 'count_at_least', path, { min: 1, max: COUNT_MAX });
    if (selector === null || property === null || trend === null || least === null) return null;
    return {
      kind: 'trend',
      ...selector,
      ...(property === undefined ? {} : { property }),
      ...trend,
      ...least,
    };
  },
  spend_trend: ({ reader }, json, path) => {
    const trend = readTrend(reader, json, path);
    const least = readOptionalWhole(reader, json, 'orders_at_least', path, { min: 1, max: COUNT_MAX });
    return trend === null || least === null ? null : { kind: 'spend_trend', ...trend, ...least };
  },
};

function readAmountOf(
  { reader, known }: LeafContext,
  json: Fields,
  path: string,
): (AmountOf & Selector) | null {
  const selector = readSelector(reader, json, path);
  const property = readPath(reader, json, 'property', path);
  const window = readAmountWindow(reader, json, path, known);
  const op = reader.oneOf(json, 'op', path, AMOUNT_OPS);
  const value = readAmount(reader, json, path);
  if (selector === null || property === null || window === null || op === null || value === null) return null;
  return { ...selector, property, ...window, op, value };
}
