// Reads the rules about a loyalty programme: its tiers and points.
import { isInHours } from '../lib/duration.ts';
import type { Reader } from '../lib/reader.ts';
import type { LeafContext, ReadLeaf } from './parse-parts.ts';
import { AMOUNT_OPS, readNamed, readWhole } from './parse-parts.ts';
import { readAmountWindow } from './parse-window.ts';
import type { PointsWindow } from './rule.ts';

type LoyaltyKind = 'tier' | 'points';
type Fields = { readonly [key: string]: unknown };

/** Beyond this numbers stop being exact. */
const POINTS_ASKED_MAX = 1_000_000_000_000;

export const LOYALTY_KEYS: { readonly [kind in LoyaltyKind]: readonly string[] } = {
  tier: ['programme', 'tier', 'for'],
  points: ['programme', 'of', 'within', 'window', 'op', 'value'],
};

export const LOYALTY_READERS: { readonly [kind in LoyaltyKind]: ReadLeaf } = {
  tier: (context, json, path) => {
    const { reader, known } = context;
    const programme = readProgramme(context, json, path);
    const tiers = programme === null ? undefined : known.programmes?.get(programme);
    const tier = readNamed(reader, json, path, {
      field: 'tier',
      one: 'tier',
      of: programme ?? '',
      known: tiers,
    });
    const least = json['for'] === undefined ? undefined : reader.duration(json, 'for', path);
    if (programme === null || tier === null || least === null) return null;
    return { kind: 'tier', programme, tier, ...(least === undefined ? {} : { for: least }) };
  },
  points: (context, json, path) => {
    const { reader } = context;
    const programme = readProgramme(context, json, path);
    const of = reader.oneOf(json, 'of', path, ['balance', 'owed', 'expiring', 'earned'] as const);
    const op = reader.oneOf(json, 'op', path, AMOUNT_OPS);
    const value = readWhole(reader, json, 'value', path, { min: 0, max: POINTS_ASKED_MAX });
    const within = readWithin(reader, json, path, of);
    const window = readPointsWindow(context, json, path, of);
    if (programme === null || of === null || op === null || value === null) return null;
    if (within === null || window === null) return null;
    return { kind: 'points', programme, of, ...within, ...window, op, value };
  },
};

function readProgramme({ reader, known }: LeafContext, json: Fields, path: string): string | null {
  return reader.known(json, 'programme', path, new Set(known.programmes?.keys()), 'loyalty programme');
}

function readWithin(
  reader: Reader,
  json: Fields,
  path: string,
  of: string | null,
): { within?: string } | null {
  if (of === 'expiring') {
    const within = reader.duration(json, 'within', path);
    return within === null ? null : { within };
  }
  return isAbsent(reader, json, path, 'within', 'Only of what is "expiring" it is asked how soon.')
    ? {}
    : null;
}

function readPointsWindow(
  { reader, known }: LeafContext,
  json: Fields,
  path: string,
  of: string | null,
): { window?: PointsWindow } | null {
  if (of !== 'earned')
    return isAbsent(reader, json, path, 'window', 'Only of what was "earned" it is asked when.') ? {} : null;
  const read = readAmountWindow(reader, json, path, known);
  if (read === null) return null;
  const { window } = read;
  if (window === undefined) return {};
  if (!('since' in window) && !('last' in window && isInHours(window.last))) return { window };
  reader.problem(
    'out_of_range',
    `${path}/window`,
    'Points are counted by whole days.',
    'Send {"last": "P365D"}, {"this": "year"} or {"previous": "year"}, or leave it out for all time.',
  );
  return null;
}

function isAbsent(reader: Reader, json: Fields, path: string, key: string, hint: string): boolean {
  if (json[key] === undefined) return true;
  reader.problem('unknown_key', `${path}/${key}`, `"${key}" has no place here.`, hint);
  return false;
}
