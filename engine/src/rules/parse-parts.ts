// Reads the parts that rules are made of: which events, amounts, numbers. What is wrong becomes a problem with
// its place; the part is then null.
import { parseDecimal } from '../lib/decimal.ts';
import type { IsoDuration } from '../lib/instant.ts';
import type { Reader } from '../lib/reader.ts';
import { isRecord, nearest, shown } from '../lib/reader.ts';
import { readComparison } from './parse-comparison.ts';
import type { Amount, LeafRule, Provenance, Selector, Where } from './rule.ts';

/** What a rule may refer to. What is absent is not checked. */
export interface Known {
  readonly segments: ReadonlySet<string>;
  /** Per model its stages. */
  readonly models: ReadonlyMap<string, ReadonlySet<string>>;
  readonly journeys?: ReadonlySet<string>;
  /** Per loyalty programme its tiers. */
  readonly programmes?: ReadonlyMap<string, ReadonlySet<string>>;
  readonly topics?: ReadonlySet<string>;
  /** Of these journeys, those that were put away: nobody is in them, nobody enters them. */
  readonly archived_journeys?: ReadonlySet<string>;
  /** Not among the segments: they were deleted and can be put back. */
  readonly deleted_segments?: ReadonlySet<string>;
}

/** Memory keeps this many newest times, days or cells for one leaf, no more. */
export const KEPT_MAX = 400;
export const COUNT_MAX = 1_000_000;
const NAMES_MAX = 50;
const WHERE_MAX = 20;
export const PATH_CHARS_MAX = 200;

export const COUNT_OPS = ['at_least', 'at_most', 'exactly'] as const;
export const AMOUNT_OPS = ['over', 'at_least', 'under', 'at_most'] as const;
const TREND_OPS = ['under', 'over'] as const;

type Fields = { readonly [key: string]: unknown };

export interface LeafContext {
  readonly reader: Reader;
  readonly known: Known;
}

/** Reads one kind of leaf; null with problems. */
export type ReadLeaf = (context: LeafContext, json: Fields, path: string) => LeafRule | null;

export const SELECTOR_KEYS = ['event', 'where'];

export function readSelector(reader: Reader, json: Fields, path: string): Selector | null {
  const { event } = json;
  let names: string | readonly string[] | null;
  if (typeof event === 'string') names = reader.text(json, 'event', path, PATH_CHARS_MAX);
  else names = readTexts(reader, event, `${path}/event`, { what: 'event names', max: NAMES_MAX });

  const where = readWhere(reader, json['where'], `${path}/where`);
  if (names === null || where === null) return null;
  return { event: names, ...(where.length === 0 ? {} : { where }) };
}

export function readWhere(reader: Reader, json: unknown, path: string): readonly Where[] | null {
  if (json === undefined) return [];
  if (!Array.isArray(json) || json.length > WHERE_MAX) {
    reader.problem(
      'wrong_type',
      path,
      `"where" is ${shown(json)}.`,
      `Send a list of at most ${WHERE_MAX} conditions like {"property": "total", "op": "over", "value": 50}.`,
    );
    return null;
  }
  const where: Where[] = [];
  json.forEach((each: unknown, i) => {
    const at = `${path}/${i}`;
    if (!isRecord(each)) {
      reader.problem(
        'wrong_type',
        at,
        `A condition is ${shown(each)}.`,
        'Send {"property": "total", "op": "over", "value": 50}.',
      );
      return;
    }
    reader.noOtherKeys(each, ['property', 'op', 'value'], at);
    const property = readPath(reader, each, 'property', at);
    const compared = readComparison(reader, each, at);
    if (property !== null && compared !== null) where.push({ property, ...compared });
  });
  return where.length === json.length ? where : null;
}

/** A dotted path into foreign JSON. */
export function readPath(reader: Reader, json: Fields, key: string, path: string): string | null {
  const text = reader.text(json, key, path, PATH_CHARS_MAX);
  if (text === null) return null;
  const bad = text
    .split('.')
    .find((part) => part === '' || part === '__proto__' || part === 'constructor' || part === 'prototype');
  if (bad === undefined) return text;
  reader.problem(
    'bad_path',
    `${path}/${key}`,
    `"${text.slice(0, 80)}" is no path.`,
    'Use names with dots between them: address.city.',
  );
  return null;
}

export function readTrend(
  reader: Reader,
  json: Fields,
  path: string,
): { days: number; op: 'under' | 'over'; share: number } | null {
  const days = readWhole(reader, json, 'days', path, { min: 1, max: KEPT_MAX / 2 });
  const op = reader.oneOf(json, 'op', path, TREND_OPS);
  const share = readNumber(reader, json, 'share', path, { above: 0, max: 1_000 });
  return days === null || op === null || share === null ? null : { days, op, share };
}

export function readAmount(reader: Reader, json: Fields, path: string): Amount | null {
  const { value } = json;
  if ((typeof value === 'number' || typeof value === 'string') && parseDecimal(value) !== null) return value;
  const what = value === undefined ? 'is missing' : `is ${shown(value)}`;
  reader.problem(
    'wrong_type',
    `${path}/value`,
    `"value" ${what}, not an amount.`,
    'Give a number, or an exact decimal as text: "12.50".',
  );
  return null;
}

/** One key or several of those that are defined in something: stages of a model, tiers of a programme. */
export function readNamed(
  reader: Reader,
  json: Fields,
  path: string,
  what: {
    readonly field: string;
    readonly one: string;
    readonly of: string;
    readonly known: ReadonlySet<string> | undefined;
  },
): string | readonly string[] | null {
  const { field, known } = what;
  const value = json[field];
  const at = `${path}/${field}`;
  const named =
    typeof value === 'string'
      ? [value]
      : readTexts(reader, value, at, { what: `${what.one}s`, max: NAMES_MAX });
  if (named === null || known === undefined) return null;
  let isKnown = true;
  for (const key of named) {
    if (known.has(key)) continue;
    isKnown = false;
    const hint = nearestOrAll(key, [...known]);
    reader.problem('not_found', at, `There is no ${what.one} "${key.slice(0, 80)}" of "${what.of}".`, hint);
  }
  return isKnown ? (typeof value === 'string' ? value : named) : null;
}

const PROVENANCES = ['declared', 'observed', 'imported', 'predicted'] as const;

/** In which ways, and how long ago, a trait was said. */
export function readSaid(
  reader: Reader,
  json: Fields,
  path: string,
): { said_by?: readonly Provenance[]; said_within?: IsoDuration } | null {
  const { said_by: list, said_within: length } = json;
  const ways = list === undefined ? undefined : readProvenances(reader, list, `${path}/said_by`);
  const within = length === undefined ? undefined : reader.duration(json, 'said_within', path);
  if (ways === null || within === null) return null;
  return {
    ...(ways === undefined ? {} : { said_by: ways }),
    ...(within === undefined ? {} : { said_within: within }),
  };
}

function readProvenances(reader: Reader, json: unknown, path: string): readonly Provenance[] | null {
  const isList = Array.isArray(json) && json.length > 0;
  const found = isList ? PROVENANCES.filter((each) => json.includes(each)) : [];
  if (isList && json.every((each) => PROVENANCES.some((way) => way === each))) return found;
  reader.problem(
    'not_one_of',
    path,
    `"said_by" is ${shown(json)}.`,
    `List one or several of: ${PROVENANCES.join(', ')}.`,
  );
  return null;
}

export function readSegment(reader: Reader, known: Known, json: Fields, path: string): string | null {
  const key = json['segment'];
  if (typeof key !== 'string' || known.deleted_segments?.has(key) !== true)
    return reader.known(json, 'segment', path, known.segments, 'segment');
  reader.problem(
    'archived',
    `${path}/segment`,
    `Segment '${key}' was deleted.`,
    'Restore it, or ask for another one.',
  );
  return null;
}

export function readJourney({ reader, known }: LeafContext, json: Fields, path: string): string | null {
  const { journeys, archived_journeys: archived } = known;
  if (journeys === undefined) return reader.text(json, 'journey', path, 200);
  const key = json['journey'];
  if (typeof key !== 'string' || archived?.has(key) !== true)
    return reader.known(json, 'journey', path, journeys, 'journey');
  const rest = [...journeys].filter((each) => !archived.has(each));
  const others = rest.sort().join(', ').slice(0, 300);
  reader.problem(
    'archived',
    `${path}/journey`,
    `Journey '${key}' is archived: nobody is on it any more.`,
    `Leave this condition out${others === '' ? '' : `, or ask for one of: ${others}`}.`,
  );
  return null;
}

export function readTopic(
  reader: Reader,
  json: Fields,
  path: string,
  known: Known,
): string | null | undefined {
  if (json['topic'] === undefined) return undefined;
  if (known.topics === undefined) return reader.text(json, 'topic', path, 64);
  return reader.known(json, 'topic', path, known.topics, 'topic');
}

export function readTexts(
  reader: Reader,
  json: unknown,
  path: string,
  of: { readonly what: string; readonly max: number },
): readonly string[] | null {
  const isTexts =
    Array.isArray(json) &&
    json.length > 0 &&
    json.length <= of.max &&
    json.every((each) => typeof each === 'string' && each !== '' && each.length <= PATH_CHARS_MAX);
  if (isTexts) return [...new Set(json as string[])];
  const what = json === undefined ? 'is missing' : `is ${shown(json)}`;
  reader.problem(
    'wrong_type',
    path,
    `"${path.slice(path.lastIndexOf('/') + 1)}" ${what}.`,
    `Give 1 to ${of.max} ${of.what}.`,
  );
  return null;
}

export function readWhole(
  reader: Reader,
  json: Fields,
  key: string,
  path: string,
  bounds: { readonly min: number; readonly max: number; readonly more?: string },
): number | null {
  const value = json[key];
  if (typeof value === 'number' && Number.isInteger(value) && value >= bounds.min && value <= bounds.max)
    return value;
  const what = value === undefined ? 'is missing' : `is ${shown(value)}`;
  reader.problem(
    'out_of_range',
    `${path}/${key}`,
    `"${key}" ${what}.`,
    `Give a whole number from ${bounds.min} to ${bounds.max}.${bounds.more === undefined ? '' : ` ${bounds.more}`}`,
  );
  return null;
}

/** An object with the key, or without it when it was absent; null with a problem. */
export function readOptionalWhole<const K extends string>(
  reader: Reader,
  json: Fields,
  key: K,
  path: string,
  bounds: { readonly min: number; readonly max: number },
): { readonly [key in K]?: number } | null {
  if (json[key] === undefined) return {};
  const value = readWhole(reader, json, key, path, bounds);
  return value === null ? null : ({ [key]: value } as { readonly [key in K]?: number });
}

export function readNumber(
  reader: Reader,
  json: Fields,
  key: string,
  path: string,
  bounds: { readonly min?: number; readonly above?: number; readonly max: number },
): number | null {
  const value = json[key];
  const isInside =
    typeof value === 'number' &&
    value >= (bounds.min ?? -Infinity) &&
    value > (bounds.above ?? -Infinity) &&
    value <= bounds.max;
  if (isInside && parseDecimal(value) !== null) return value;
  const what = value === undefined ? 'is missing' : `is ${shown(value)}`;
  const from = bounds.above === undefined ? `from ${bounds.min ?? 0}` : `above ${bounds.above}`;
  reader.problem(
    'out_of_range',
    `${path}/${key}`,
    `"${key}" ${what}.`,
    `Give a number ${from} to ${bounds.max}.`,
  );
  return null;
}

function nearestOrAll(word: string, allowed: readonly string[]): string {
  const near = nearest(word, allowed);
  return near === null
    ? `Use one of: ${[...allowed].sort().join(', ').slice(0, 300)}.`
    : `Did you mean "${near}"?`;
}
