// Reads untrusted JSON field by field and gathers every problem on the way, so that all are told at once.
import { parseDuration } from './duration.ts';
import { FORBIDDEN_KEYS } from './json.ts';
import type { Json, Parsed, Problem } from '../rules/rule.ts';

type Fields = { readonly [key: string]: unknown };

export function isRecord(json: unknown): json is Fields {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

export class Reader {
  readonly problems: Problem[] = [];

  problem(code: string, path: string, message: string, hint: string): void {
    this.problems.push({ code, path, message, hint });
  }

  /** Takes a parsed value, or its problems. */
  take<T>(parsed: Parsed<T>): T | undefined {
    if (parsed.ok) return parsed.value;
    this.problems.push(...parsed.problems);
    return undefined;
  }

  noOtherKeys(json: Fields, allowed: readonly string[], path: string): void {
    for (const key of Object.keys(json)) {
      if (allowed.includes(key)) continue;
      const name = key.slice(0, 80);
      const near = nearest(key, allowed);
      const hint = near === null ? `Known: ${allowed.join(', ')}.` : `Did you mean "${near}"?`;
      this.problem('unknown_key', `${path}/${pointerPart(name)}`, `"${name}" is not known here.`, hint);
    }
  }

  text(json: Fields, key: string, path: string, lengthMax = 2_000): string | null {
    const value = json[key];
    if (typeof value === 'string' && value !== '' && value.length <= lengthMax) return value;
    const what = value === undefined ? 'is missing' : `is ${shown(value)}`;
    this.problem(
      'wrong_type',
      `${path}/${key}`,
      `"${key}" ${what}.`,
      `Give a text of 1 to ${lengthMax} characters.`,
    );
    return null;
  }

  /** What a definition is known by. */
  ownKey(json: Fields, path: string): string | null {
    const key = this.text(json, 'key', path, 64);
    if (key === null || /^[a-z0-9_]{1,64}$/.test(key)) return key;
    this.problem('bad_key', `${path}/key`, `"${key}" is no key.`, 'Use lower case letters, digits and _.');
    return null;
  }

  oneOf<const T extends string>(json: Fields, key: string, path: string, allowed: readonly T[]): T | null {
    const value = json[key];
    const found = allowed.find((a) => a === value);
    if (found !== undefined) return found;
    const what = value === undefined ? 'is missing' : `is ${shown(value)}`;
    const near = typeof value === 'string' ? nearest(value, allowed) : null;
    const hint = near === null ? `Use one of: ${allowed.join(', ')}.` : `Did you mean "${near}"?`;
    this.problem('not_one_of', `${path}/${key}`, `"${key}" ${what}.`, hint);
    return null;
  }

  /** A key of something defined elsewhere. */
  known(json: Fields, key: string, path: string, defined: ReadonlySet<string>, what: string): string | null {
    const value = this.text(json, key, path);
    if (value === null || defined.has(value)) return value;
    const list = [...defined].sort().join(', ').slice(0, 300);
    this.problem(
      'not_found',
      `${path}/${key}`,
      `There is no ${what} "${value.slice(0, 80)}".`,
      list === '' ? `Define the ${what} first.` : `Use one of: ${list}.`,
    );
    return null;
  }

  duration(json: Fields, key: string, path: string): string | null {
    const value = json[key];
    if (typeof value === 'string' && value.length <= 40) {
      const ms = parseDuration(value);
      if (ms !== null && ms > 0) return value;
    }
    const what = value === undefined ? 'is missing' : `is ${shown(value)}`;
    this.problem(
      'bad_duration',
      `${path}/${key}`,
      `"${key}" ${what}, not a duration.`,
      'Use ISO 8601 without months or years: P60D, PT90M, P2W.',
    );
    return null;
  }

  optionalNumber(
    json: Fields,
    key: string,
    path: string,
    bounds: { readonly min: number; readonly max: number },
  ): number | undefined {
    const value = json[key];
    if (value === undefined) return undefined;
    if (typeof value === 'number' && value >= bounds.min && value <= bounds.max) return value;
    this.problem(
      'out_of_range',
      `${path}/${key}`,
      `"${key}" is ${shown(value)}.`,
      `Use a number from ${bounds.min} to ${bounds.max}.`,
    );
    return undefined;
  }

  optionalBoolean(json: Fields, key: string, path: string): boolean | undefined {
    const value = json[key];
    if (value === undefined || typeof value === 'boolean') return value;
    this.problem('wrong_type', `${path}/${key}`, `"${key}" is ${shown(value)}.`, 'Use true or false.');
    return undefined;
  }

  optionalJsonObject(json: Fields, key: string, path: string): { readonly [key: string]: Json } | undefined {
    const value = json[key];
    if (value === undefined) return undefined;
    const text = isRecord(value) ? JSON.stringify(value) : null;
    if (
      text !== null &&
      text.length <= 4_000 &&
      isRecord(value) &&
      !Object.keys(value).some((k) => FORBIDDEN_KEYS.has(k))
    ) {
      return JSON.parse(text) as { readonly [key: string]: Json };
    }
    this.problem(
      'wrong_type',
      `${path}/${key}`,
      `"${key}" is ${shown(value)}.`,
      'Use an object of at most 4,000 characters.',
    );
    return undefined;
  }
}

/** What was sent, in few words. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 79)}…` : value);
  return value === undefined ? 'missing' : String(value);
}

/** One segment of a JSON pointer (RFC 6901). */
export function pointerPart(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The allowed word that a slip of the finger turned into this one; null when none is near. */
export function nearest(word: string, allowed: readonly string[]): string | null {
  const distanceMax = 2;
  if (word.length > 64) return null;
  let found: string | null = null;
  let best = distanceMax + 1;
  for (const candidate of allowed) {
    const distance = editDistance(word.toLowerCase(), candidate);
    if (distance >= best || distance >= candidate.length) continue;
    best = distance;
    found = candidate;
  }
  return found;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
