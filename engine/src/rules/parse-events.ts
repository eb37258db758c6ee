// Reads the rules about single events: the newest, the first, the most frequent value, and two events in a row.
import { parseDuration } from '../lib/duration.ts';
import { isRecord, shown } from '../lib/reader.ts';
import { readComparison } from './parse-comparison.ts';
import type { LeafContext, ReadLeaf } from './parse-parts.ts';
import { readPath, readSelector, readWhole, SELECTOR_KEYS } from './parse-parts.ts';
import { readWindow } from './parse-window.ts';
import type { LeafRule, Selector, Sequence } from './rule.ts';

type EventKind = 'latest' | 'first' | 'most_frequent' | 'per_value' | 'sequence' | 'unfollowed';
type ValueRule = Omit<Extract<LeafRule, { kind: 'latest' }>, 'kind'>;
type Fields = { readonly [key: string]: unknown };

const VALUE_KEYS = [...SELECTOR_KEYS, 'property', 'window', 'op', 'value'];
const SEQUENCE_KEYS = ['first', 'then', 'within', 'by', 'window'];

export const EVENT_KEYS: { readonly [kind in EventKind]: readonly string[] } = {
  latest: VALUE_KEYS,
  first: VALUE_KEYS,
  most_frequent: VALUE_KEYS,
  per_value: [...SELECTOR_KEYS, 'property', 'window', 'n'],
  sequence: SEQUENCE_KEYS,
  unfollowed: SEQUENCE_KEYS,
};

export const EVENT_READERS: { readonly [kind in EventKind]: ReadLeaf } = {
  latest: (context, json, path) => {
    const value = readValue(context, json, path);
    return value === null ? null : { kind: 'latest', ...value };
  },
  first: (context, json, path) => {
    const value = readValue(context, json, path);
    return value === null ? null : { kind: 'first', ...value };
  },
  most_frequent: (context, json, path) => {
    const value = readValue(context, json, path);
    return value === null ? null : { kind: 'most_frequent', ...value };
  },
  per_value: ({ reader, known }, json, path) => {
    const selector = readSelector(reader, json, path);
    const property = readPath(reader, json, 'property', path);
    const window = readWindow(reader, json, path, known);
    const n = readWhole(reader, json, 'n', path, { min: 1, max: 64 });
    if (selector === null || property === null || window === null || n === null) return null;
    return { kind: 'per_value', ...selector, property, ...window, n };
  },
  sequence: (context, json, path) => {
    const sequence = readSequence(context, json, path);
    return sequence === null ? null : { kind: 'sequence', ...sequence };
  },
  unfollowed: (context, json, path) => {
    const sequence = readSequence(context, json, path);
    if (sequence === null) return null;
    const { within, window } = sequence;
    if (window !== undefined && 'last' in window && ms(window.last) <= ms(within)) {
      context.reader.problem(
        'contradiction',
        `${path}/within`,
        `By the time "within" ${within} is up, the first event has left the window of ${window.last}: this never holds.`,
        'Make the window longer than "within", or leave it out for all time.',
      );
    }
    return { kind: 'unfollowed', ...sequence };
  },
};

function readValue({ reader, known }: LeafContext, json: Fields, path: string): ValueRule | null {
  const selector = readSelector(reader, json, path);
  const property = readPath(reader, json, 'property', path);
  const window = readWindow(reader, json, path, known);
  const compared = readComparison(reader, json, path);
  if (selector === null || property === null || window === null || compared === null) return null;
  return { ...selector, property, ...window, ...compared };
}

function readSequence({ reader, known }: LeafContext, json: Fields, path: string): Sequence | null {
  const first = readPart({ reader, known }, json, 'first', path);
  const then = readPart({ reader, known }, json, 'then', path);
  const within = reader.duration(json, 'within', path);
  const by = json['by'] === undefined ? undefined : readPath(reader, json, 'by', path);
  const window = readWindow(reader, json, path, known);
  if (first === null || then === null || within === null || by === null || window === null) return null;
  return { first, then, within, ...(by === undefined ? {} : { by }), ...window };
}

function readPart(
  { reader }: LeafContext,
  json: Fields,
  key: 'first' | 'then',
  path: string,
): Selector | null {
  const part = json[key];
  const at = `${path}/${key}`;
  if (!isRecord(part)) {
    const what = part === undefined ? 'is missing' : `is ${shown(part)}`;
    reader.problem(
      'wrong_type',
      at,
      `"${key}" ${what}.`,
      'Send which events: {"event": "Checkout Started"}.',
    );
    return null;
  }
  reader.noOtherKeys(part, SELECTOR_KEYS, at);
  return readSelector(reader, part, at);
}

function ms(duration: string): number {
  return parseDuration(duration) ?? 0;
}
