// Reads the rules about dates of a person and the account they belong to.
import type { Reader } from '../lib/reader.ts';
import { isRecord, shown } from '../lib/reader.ts';
import { readComparison } from './parse-comparison.ts';
import type { LeafContext, ReadLeaf } from './parse-parts.ts';
import { readPath, readWhole } from './parse-parts.ts';
import type { DateOf, DateSpan } from './rule.ts';

type FactKind = 'date' | 'anniversary' | 'account' | 'open_conversation';
type Fields = { readonly [key: string]: unknown };

/** Ten years and some days either way. */
const OFFSET_MAX = 3_660;
/** Half a year: further on the other anniversary is nearer. */
const ANNIVERSARY_OFFSET_MAX = 183;
/** Between two anniversaries some days must be left. */
const ANNIVERSARY_SPAN_MAX = 300;

export const FACT_KEYS: { readonly [kind in FactKind]: readonly string[] } = {
  date: ['of', 'from', 'to'],
  anniversary: ['of', 'from', 'to'],
  account: ['path', 'op', 'value'],
  open_conversation: [],
};

export const FACT_READERS: { readonly [kind in FactKind]: ReadLeaf } = {
  date: (context, json, path) => {
    const span = readSpan(context, json, path, OFFSET_MAX);
    return span === null ? null : { kind: 'date', ...span };
  },
  anniversary: (context, json, path) => {
    const span = readSpan(context, json, path, ANNIVERSARY_OFFSET_MAX);
    if (span === null) return null;
    if ((span.to ?? span.from) - span.from > ANNIVERSARY_SPAN_MAX) {
      context.reader.problem(
        'out_of_range',
        `${path}/to`,
        `From ${span.from} to ${span.to} is nearly the whole year.`,
        `Span at most ${ANNIVERSARY_SPAN_MAX} days.`,
      );
    }
    return { kind: 'anniversary', ...span };
  },
  account: ({ reader }, json, path) => {
    const trait = json['path'] === undefined ? undefined : readPath(reader, json, 'path', path);
    const compared = readComparison(reader, json, path);
    if (trait === null || compared === null) return null;
    return { kind: 'account', ...(trait === undefined ? {} : { path: trait }), ...compared };
  },
  open_conversation: () => ({ kind: 'open_conversation' }),
};

function readSpan({ reader }: LeafContext, json: Fields, path: string, max: number): DateSpan | null {
  const of = readDateOf(reader, json['of'], `${path}/of`);
  const from = readWhole(reader, json, 'from', path, { min: -max, max });
  const to = json['to'] === undefined ? undefined : readWhole(reader, json, 'to', path, { min: -max, max });
  if (of === null || from === null || to === null) return null;
  if (to !== undefined && to < from) {
    reader.problem(
      'contradiction',
      `${path}/to`,
      `"to" ${to} comes before "from" ${from}.`,
      'Days before the date are negative: from -14 to -7. Swap the two.',
    );
  }
  return { of, from, ...(to === undefined ? {} : { to }) };
}

function readDateOf(reader: Reader, json: unknown, path: string): DateOf | null {
  if (!isRecord(json)) {
    const what = json === undefined ? 'is missing' : `is ${shown(json)}`;
    reader.problem(
      'wrong_type',
      path,
      `"of" ${what}.`,
      'Send {"kind": "trait", "path": "birthday"}, {"kind": "first_order"}, {"kind": "last_order"} or {"kind": "first_seen"}.',
    );
    return null;
  }
  const kind = reader.oneOf(json, 'kind', path, [
    'trait',
    'first_order',
    'last_order',
    'first_seen',
  ] as const);
  if (kind === null) return null;
  reader.noOtherKeys(json, kind === 'trait' ? ['kind', 'path'] : ['kind'], path);
  if (kind !== 'trait') return { kind };
  const trait = readPath(reader, json, 'path', path);
  return trait === null ? null : { kind, path: trait };
}
