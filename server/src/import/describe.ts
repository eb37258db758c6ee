// What an import recognised, as plain data for the API, the console and the command line. Snake case: it is wire.

import { formatName } from './dates.ts';
import type { Mapping } from './columns.ts';
import type { Preview } from './import.ts';
import type { ImportItem } from './orders.ts';
import type { Notice, Problem } from './problem.ts';
import { delimiterName, type Column, type Table } from './table.ts';

export type PreviewView = {
  readonly readable: boolean;
  readonly kind: 'orders' | 'people' | null;
  readonly encoding: string | null;
  readonly delimiter: string | null;
  readonly header: boolean | null;
  readonly rows: number | null;
  readonly date_format: string | null;
  readonly decimal: 'point' | 'comma' | null;
  readonly currency: string | null;
  readonly columns: readonly {
    readonly number: number;
    readonly name: string;
    readonly role: string | null;
  }[];
  readonly notices: readonly Notice[];
  readonly problems: readonly Problem[];
  /** The first rows as they will be read. */
  readonly items: readonly ItemView[];
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

export function describePreview(preview: Preview): PreviewView {
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
    date_format: plan === undefined || plan.mapping.kind === 'people' ? null : formatName(plan.dateFormat),
    decimal: plan?.decimalMark ?? null,
    currency: plan?.currency.code ?? null,
    columns: columnsOf(table, mapping),
    notices: survey.notices,
    problems: survey.kind === 'refused' ? survey.problems : [],
    items: preview.items.map(describeItem),
  };
}

function columnsOf(table: Table | undefined, mapping: Mapping | undefined): PreviewView['columns'] {
  const roles = new Map<number, string>();
  for (const [role, column] of Object.entries(mapping?.roles ?? {})) roles.set(column.index, role);
  for (const { trait, column } of mapping?.traits ?? []) roles.set(column.index, `traits.${trait}`);
  for (const { kind, column } of mapping?.identities ?? []) roles.set(column.index, `identity.${kind}`);
  const columns: readonly Column[] = table?.columns ?? [];
  return columns.map(({ index, name }) => ({ number: index + 1, name, role: roles.get(index) ?? null }));
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
