// Rule JSON from outside into a rule that may be compiled: all problems at once, each with its place and a way out.
// Nothing unknown gets through, nothing is guessed.
import { isRecord, Reader, shown } from '../lib/reader.ts';
import { findContradictions } from './contradiction.ts';
import { AMOUNT_READERS, AMOUNT_RULE_KEYS } from './parse-amounts.ts';
import { readComparison } from './parse-comparison.ts';
import type { Known } from './parse-parts.ts';
import {
  COUNT_MAX,
  COUNT_OPS,
  KEPT_MAX,
  readJourney,
  readNamed,
  readSegment,
  readNumber,
  readPath,
  readSaid,
  readSelector,
  readTexts,
  readTopic,
  readWhole,
  SELECTOR_KEYS,
} from './parse-parts.ts';
import { EVENT_KEYS, EVENT_READERS } from './parse-events.ts';
import { FACT_KEYS, FACT_READERS } from './parse-facts.ts';
import { LOYALTY_KEYS, LOYALTY_READERS } from './parse-loyalty.ts';
import { PREDICTION_KEYS, PREDICTION_READERS } from './parse-predictions.ts';
import { readWindow } from './parse-window.ts';
import { isCalendar } from './periods.ts';
import type { Parsed, Rule, Selector, Window } from './rule.ts';

export type { Known } from './parse-parts.ts';

export const DEPTH_MAX = 20;
export const RULES_MAX = 300;

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

/** Each kind and the keys it has besides `kind`. */
const KEYS: { readonly [kind in Rule['kind']]: readonly string[] } = {
  all: ['rules'],
  any: ['rules'],
  not: ['rule'],
  trait: ['path', 'op', 'value', 'said_by', 'said_within'],
  identity: ['has'],
  count: [...SELECTOR_KEYS, 'window', 'op', 'n'],
  days: [...SELECTOR_KEYS, 'window', 'op', 'n'],
  ...AMOUNT_RULE_KEYS,
  ...EVENT_KEYS,
  ...FACT_KEYS,
  ...PREDICTION_KEYS,
  ...LOYALTY_KEYS,
  orders: ['op', 'n'],
  order_span: ['at_least'],
  last_order: ['within'],
  stage: ['model', 'stage', 'for'],
  segment: ['segment'],
  consent: ['channel', 'topic'],
  episode: ['op', 'n'],
  in_journey: ['journey'],
  share: ['of', 'salt'],
};

export const KINDS = Object.keys(KEYS) as Rule['kind'][];

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
    const said = readSaid(reader, json, path);
    return trait === null || compared === null || said === null
      ? null
      : { kind: 'trait', path: trait, ...compared, ...said };
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
      ...(isCounted(window?.window) ? { max: COUNT_MAX } : { max: KEPT_MAX, more: KEPT_HINT }),
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
  ...AMOUNT_READERS,
  ...EVENT_READERS,
  ...FACT_READERS,
  ...PREDICTION_READERS,
  ...LOYALTY_READERS,
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
  stage: ({ reader, known }, json, path) => {
    const model = reader.known(json, 'model', path, new Set(known.models.keys()), 'lifecycle model');
    const stages = model === null ? undefined : known.models.get(model);
    const stage = readNamed(reader, json, path, {
      field: 'stage',
      one: 'stage',
      of: model ?? '',
      known: stages,
    });
    const least = json['for'] === undefined ? undefined : reader.duration(json, 'for', path);
    if (model === null || stage === null || least === null) return null;
    return { kind: 'stage', model, stage, ...(least === undefined ? {} : { for: least }) };
  },
  segment: ({ reader, known }, json, path) => {
    const segment = readSegment(reader, known, json, path);
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
  in_journey: (context, json, path) => {
    const journey = readJourney(context, json, path);
    return journey === null ? null : { kind: 'in_journey', journey };
  },
  share: ({ reader }, json, path) => {
    const of = readNumber(reader, json, 'of', path, { min: 0, max: 1 });
    const salt = reader.text(json, 'salt', path, 200);
    return of === null || salt === null ? null : { kind: 'share', of, salt };
  },
};

const KEPT_HINT =
  'Rolling windows remember times one by one; calendar periods such as {"this": "month"} only count.';

/** All time and calendar periods are counted; what happened since an instant is remembered one by one. */
function isCounted(window: Window | undefined): boolean {
  return window === undefined || isCalendar(window);
}

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
