// What was learnt of everyone's rhythm, as a part of the program: a purchase model in days, thresholds per speed group and
// budget, and what to fall back on. Parsed at the door, trusted inside; only a fit makes one.
import type { Instant } from '../lib/instant.ts';
import { isRecord, Reader, shown } from '../lib/reader.ts';
import type { Parsed } from '../rules/rule.ts';
import { REGULARITY_MAX } from './fit-counting.ts';
import type { PurchaseModel } from './purchase-model.ts';
import type { SpendingModel } from './spending.ts';

/** Who came once; and thirds of all others, by the gap that is expected of someone as long as they are still a customer. */
export const SPEED_GROUPS = ['new', 'fast', 'middle', 'slow'] as const;
export type SpeedGroup = (typeof SPEED_GROUPS)[number];

/** Of the silences that end by themselves, one in so many may be called unusual. */
export const BUDGETS = [3, 10] as const;
export type Budget = (typeof BUDGETS)[number];

export const VERDICTS = ['fits', 'degenerate', 'not_converged', 'too_little'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Per group the chance, 0 to 1, to stay silent so long while still with us at which silence is unusual: near 1/3 and 1/10 where the model is right. */
export type Thresholds = { readonly [group in SpeedGroup]: number };

export interface RhythmParameters {
  readonly verdict: Verdict;
  /** In days; null unless it fits. */
  readonly model: PurchaseModel | null;
  /** Expected gaps in days up to which someone is fast, and middle. */
  readonly groups: readonly [number, number];
  readonly thresholds: { readonly one_in_3: Thresholds; readonly one_in_10: Thresholds };
  /** The gap in days that so many of everyone's gaps stay within; null: nobody came twice. */
  readonly pooled_gap_days: { readonly one_in_3: number | null; readonly one_in_10: number | null };
}

export interface Prediction {
  readonly fitted_at: Instant;
  readonly purchases: RhythmParameters;
  readonly visits: RhythmParameters | null;
  /** Per order, in minor units of the workspace's currency; null: too little, or all alike. */
  readonly spending: SpendingModel | null;
}

export function budgetKey(budget: Budget): 'one_in_3' | 'one_in_10' {
  return budget === 3 ? 'one_in_3' : 'one_in_10';
}

/** A stored or sent prediction: every problem at once; nothing that is not a finite number gets through. */
export function parsePrediction(json: unknown, path = ''): Parsed<Prediction> {
  const reader = new Reader();
  const prediction = readPrediction(reader, json, path);
  return reader.problems.length > 0 || prediction === null
    ? { ok: false, problems: reader.problems }
    : { ok: true, value: prediction };
}

type Fields = { readonly [key: string]: unknown };

function readPrediction(reader: Reader, json: unknown, path: string): Prediction | null {
  const fields = readObject(reader, json, path, ['fitted_at', 'purchases', 'visits', 'spending']);
  if (fields === null) return null;
  const fittedAt = number(reader, fields, 'fitted_at', path, { min: 0, max: 8.64e15 });
  const purchases = readRhythm(reader, fields['purchases'], `${path}/purchases`);
  const visits =
    fields['visits'] === null ? undefined : readRhythm(reader, fields['visits'], `${path}/visits`);
  const spending =
    fields['spending'] === null ? undefined : readSpending(reader, fields['spending'], `${path}/spending`);
  if (fittedAt === null || purchases === null || visits === null || spending === null) return null;
  return { fitted_at: fittedAt, purchases, visits: visits ?? null, spending: spending ?? null };
}

function readRhythm(reader: Reader, json: unknown, path: string): RhythmParameters | null {
  const keys = ['verdict', 'model', 'groups', 'thresholds', 'pooled_gap_days'];
  const fields = readObject(reader, json, path, keys);
  if (fields === null) return null;
  const verdict = reader.oneOf(fields, 'verdict', path, VERDICTS);
  const model = fields['model'] === null ? undefined : readModel(reader, fields['model'], `${path}/model`);
  const groups = readGroups(reader, fields['groups'], `${path}/groups`);
  const thresholds = readBudgets(reader, fields['thresholds'], `${path}/thresholds`, readThresholds);
  const pooled = readBudgets(reader, fields['pooled_gap_days'], `${path}/pooled_gap_days`, readGap);
  if (verdict === null || model === null || groups === null || thresholds === null || pooled === null)
    return null;
  if ((verdict === 'fits') !== (model !== undefined)) {
    reader.problem(
      'contradiction',
      `${path}/model`,
      `The verdict is "${verdict}", and there is ${model === undefined ? 'no model' : 'a model'}.`,
      'A model stands exactly where it fits.',
    );
    return null;
  }
  const pooledGaps = { one_in_3: pooled.one_in_3 ?? null, one_in_10: pooled.one_in_10 ?? null };
  return { verdict, model: model ?? null, groups, thresholds, pooled_gap_days: pooledGaps };
}

/** Pareto/NBD is told by its `s`; the models that count need not be told apart from each other. */
function readModel(reader: Reader, json: unknown, path: string): PurchaseModel | null {
  const isPareto = isRecord(json) && 's' in json;
  const [lossKey, keptKey] = isPareto ? (['s', 'beta'] as const) : (['a', 'b'] as const);
  const keys = ['k', 'r', 'alpha', lossKey, keptKey];
  const fields = readObject(reader, json, path, isPareto ? keys : [...keys, 'modified']);
  if (fields === null) return null;
  const k = number(reader, fields, 'k', path, { min: 1, max: isPareto ? 1 : REGULARITY_MAX });
  const modified = isPareto ? null : (reader.optionalBoolean(fields, 'modified', path) ?? false);
  const r = number(reader, fields, 'r', path, PARAMETER);
  const alpha = number(reader, fields, 'alpha', path, PARAMETER);
  const loss = number(reader, fields, lossKey, path, PARAMETER);
  const kept = number(reader, fields, keptKey, path, PARAMETER);
  if (k === null || r === null || alpha === null || loss === null || kept === null) return null;
  if (!Number.isInteger(k)) {
    reader.problem('wrong_type', `${path}/k`, `"k" is ${k}.`, 'Regularity is a whole number.');
    return null;
  }
  return modified === null
    ? { k: 1, r, alpha, s: loss, beta: kept }
    : { k, modified, r, alpha, a: loss, b: kept };
}

function readSpending(reader: Reader, json: unknown, path: string): SpendingModel | null {
  const fields = readObject(reader, json, path, ['p', 'q', 'v']);
  if (fields === null) return null;
  const p = number(reader, fields, 'p', path, PARAMETER);
  const q = number(reader, fields, 'q', path, PARAMETER);
  const v = number(reader, fields, 'v', path, { min: PARAMETER.min, max: 1e15 });
  return p === null || q === null || v === null ? null : { p, q, v };
}

function readThresholds(reader: Reader, json: unknown, path: string): Thresholds | null {
  const fields = readObject(reader, json, path, SPEED_GROUPS);
  if (fields === null) return null;
  const once = number(reader, fields, 'new', path, SHARE);
  const fast = number(reader, fields, 'fast', path, SHARE);
  const middle = number(reader, fields, 'middle', path, SHARE);
  const slow = number(reader, fields, 'slow', path, SHARE);
  return once === null || fast === null || middle === null || slow === null
    ? null
    : { new: once, fast, middle, slow };
}

function readGap(reader: Reader, json: unknown, path: string): number | null | undefined {
  if (json === null) return undefined;
  if (typeof json === 'number' && json >= 0 && json <= GAP_DAYS_MAX) return json;
  reader.problem('out_of_range', path, `It is ${shown(json)}.`, 'Give days, or null.');
  return null;
}

function readGroups(reader: Reader, json: unknown, path: string): readonly [number, number] | null {
  if (Array.isArray(json) && json.length === 2) {
    const [fast, middle]: readonly unknown[] = json;
    const inOrder = typeof fast === 'number' && typeof middle === 'number' && fast >= 0 && fast <= middle;
    if (inOrder && middle <= GAP_DAYS_MAX) return [fast, middle];
  }
  reader.problem('wrong_type', path, `Groups are ${shown(json)}.`, 'Send two gaps in days, ascending.');
  return null;
}

function readBudgets<T>(
  reader: Reader,
  json: unknown,
  path: string,
  read: (reader: Reader, json: unknown, path: string) => T | null,
): { readonly one_in_3: T; readonly one_in_10: T } | null {
  const fields = readObject(reader, json, path, ['one_in_3', 'one_in_10']);
  if (fields === null) return null;
  const third = read(reader, fields['one_in_3'], `${path}/one_in_3`);
  const tenth = read(reader, fields['one_in_10'], `${path}/one_in_10`);
  return third === null || tenth === null ? null : { one_in_3: third, one_in_10: tenth };
}

/** Above zero, and not so far out that logarithms of gamma functions lose their digits. */
const PARAMETER = { min: 1e-9, max: 1e9 };
const SHARE = { min: 0, max: 1 };
const GAP_DAYS_MAX = 36_500;

function number(
  reader: Reader,
  fields: Fields,
  key: string,
  path: string,
  bounds: { readonly min: number; readonly max: number },
): number | null {
  const value = fields[key];
  if (value !== undefined && value !== null) return reader.optionalNumber(fields, key, path, bounds) ?? null;
  reader.problem(
    'wrong_type',
    `${path}/${key}`,
    `"${key}" is ${shown(value)}.`,
    `Use a number from ${bounds.min} to ${bounds.max}.`,
  );
  return null;
}

function readObject(reader: Reader, json: unknown, path: string, keys: readonly string[]): Fields | null {
  if (!isRecord(json)) {
    reader.problem('wrong_type', path, `It is ${shown(json)}, not an object.`, `Send ${keys.join(', ')}.`);
    return null;
  }
  reader.noOtherKeys(json, keys, path);
  return json;
}
