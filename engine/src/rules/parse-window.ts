// Reads windows of time from outside: rolling, since an anchor, calendar periods. Amounts take whole days or hours only,
// because memory keeps them by days, hours and months.
import { PERIODS } from '../lib/calendar.ts';
import { isInHours, parseDuration } from '../lib/duration.ts';
import { DAY_MS, HOUR_MS } from '../lib/instant.ts';
import type { Reader } from '../lib/reader.ts';
import { isRecord, shown } from '../lib/reader.ts';
import { HOURS_MAX } from '../memory/units.ts';
import type { Known } from './parse-parts.ts';
import { KEPT_MAX } from './parse-parts.ts';
import type { Anchor, Window } from './rule.ts';

const WINDOW_KEYS = ['last', 'since', 'this', 'previous'] as const;

type Fields = { readonly [key: string]: unknown };

/** An absent window is all time. */
export function readWindow(
  reader: Reader,
  json: Fields,
  path: string,
  known: Known,
): { window?: Window } | null {
  const { window } = json;
  const at = `${path}/window`;
  if (window === undefined) return {};
  const keys = isRecord(window) ? WINDOW_KEYS.filter((key) => key in window) : [];
  const [key] = keys;
  if (!isRecord(window) || key === undefined || keys.length > 1) {
    reader.problem(
      'wrong_type',
      at,
      `"window" is ${keys.length > 1 ? `both "${keys.join('" and "')}"` : shown(window)}.`,
      'Send {"last": "P30D"}, {"since": {"kind": "last_order"}}, {"this": "month"} or {"previous": "month"}, or leave it out for all time.',
    );
    return null;
  }
  reader.noOtherKeys(window, WINDOW_KEYS, at);
  switch (key) {
    case 'last': {
      const last = reader.duration(window, 'last', at);
      return last === null ? null : { window: { last } };
    }
    case 'since': {
      const since = readAnchor(reader, window['since'], `${at}/since`, known);
      return since === null ? null : { window: { since } };
    }
    case 'this': {
      const period = reader.oneOf(window, 'this', at, PERIODS);
      return period === null ? null : { window: { this: period } };
    }
    case 'previous': {
      const period = reader.oneOf(window, 'previous', at, PERIODS);
      return period === null ? null : { window: { previous: period } };
    }
  }
}

/** A window for amounts: rolling ones are whole days or whole hours. */
export function readAmountWindow(
  reader: Reader,
  json: Fields,
  path: string,
  known: Known,
): { window?: Window } | null {
  const read = readWindow(reader, json, path, known);
  if (read?.window === undefined || !('last' in read.window)) return read;

  const { last } = read.window;
  const ms = parseDuration(last) ?? 0;
  const [n, max] = isInHours(last) ? [ms / HOUR_MS, HOURS_MAX] : [ms / DAY_MS, KEPT_MAX];
  if (Number.isInteger(n) && n <= max) return read;
  reader.problem(
    'out_of_range',
    `${path}/window/last`,
    `"last" is ${last}; amounts are kept by the day for ${KEPT_MAX} days and by the hour for ${HOURS_MAX} hours.`,
    `Give 1 to ${KEPT_MAX} whole days (P30D) or 1 to ${HOURS_MAX} whole hours (PT6H), {"previous": "year"} for a longer period, or no window for all time.`,
  );
  return null;
}

export function readAnchor(reader: Reader, json: unknown, path: string, known: Known): Anchor | null {
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
