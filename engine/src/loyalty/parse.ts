// Loyalty programme JSON from outside: all problems at once, each with its place and a way out.
import type { EarningRule, Expiry, ProgrammeDefinition, TierDefinition } from '../definition.ts';
import { PERIODS } from '../lib/calendar.ts';
import { parseDateText } from '../lib/date-text.ts';
import { parseDecimal } from '../lib/decimal.ts';
import { isRecord, Reader, shown } from '../lib/reader.ts';
import { compileZone } from '../lib/zone.ts';
import { parseRule } from '../rules/parse.ts';
import type { Known } from '../rules/parse.ts';
import { readSelector, readWhole, SELECTOR_KEYS } from '../rules/parse-parts.ts';
import type { Amount, Parsed } from '../rules/rule.ts';

export const EARN_MAX = 20;
export const TIERS_MAX = 8;
const CAP_MAX = 1_000;

type Fields = { readonly [key: string]: unknown };

export function parseProgramme(json: unknown, known: Known, path = ''): Parsed<ProgrammeDefinition> {
  const reader = new Reader();
  if (!isRecord(json)) {
    reader.problem(
      'wrong_type',
      path,
      'A loyalty programme is an object.',
      'Send {"key", "name", "earn": […]}.',
    );
    return { ok: false, problems: reader.problems };
  }
  reader.noOtherKeys(
    json,
    ['key', 'name', 'unit', 'counts_from', 'earn', 'expiry', 'tiers', 'keep_tier_for'],
    path,
  );
  const key = reader.ownKey(json, path);
  const name = reader.text(json, 'name', path, 80);
  const unit = readUnit(reader, json, path);
  const countsFrom = readInstant(reader, json, path);
  const own = { ...known, programmes: withOwn(known, key, json['tiers']) };
  const earn = readList(
    reader,
    json,
    path,
    { field: 'earn', min: 1, max: EARN_MAX, one: 'earning rule' },
    (each, at) => readEarning(reader, each, own, at),
  );
  const tiers = readList(
    reader,
    { tiers: [], ...json },
    path,
    { field: 'tiers', min: 0, max: TIERS_MAX, one: 'tier' },
    (each, at) => readTier(reader, each, own, at),
  );
  const expiry =
    json['expiry'] === undefined ? undefined : readExpiry(reader, json['expiry'], `${path}/expiry`);
  const keep = json['keep_tier_for'] === undefined ? undefined : reader.duration(json, 'keep_tier_for', path);
  if (reader.problems.length > 0 || key === null || name === null || unit === null || countsFrom === null)
    return { ok: false, problems: reader.problems };
  return {
    ok: true,
    value: {
      key,
      name,
      unit,
      counts_from: countsFrom,
      earn,
      ...(expiry === undefined || expiry === null ? {} : { expiry }),
      tiers,
      ...(keep === undefined || keep === null ? {} : { keep_tier_for: keep }),
    },
  };
}

/** Its own tiers may be asked for by what earns: gold earns double. */
function withOwn(known: Known, key: string | null, tiers: unknown): NonNullable<Known['programmes']> {
  const keys = Array.isArray(tiers)
    ? tiers.flatMap((each: unknown) =>
        isRecord(each) && typeof each['key'] === 'string' ? [each['key']] : [],
      )
    : [];
  return key === null
    ? (known.programmes ?? new Map())
    : new Map([...(known.programmes ?? []), [key, new Set(keys)] as const]);
}

function readUnit(reader: Reader, json: Fields, path: string): ProgrammeDefinition['unit'] | null {
  const unit = json['unit'];
  if (unit === undefined) return { one: 'point', many: 'points' };
  const at = `${path}/unit`;
  if (!isRecord(unit)) {
    reader.problem('wrong_type', at, `"unit" is ${shown(unit)}.`, 'Send {"one": "star", "many": "stars"}.');
    return null;
  }
  reader.noOtherKeys(unit, ['one', 'many'], at);
  const one = reader.text(unit, 'one', at, 30);
  const many = reader.text(unit, 'many', at, 30);
  return one === null || many === null ? null : { one, many };
}

function readInstant(reader: Reader, json: Fields, path: string): string | null {
  const text = reader.text(json, 'counts_from', path, 40);
  if (text === null) return null;
  if (parseDateText(text, compileZone('UTC')!) !== null) return text;
  reader.problem(
    'wrong_type',
    `${path}/counts_from`,
    `"counts_from" is ${shown(text)}, no date.`,
    'Send a day or an instant: 2026-03-01 or 2026-03-01T00:00:00Z.',
  );
  return null;
}

function readList<T extends { readonly key: string }>(
  reader: Reader,
  json: Fields,
  path: string,
  of: { readonly field: string; readonly min: number; readonly max: number; readonly one: string },
  read: (json: Fields, path: string) => T | null,
): readonly T[] {
  const list = json[of.field];
  const at = `${path}/${of.field}`;
  if (!Array.isArray(list) || list.length < of.min || list.length > of.max) {
    const what = Array.isArray(list)
      ? `has ${list.length} of them`
      : list === undefined
        ? 'is missing'
        : `is ${shown(list)}`;
    reader.problem('wrong_type', at, `"${of.field}" ${what}.`, `List ${of.min} to ${of.max} ${of.one}s.`);
    return [];
  }
  const found: T[] = [];
  list.forEach((each: unknown, i) => {
    if (!isRecord(each)) {
      reader.problem('wrong_type', `${at}/${i}`, `A ${of.one} is ${shown(each)}.`, 'Send an object.');
      return;
    }
    const item = read(each, `${at}/${i}`);
    if (item === null) return;
    if (found.some((other) => other.key === item.key))
      reader.problem(
        'duplicate',
        `${at}/${i}/key`,
        `Two of them are called "${item.key}".`,
        'Give each its own key.',
      );
    found.push(item);
  });
  return found;
}

function readEarning(reader: Reader, json: Fields, known: Known, path: string): EarningRule | null {
  const kind = reader.oneOf(json, 'kind', path, ['spend', 'event'] as const);
  const key = reader.ownKey(json, path);
  const points = readWhole(reader, json, 'points', path, { min: 1, max: 1_000_000 });
  const who = json['who'] === undefined ? {} : readWho(reader, json, known, path);
  if (kind === 'spend') {
    reader.noOtherKeys(json, ['kind', 'key', 'points', 'per', 'rounding', 'who'], path);
    const per = readPer(reader, json, path);
    const rounding =
      json['rounding'] === undefined
        ? 'down'
        : reader.oneOf(json, 'rounding', path, ['down', 'nearest', 'up'] as const);
    if (key === null || points === null || per === null || rounding === null || who === null) return null;
    return { kind, key, points, per, rounding, ...who };
  }
  if (kind === null) return null;
  reader.noOtherKeys(json, ['kind', 'key', 'points', 'cap', 'who', ...SELECTOR_KEYS], path);
  const selector = readSelector(reader, json, path);
  const cap = json['cap'] === undefined ? {} : readCap(reader, json['cap'], `${path}/cap`);
  if (key === null || points === null || selector === null || cap === null || who === null) return null;
  return { kind, key, ...selector, points, ...cap, ...who };
}

function readWho(reader: Reader, json: Fields, known: Known, path: string): Pick<EarningRule, 'who'> | null {
  const who = reader.take(parseRule(json['who'], known, `${path}/who`));
  return who === undefined ? null : { who };
}

function readPer(reader: Reader, json: Fields, path: string): Amount | null {
  const { per } = json;
  const amount = typeof per === 'number' || typeof per === 'string' ? parseDecimal(per) : null;
  if ((typeof per === 'number' || typeof per === 'string') && amount !== null && amount.units > 0n)
    return per;
  reader.problem(
    'wrong_type',
    `${path}/per`,
    `"per" is ${shown(per)}.`,
    'Give the money above 0 that earns the points: 1, or "0.50".',
  );
  return null;
}

function readCap(
  reader: Reader,
  json: unknown,
  path: string,
): { cap: NonNullable<(EarningRule & { kind: 'event' })['cap']> } | null {
  if (!isRecord(json)) {
    reader.problem('wrong_type', path, `"cap" is ${shown(json)}.`, 'Send {"times": 1, "per": "day"}.');
    return null;
  }
  reader.noOtherKeys(json, ['times', 'per'], path);
  const times = readWhole(reader, json, 'times', path, { min: 1, max: CAP_MAX });
  const per = reader.oneOf(json, 'per', path, PERIODS);
  return times === null || per === null ? null : { cap: { times, per } };
}

function readTier(reader: Reader, json: Fields, known: Known, path: string): TierDefinition | null {
  reader.noOtherKeys(json, ['key', 'name', 'rule'], path);
  const key = reader.ownKey(json, path);
  const name = reader.text(json, 'name', path, 80);
  const rule = reader.take(parseRule(json['rule'], known, `${path}/rule`));
  return key === null || name === null || rule === undefined ? null : { key, name, rule };
}

function readExpiry(reader: Reader, json: unknown, path: string): Expiry | null {
  if (!isRecord(json)) {
    reader.problem(
      'wrong_type',
      path,
      `"expiry" is ${shown(json)}.`,
      'Send {"kind": "inactivity", "after": "P365D"} or {"kind": "earned", "after": "P365D"}; leave it out where points stay.',
    );
    return null;
  }
  reader.noOtherKeys(json, ['kind', 'after'], path);
  const kind = reader.oneOf(json, 'kind', path, ['inactivity', 'earned'] as const);
  const after = reader.duration(json, 'after', path);
  return kind === null || after === null ? null : { kind, after };
}
