// A foreign JSON value looked through once: depth, keys, texts and numbers that must not travel further. Never throws,
// however deep the nesting; copies nothing.

export type Finding = {
  readonly code: 'too_deep' | 'nul_character' | 'broken_unicode' | 'forbidden_key' | 'invalid_number';
  /** Where, below the value that was given: `products[3].name`. */
  readonly path: string;
  readonly value: string;
};

export const DEPTH_MAX = 16;
const EXCERPT_MAX = 60;

/** The first thing that is wrong, or null. */
export function inspect(value: unknown, depth = 0): Finding | null {
  switch (typeof value) {
    case 'string':
      return inspectText(value);
    case 'number':
      return Number.isFinite(value)
        ? null
        : { code: 'invalid_number', path: '', value: 'a number beyond 1.8e308' };
    case 'object': {
      if (value === null) return null;
      if (depth >= DEPTH_MAX)
        return { code: 'too_deep', path: '', value: Array.isArray(value) ? '[…]' : '{…}' };
      if (Array.isArray(value)) return inspectList(value, depth);
      return inspectObject(value, depth);
    }
    default:
      return null;
  }
}

export function inspectText(text: string): Finding | null {
  if (text.includes('\0')) return { code: 'nul_character', path: '', value: excerpt(text) };
  if (!text.isWellFormed()) return { code: 'broken_unicode', path: '', value: excerpt(text) };
  return null;
}

/** A value as it may be shown in a message: short, on one line, without broken characters. */
export function excerpt(value: unknown): string {
  let text: string;
  if (typeof value === 'string') text = JSON.stringify(value.slice(0, EXCERPT_MAX * 2).toWellFormed());
  else if (Array.isArray(value)) text = `a list of ${value.length}`;
  else if (typeof value === 'object' && value !== null) text = 'an object';
  else text = String(value);
  return text.length > EXCERPT_MAX ? `${text.slice(0, EXCERPT_MAX).toWellFormed()}…` : text;
}

function inspectList(list: readonly unknown[], depth: number): Finding | null {
  for (let i = 0; i < list.length; i += 1) {
    const found = inspect(list[i], depth + 1);
    if (found !== null) return { ...found, path: `[${i}]${dotted(found.path)}` };
  }
  return null;
}

function inspectObject(object: object, depth: number): Finding | null {
  // JSON.parse made it: everything it has is its own.
  for (const key in object) {
    const value: unknown = Reflect.get(object, key);
    if (key === '__proto__' || key === 'constructor' || key === 'prototype') {
      return { code: 'forbidden_key', path: key, value: excerpt(key) };
    }
    const inKey = inspectText(key);
    if (inKey !== null) return { ...inKey, path: key.replaceAll('\0', '\\0').toWellFormed() };
    const found = inspect(value, depth + 1);
    if (found !== null) return { ...found, path: `${key}${dotted(found.path)}` };
  }
  return null;
}

function dotted(path: string): string {
  return path === '' || path.startsWith('[') ? path : `.${path}`;
}
