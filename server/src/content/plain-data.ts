// Copies what a template may see into plain data without prototypes. Nothing of ours (functions, class
// instances, getters) and nothing that reaches a prototype ever gets into a template this way.

export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

const DEPTH_MAX = 12;
const NODES_MAX = 20_000;
const TEXT_MAX = 100_000;
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** Deeper than 12 levels, beyond 20,000 values and longer than 100,000 characters is cut off, never an error. */
export function plainData(value: unknown): { readonly [key: string]: Plain } {
  const budget = { left: NODES_MAX };
  const copied = copy(value, 0, budget);
  if (copied === null || typeof copied !== 'object' || isList(copied)) return Object.create(null);
  return copied;
}

function copy(value: unknown, depth: number, budget: { left: number }): Plain {
  if (typeof value === 'string') return value.length > TEXT_MAX ? value.slice(0, TEXT_MAX) : value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object') return null;
  if (depth >= DEPTH_MAX || budget.left <= 0) return null;
  if (value instanceof Date || value instanceof Temporal.Instant) return instantText(value);
  if (Array.isArray(value)) return copyList(value, depth, budget);
  return copyRecord(value, depth, budget);
}

function copyList(list: readonly unknown[], depth: number, budget: { left: number }): Plain {
  const out: Plain[] = [];
  for (const item of list) {
    if (--budget.left < 0) break;
    out.push(copy(item, depth + 1, budget));
  }
  return out;
}

function copyRecord(record: object, depth: number, budget: { left: number }): { [key: string]: Plain } {
  const out: { [key: string]: Plain } = Object.create(null);
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(record))) {
    if (FORBIDDEN.has(key) || !descriptor.enumerable || !('value' in descriptor)) continue;
    if (--budget.left < 0) break;
    out[key] = copy(descriptor.value, depth + 1, budget);
  }
  return out;
}

function instantText(value: Date | Temporal.Instant): Plain {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  return value.toString();
}

function isList(value: object): value is readonly Plain[] {
  return Array.isArray(value);
}
