// Rule JSON from outside into a rule that may be compiled: all problems at once, each with its place and a way out.
// Nothing unknown gets through, nothing is guessed.
import { parseDateText } from '../lib/date-text.ts';
import { parseDecimal } from '../lib/decimal.ts';
import { parseDuration } from '../lib/duration.ts';
import type { IsoDuration } from '../lib/instant.ts';
import { DAY_MS } from '../lib/instant.ts';
import { isRecord, nearest, Reader, shown } from '../lib/reader.ts';
import { compileZone } from '../lib/zone.ts';
import { findContradictions } from './contradiction.ts';
import type { Amount, Anchor, Comparison, Json, Parsed, Rule, Selector, Where, Window } from './rule.ts';

/** What a rule may refer to. What is absent is not checked. */
export interface Known {
  readonly segments: ReadonlySet<string>;
  /** Per model its stages. */
  readonly models: ReadonlyMap<string, ReadonlySet<string>>;
  readonly journeys?: ReadonlySet<string>;
  readonly topics?: ReadonlySet<string>;
}

export const DEPTH_MAX = 20;
export const RULES_MAX = 300;
/** Memory keeps this many newest times, days or cells for one leaf, no more. */
export const KEPT_MAX = 400;
const COUNT_MAX = 1_000_000;
const NAMES_MAX = 50;
const WHERE_MAX = 20;
const VALUES_MAX = 500;
const TEXT_CHARS_MAX = 500;
const PATH_CHARS_MAX = 200;

type Fields = { readonly [key: string]: unknown };

export function parseRule(json: unknown, known: Known, path = ''): Parsed<Rule> {
  const reader = new Reader();
  const rule = readRule({ reader, known, rules: 0 }, json, path, 1);
  if (reader.problems.length > 0 || rule === null) return { ok: false, problems: reader.problems };

  const contradictions = findContradictions(rule, path);
  return contradictions.length > 0 ? { ok: false, problems: contradictions } : { ok: true, value: rule };
}

export function parseSelector(json: unknown, path = ''): Parsed<Selector> {
  const reader = new Reader();
  if (!isRecord(json)) {
    reader.problem(
      'wrong_type',
      path,
      'Which events is not an object.',
      'Send {"event": "Order Completed", "where": []}.',
    );
    return { ok: false, problems: reader.problems };
  }
  reader.noOtherKeys(json, SELECTOR_KEYS, path);
  const selector = readSelector(reader, json, path);
  return selector === null || reader.problems.length > 0
    ? { ok: false, problems: reader.problems }
    : { ok: true, value: selector };
}

interface Context {
  readonly reader: Reader;
  readonly known: Known;
  /** Rules read so far, nested ones included. */
  rules: number;
}

const SELECTOR_KEYS = ['event', 'where'];

/** Each kind and the keys it has besides `kind`. */
const KEYS: { readonly [kind in Rule['kind']]: readonly string[] } = {
  all: ['rules'],
  any: ['rules'],
  not: ['rule'],
  trait: ['path', 'op', 'value'],
  identity: ['has'],
  count: [...SELECTOR_KEYS, 'window', 'op', 'n'],
  days: [...SELECTOR_KEYS, 'window', 'op', 'n'],
  sum: [...SELECTOR_KEYS, 'property', 'window', 'op', 'value'],
  trend: [...SELECTOR_KEYS, 'property', 'days', 'op', 'share', 'count_at_least'],
  latest: [...SELECTOR_KEYS, 'property', 'window', 'op', 'value'],
  per_value: [...SELECTOR_KEYS, 'property', 'window', 'n'],
  orders: ['op', 'n'],
  order_span: ['at_least'],
  last_order: ['within'],
  spend_trend: ['days', 'op', 'share', 'orders_at_least'],
  quiet: ['of', 'gaps', 'min', 'max', 'days_at_least'],
  stage: ['model', 'stage', 'for'],
  segment: ['segment'],
  consent: ['channel', 'topic'],
  episode: ['op', 'n'],
  in_journey: ['journey'],
  share: ['of', 'salt'],
};

const KINDS = Object.keys(KEYS) as Rule['kind'][];
const COUNT_OPS = ['at_least', 'at_most', 'exactly'] as const;
const AMOUNT_OPS = ['over', 'at_least', 'under', 'at_most'] as const;
const TREND_OPS = ['under', 'over'] as const;
const COMPARISONS = [
  'is',
  'is_not',
  'one_of',
  'none_of',
  'contains',
  'not_contains',
  'starts_with',
  'ends_with',
  'over',
  'at_least',
  'under',
  'at_most',
  'before',
  'after',
  'known',
  'unknown',
] as const satisfies readonly Comparison[];

function readRule(context: Context, json: unknown, path: string, depth: number): Rule | null {
  const { reader } = context;
  if (!isRecord(json)) {
    const what = json === undefined ? 'is missing' : `is ${shown(json)}`;
    reader.problem(
      'wrong_type',
      path,
      `A rule ${what}, not an object.`,
      'Send for example {"kind": "orders", "op": "at_least", "n": 2}.',
    );
    return null;
  }
  if (depth > DEPTH_MAX) {
    reader.problem(
      'too_deep',
      path,
      `Rules are nested more than ${DEPTH_MAX} deep.`,
      'Put the inner part into a segment of its own and refer to it.',
    );
    return null;
  }
  context.rules++;
  if (context.rules > RULES_MAX) {
    const hint = 'Put parts of it into segments of their own and refer to them.';
    if (context.rules === RULES_MAX + 1)
      reader.problem('too_many', path, `More than ${RULES_MAX} rules in one.`, hint);
    return null;
  }

  const kind = reader.oneOf(json, 'kind', path, KINDS);
  if (kind === null) return null;
  reader.noOtherKeys(json, ['kind', ...KEYS[kind]], path);
  return READERS[kind](context, json, path, depth);
}

type ReadKind = (context: Context, json: Fields, path: string, depth: number) => Rule | null;

const READERS: { readonly [kind in Rule['kind']]: ReadKind } = {
  all: (context, json, path, depth) => {
    const rules = readRules(context, json, path, depth);
    return rules === null ? null : { kind: 'all', rules };
  },
  any: (context, json, path, depth) => {
    const rules = readRules(context, json, path, depth);
    if (rules?.length === 0) {
      context.reader.problem(
        'never_true',
        `${path}/rules`,
        '"any" of nothing never holds.',
        'List at least one rule; "all" of nothing means everyone.',
      );
    }
    return rules === null ? null : { kind: 'any', rules };
  },
  not: (context, json, path, depth) => {
    const rule = readRule(context, json['rule'], `${path}/rule`, depth + 1);
    return rule === null ? null : { kind: 'not', rule };
  },
  trait: ({ reader }, json, path) => {
    const trait = readPath(reader, json, 'path', path);
    const compared = readComparison(reader, json, path);
    return trait === null || compared === null ? null : { kind: 'trait', path: trait, ...compared };
  },
  identity: ({ reader }, json, path) => {
    const has = readTexts(reader, json['has'], `${path}/has`, { what: 'identity kinds', max: 32 });
    return has === null ? null : { kind: 'identity', has };
  },
  count: ({ reader, known }, json, path) => {
    const selector = readSelector(reader, json, path);
    const window = readWindow(reader, json, path, known);
    const op = reader.oneOf(json, 'op', path, COUNT_OPS);
    const n = readWhole(reader, json, 'n', path, {
      min: op === 'at_least' ? 1 : 0,
      max: json['window'] === undefined ? COUNT_MAX : KEPT_MAX,
    });
    return selector === null || window === null || op === null || n === null
      ? null
      : { kind: 'count', ...selector, ...window, op, n };
  },
  days: ({ reader, known }, json, path) => {
    const selector = readSelector(reader, json, path);
    const window = readWindow(reader, json, path, known);
    const op = reader.oneOf(json, 'op', path, ['at_least', 'at_most'] as const);
    const n = readWhole(reader, json, 'n', path, { min: op === 'at_least' ? 1 : 0, max: KEPT_MAX });
    return selector === null || window === null || op === null || n === null
      ? null
      : { kind: 'days', ...selector, ...window, op, n };
  },
  sum: ({ reader }, json, path) => {
    const selector = readSelector(reader, json, path);
    const property = readPath(reader, json, 'property', path);
    const last = readDayWindow(reader, json, path);
    const op = reader.oneOf(json, 'op', path, AMOUNT_OPS);
    const value = readAmount(reader, json, path);
    if (selector === null || property === null || last === null || op === null || value === null) return null;
    return { kind: 'sum', ...selector, property, window: { last }, op, value };
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
  latest: ({ reader, known }, json, path) => {
    const selector = readSelector(reader, json, path);
    const property = readPath(reader, json, 'property', path);
    const window = readWindow(reader, json, path, known);
    const compared = readComparison(reader, json, path);
    if (selector === null || property === null || window === null || compared === null) return null;
    return { kind: 'latest', ...selector, property, ...window, ...compared };
  },
  per_value: ({ reader, known }, json, path) => {
    const selector = readSelector(reader, json, path);
    const property = readPath(reader, json, 'property', path);
    const window = readWindow(reader, json, path, known);
    const n = readWhole(reader, json, 'n', path, { min: 1, max: 64 });
    if (selector === null || property === null || window === null || n === null) return null;
    return { kind: 'per_value', ...selector, property, ...window, n };
  },
  orders: ({ reader }, json, path) => {
    const op = reader.oneOf(json, 'op', path, COUNT_OPS);
    const n = readWhole(reader, json, 'n', path, { min: op === 'at_least' ? 1 : 0, max: COUNT_MAX });
    return op === null || n === null ? null : { kind: 'orders', op, n };
  },
  order_span: ({ reader }, json, path) => {
    const least = reader.duration(json, 'at_least', path);
    return least === null ? null : { kind: 'order_span', at_least: least };
  },
  last_order: ({ reader }, json, path) => {
    const within = reader.duration(json, 'within', path);
    return within === null ? null : { kind: 'last_order', within };
  },
  spend_trend: ({ reader }, json, path) => {
    const trend = readTrend(reader, json, path);
    const least = readOptionalWhole(reader, json, 'orders_at_least', path, { min: 1, max: COUNT_MAX });
    return trend === null || least === null ? null : { kind: 'spend_trend', ...trend, ...least };
  },
  quiet: ({ reader }, json, path) => {
    const of = reader.oneOf(json, 'of', path, ['orders', 'visits'] as const);
    const gaps = readNumber(reader, json, 'gaps', path, { above: 0, max: 100 });
    const min = reader.duration(json, 'min', path);
    const max = reader.duration(json, 'max', path);
    const days = readOptionalWhole(reader, json, 'days_at_least', path, { min: 1, max: COUNT_MAX });
    if (of === null || gaps === null || min === null || max === null || days === null) return null;
    if ((parseDuration(min) ?? 0) > (parseDuration(max) ?? 0)) {
      reader.problem(
        'contradiction',
        `${path}/min`,
        `"min" ${min} is longer than "max" ${max}.`,
        'Swap them.',
      );
    }
    return { kind: 'quiet', of, gaps, min, max, ...days };
  },
  stage: ({ reader, known }, json, path) => {
    const model = reader.known(json, 'model', path, new Set(known.models.keys()), 'lifecycle model');
    const stages = model === null ? undefined : known.models.get(model);
    const stage = readStages(reader, json, path, model ?? '', stages);
    const least = json['for'] === undefined ? undefined : reader.duration(json, 'for', path);
    if (model === null || stage === null || least === null) return null;
    return { kind: 'stage', model, stage, ...(least === undefined ? {} : { for: least }) };
  },
  segment: ({ reader, known }, json, path) => {
    const segment = reader.known(json, 'segment', path, known.segments, 'segment');
    return segment === null ? null : { kind: 'segment', segment };
  },
  consent: ({ reader, known }, json, path) => {
    const channel = json['channel'] === undefined ? undefined : reader.text(json, 'channel', path, 64);
    const topic = readTopic(reader, json, path, known);
    if (channel === null || topic === null) return null;
    return {
      kind: 'consent',
      ...(channel === undefined ? {} : { channel }),
      ...(topic === undefined ? {} : { topic }),
    };
  },
  episode: ({ reader }, json, path) => {
    const op = reader.oneOf(json, 'op', path, COUNT_OPS);
    const n = readWhole(reader, json, 'n', path, { min: op === 'at_least' ? 1 : 0, max: COUNT_MAX });
    return op === null || n === null ? null : { kind: 'episode', op, n };
  },
  in_journey: ({ reader, known }, json, path) => {
    const journey =
      known.journeys === undefined
        ? reader.text(json, 'journey', path, 200)
        : reader.known(json, 'journey', path, known.journeys, 'journey');
    return journey === null ? null : { kind: 'in_journey', journey };
  },
  share: ({ reader }, json, path) => {
    const of = readNumber(reader, json, 'of', path, { min: 0, max: 1 });
    const salt = reader.text(json, 'salt', path, 200);
    return of === null || salt === null ? null : { kind: 'share', of, salt };
  },
};

function readRules(context: Context, json: Fields, path: string, depth: number): readonly Rule[] | null {
  const list = json['rules'];
  if (!Array.isArray(list)) {
    const what = list === undefined ? 'is missing' : `is ${shown(list)}`;
    context.reader.problem(
      'wrong_type',
      `${path}/rules`,
      `"rules" ${what}, not a list.`,
      'Send {"kind": "all", "rules": [ … ]}.',
    );
    return null;
  }
  const rules: Rule[] = [];
  for (const [i, each] of list.entries()) {
    if (context.rules > RULES_MAX) break;
    const rule = readRule(context, each, `${path}/rules/${i}`, depth + 1);
    if (rule !== null) rules.push(rule);
  }
  return rules.length === list.length ? rules : null;
}

function readSelector(reader: Reader, json: Fields, path: string): Selector | null {
  const { event } = json;
  let names: string | readonly string[] | null;
  if (typeof event === 'string') names = reader.text(json, 'event', path, PATH_CHARS_MAX);
  else names = readTexts(reader, event, `${path}/event`, { what: 'event names', max: NAMES_MAX });

  const where = readWhere(reader, json['where'], `${path}/where`);
  if (names === null || where === null) return null;
  return { event: names, ...(where.length === 0 ? {} : { where }) };
}

function readWhere(reader: Reader, json: unknown, path: string): readonly Where[] | null {
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
function readPath(reader: Reader, json: Fields, key: string, path: string): string | null {
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

function readComparison(reader: Reader, json: Fields, path: string): { op: Comparison; value?: Json } | null {
  const op = reader.oneOf(json, 'op', path, COMPARISONS);
  if (op === null) return null;
  const { value } = json;
  const at = `${path}/value`;
  if (op === 'known' || op === 'unknown') {
    if (value === undefined) return { op };
    reader.problem('not_needed', at, `"${op}" takes no value.`, 'Leave "value" out.');
    return null;
  }
  const hint = VALUE_HINTS[op];
  if (value === undefined || value === null) {
    reader.problem(
      'wrong_type',
      at,
      `"value" is ${value === null ? 'null' : 'missing'}.`,
      value === null ? 'Ask with "unknown" or "known" and no value.' : hint,
    );
    return null;
  }
  if (isFit(op, value)) return { op, value };
  reader.problem('wrong_type', at, `"value" is ${shown(value)}, which "${op}" cannot compare with.`, hint);
  return null;
}

const VALUE_HINTS: { readonly [op in Exclude<Comparison, 'known' | 'unknown'>]: string } = {
  is: 'Give a text, a number, true or false.',
  is_not: 'Give a text, a number, true or false.',
  one_of: `Give a list of 1 to ${VALUES_MAX} texts or numbers.`,
  none_of: `Give a list of 1 to ${VALUES_MAX} texts or numbers.`,
  contains: 'Give a text, a number, true or false.',
  not_contains: 'Give a text, a number, true or false.',
  starts_with: 'Give a text.',
  ends_with: 'Give a text.',
  over: 'Give a number without quotes: a text is never compared with a number.',
  at_least: 'Give a number without quotes: a text is never compared with a number.',
  under: 'Give a number without quotes: a text is never compared with a number.',
  at_most: 'Give a number without quotes: a text is never compared with a number.',
  before: 'Give a date: 2026-03-12 or 2026-03-12T10:30:00Z.',
  after: 'Give a date: 2026-03-12 or 2026-03-12T10:30:00Z.',
};

const UTC = compileZone('UTC')!;

function isFit(op: Exclude<Comparison, 'known' | 'unknown'>, value: unknown): value is Json {
  switch (op) {
    case 'is':
    case 'is_not':
    case 'contains':
    case 'not_contains':
      return isScalar(value);
    case 'one_of':
    case 'none_of':
      return Array.isArray(value) && value.length > 0 && value.length <= VALUES_MAX && value.every(isScalar);
    case 'starts_with':
    case 'ends_with':
      return typeof value === 'string' && value !== '' && value.length <= TEXT_CHARS_MAX;
    case 'over':
    case 'at_least':
    case 'under':
    case 'at_most':
      return typeof value === 'number' && Number.isFinite(value);
    case 'before':
    case 'after':
      return typeof value === 'string' && parseDateText(value, UTC) !== null;
  }
}

function isScalar(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= TEXT_CHARS_MAX;
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}

/** An absent window is all time. */
function readWindow(reader: Reader, json: Fields, path: string, known: Known): { window?: Window } | null {
  const { window } = json;
  const at = `${path}/window`;
  if (window === undefined) return {};
  if (!isRecord(window) || 'last' in window === 'since' in window) {
    reader.problem(
      'wrong_type',
      at,
      `"window" is ${shown(window)}.`,
      'Send {"last": "P30D"} or {"since": {"kind": "last_order"}}, or leave it out for all time.',
    );
    return null;
  }
  reader.noOtherKeys(window, ['last', 'since'], at);
  if ('last' in window) {
    const last = reader.duration(window, 'last', at);
    return last === null ? null : { window: { last } };
  }
  const since = readAnchor(reader, window['since'], `${at}/since`, known);
  return since === null ? null : { window: { since } };
}

function readAnchor(reader: Reader, json: unknown, path: string, known: Known): Anchor | null {
  if (!isRecord(json)) {
    reader.problem(
      'wrong_type',
      path,
      `"since" is ${shown(json)}.`,
      'Send {"kind": "last_order"}, {"kind": "run"}, {"kind": "episode"} or {"kind": "stage", "model": …}.',
    );
    return null;
  }
  const kind = reader.oneOf(json, 'kind', path, ['run', 'episode', 'last_order', 'stage'] as const);
  if (kind === null) return null;
  reader.noOtherKeys(json, kind === 'stage' ? ['kind', 'model'] : ['kind'], path);
  if (kind !== 'stage') return { kind };
  const model = reader.known(json, 'model', path, new Set(known.models.keys()), 'lifecycle model');
  return model === null ? null : { kind, model };
}

/** A window of whole local days. */
function readDayWindow(reader: Reader, json: Fields, path: string): IsoDuration | null {
  const { window } = json;
  const at = `${path}/window`;
  const hint = `Send {"last": "P30D"}: 1 to ${KEPT_MAX} whole days.`;
  if (!isRecord(window)) {
    reader.problem('wrong_type', at, `"window" is ${shown(window)}.`, hint);
    return null;
  }
  reader.noOtherKeys(window, ['last'], at);
  const last = reader.duration(window, 'last', at);
  if (last === null) return null;
  const days = (parseDuration(last) ?? 0) / DAY_MS;
  if (Number.isInteger(days) && days <= KEPT_MAX) return last;
  reader.problem('out_of_range', `${at}/last`, `"last" is ${last}.`, hint);
  return null;
}

function readTrend(
  reader: Reader,
  json: Fields,
  path: string,
): { days: number; op: 'under' | 'over'; share: number } | null {
  const days = readWhole(reader, json, 'days', path, { min: 1, max: KEPT_MAX / 2 });
  const op = reader.oneOf(json, 'op', path, TREND_OPS);
  const share = readNumber(reader, json, 'share', path, { above: 0, max: 1_000 });
  return days === null || op === null || share === null ? null : { days, op, share };
}

function readAmount(reader: Reader, json: Fields, path: string): Amount | null {
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

function readStages(
  reader: Reader,
  json: Fields,
  path: string,
  model: string,
  stages: ReadonlySet<string> | undefined,
): string | readonly string[] | null {
  const { stage } = json;
  const at = `${path}/stage`;
  const named =
    typeof stage === 'string' ? [stage] : readTexts(reader, stage, at, { what: 'stages', max: NAMES_MAX });
  if (named === null || stages === undefined) return null;
  let isKnown = true;
  for (const key of named) {
    if (stages.has(key)) continue;
    isKnown = false;
    const hint = nearestOrAll(key, [...stages]);
    reader.problem('not_found', at, `There is no stage "${key.slice(0, 80)}" of "${model}".`, hint);
  }
  return isKnown ? (typeof stage === 'string' ? stage : named) : null;
}

function readTopic(reader: Reader, json: Fields, path: string, known: Known): string | null | undefined {
  if (json['topic'] === undefined) return undefined;
  if (known.topics === undefined) return reader.text(json, 'topic', path, 64);
  return reader.known(json, 'topic', path, known.topics, 'topic');
}

function readTexts(
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

function readWhole(
  reader: Reader,
  json: Fields,
  key: string,
  path: string,
  bounds: { readonly min: number; readonly max: number },
): number | null {
  const value = json[key];
  if (typeof value === 'number' && Number.isInteger(value) && value >= bounds.min && value <= bounds.max)
    return value;
  const what = value === undefined ? 'is missing' : `is ${shown(value)}`;
  reader.problem(
    'out_of_range',
    `${path}/${key}`,
    `"${key}" ${what}.`,
    `Give a whole number from ${bounds.min} to ${bounds.max}.`,
  );
  return null;
}

/** An object with the key, or without it when it was absent; null with a problem. */
function readOptionalWhole<const K extends string>(
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

function readNumber(
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
