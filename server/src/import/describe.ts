// What an import recognised, as plain data for the API, the console and the command line. Snake case: it is wire.

import type { Check, CheckedPreview } from './check.ts';
import type { Evidence, Mapping } from './columns.ts';
import { formatName } from './dates.ts';
import { fitOf } from './fit.ts';
import type { Preview } from './import.ts';
import type { ImportItem } from './orders.ts';
import type { Notice, Problem } from './problem.ts';
import type { Sample } from './survey.ts';
import { delimiterName, type Column, type Table } from './table.ts';

export type PreviewView = {
  readonly readable: boolean;
  readonly kind: 'orders' | 'people' | null;
  readonly encoding: string | null;
  readonly delimiter: string | null;
  readonly header: boolean | null;
  readonly rows: number | null;
  /** The file is large: `rows` is what its size lets expect. */
  readonly rows_estimated: boolean;
  readonly date_format: string | null;
  readonly decimal: 'point' | 'comma' | null;
  readonly currency: string | null;
  readonly columns: readonly ColumnView[];
  readonly notices: readonly Notice[];
  readonly problems: readonly Problem[];
  /** The first rows as they will be read. */
  readonly items: readonly ItemView[];
  /** What a reading of the rows has met; null when the file cannot be read. */
  readonly check: CheckView | null;
};

export type ColumnView = {
  readonly number: number;
  readonly name: string;
  readonly role: string | null;
  /** How it came by its meaning; null without one. */
  readonly by: Evidence | null;
  /** Cells of the first rows that read as what the column means, of those that are filled; null where any text does. */
  readonly fit: { readonly cells: number; readonly of: number } | null;
  readonly samples: readonly string[];
};

export type CheckView = {
  readonly rows: number;
  readonly complete: boolean;
  readonly orders: number;
  readonly people: number;
  readonly people_with_email: number;
  readonly refused: number;
  readonly oldest_at: string | null;
  readonly newest_at: string | null;
  readonly reasons: readonly {
    readonly code: string;
    readonly reason: string;
    readonly hint: string;
    readonly rows: number;
  }[];
  readonly refused_items: readonly ItemView[];
};

export type ItemView = {
  readonly row: number;
  readonly kind: 'order' | 'person' | 'refused';
  readonly who: string | null;
  readonly at: string | null;
  readonly total: number | null;
  readonly currency: string | null;
  readonly events: readonly string[];
  readonly traits: Readonly<Record<string, string>>;
  readonly reason: string | null;
  readonly hint: string | null;
};

export function describePreview(preview: Preview | CheckedPreview): PreviewView {
  const { survey } = preview;
  const plan = survey.kind === 'ready' ? survey.plan : undefined;
  const table = survey.kind === 'ready' ? survey.plan.table : survey.table;
  const mapping = survey.kind === 'ready' ? survey.plan.mapping : survey.mapping;
  return {
    readable: survey.kind === 'ready',
    kind: mapping?.kind ?? null,
    encoding: plan?.encoding.label ?? null,
    delimiter: table === undefined ? null : delimiterName(table.dialect.delimiter),
    header: table?.header ?? null,
    rows: plan?.rows ?? null,
    rows_estimated: plan?.rowsEstimated ?? false,
    date_format: plan === undefined || plan.mapping.kind === 'people' ? null : formatName(plan.dateFormat),
    decimal: plan?.decimalMark ?? null,
    currency: plan?.currency.code ?? null,
    columns: columnsOf(table, mapping, survey.sample),
    notices: survey.notices,
    problems: survey.kind === 'refused' ? survey.problems : [],
    items: preview.items.map(describeItem),
    check: 'check' in preview && preview.check !== null ? describeCheck(preview.check) : null,
  };
}

function describeCheck(check: Check): CheckView {
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  return {
    rows: check.rows,
    complete: check.complete,
    orders: check.orders,
    people: check.people,
    people_with_email: check.peopleWithEmail,
    refused: check.refused,
    oldest_at: iso(check.oldestAt),
    newest_at: iso(check.newestAt),
    reasons: check.reasons.map(({ code, example, rows }) => ({
      code,
      reason: example.reason,
      hint: example.hint,
      rows,
    })),
    refused_items: check.refusedItems.map(describeItem),
  };
}

const samplesShown = 3;
const sampleChars = 60;

function columnsOf(
  table: Table | undefined,
  mapping: Mapping | undefined,
  sample: Sample,
): readonly ColumnView[] {
  const roles = new Map<number, string>();
  for (const [role, column] of Object.entries(mapping?.roles ?? {})) roles.set(column.index, role);
  for (const { trait, column } of mapping?.traits ?? []) roles.set(column.index, `traits.${trait}`);
  for (const { kind, column } of mapping?.identities ?? []) roles.set(column.index, `identity.${kind}`);
  const columns: readonly Column[] = table?.columns ?? [];
  return columns.map(({ index, name }) => {
    const role = roles.get(index) ?? null;
    const cells = sample.map((fields) => fields[index]?.trim() ?? '').filter((cell) => cell !== '');
    return {
      number: index + 1,
      name,
      role,
      by: role === null ? null : (mapping?.evidence.get(index) ?? null),
      fit: role === null ? null : fitOf(role, cells),
      samples: [...new Set(cells)].slice(0, samplesShown).map((cell) => cell.slice(0, sampleChars)),
    };
  });
}

function describeItem(item: ImportItem): ItemView {
  if (item.kind === 'refused') {
    return { ...EMPTY, row: item.row, kind: 'refused', reason: item.reason, hint: item.hint };
  }
  const who = item.identities.map(([kind, value]) => `${kind} ${value}`).join(', ');
  if (item.kind === 'person') return { ...EMPTY, row: item.row, kind: 'person', who, traits: item.traits };
  const [event] = item.events;
  const total = event?.properties['total'];
  const currency = event?.properties['currency'];
  return {
    ...EMPTY,
    row: item.row,
    kind: 'order',
    who,
    at: event === undefined ? null : new Date(event.at).toISOString(),
    total: typeof total === 'number' ? total : null,
    currency: typeof currency === 'string' ? currency : null,
    events: item.events.map(({ name }) => name),
    traits: item.traits,
  };
}

const EMPTY = {
  who: null,
  at: null,
  total: null,
  currency: null,
  events: [],
  traits: {},
  reason: null,
  hint: null,
} as const;
