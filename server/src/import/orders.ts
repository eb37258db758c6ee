// Lines to orders, orders to events. Lines of one order must agree on buyer, date and total, or the whole order is
// refused: half an order is a wrong order. The ids made here let the same file be imported twice without effect.

import { createHmac } from 'node:crypto';
import { LIMITS } from './limits.ts';
import { currencyExponent, majorUnits } from './money.ts';
import { shown, type Refusal, type RefusalCode } from './problem.ts';
import type { OrderLine, PersonRow, Product } from './row.ts';
import type { ConsentSaid, Identity } from './values.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type ImportEvent = {
  /** The messageId: `import:order:<order id>` or a keyed hash of the row and its occurrence. */
  readonly id: string;
  readonly at: number;
  readonly name: 'Order Completed' | 'Order Refunded';
  readonly properties: { readonly [key: string]: Json };
};

type Place = { readonly row: number; readonly line: number };

export type ImportedOrder = Place & {
  readonly kind: 'order';
  readonly identities: readonly Identity[];
  readonly traits: Readonly<Record<string, string>>;
  readonly consent: ConsentSaid | undefined;
  /** The order, and its refund where it was refunded; in order of time. */
  readonly events: readonly ImportEvent[];
};

export type ImportedPerson = Place & {
  readonly kind: 'person';
  readonly id: string;
  readonly identities: readonly Identity[];
  readonly traits: Readonly<Record<string, string>>;
  readonly consent: ConsentSaid | undefined;
};

export type RefusedRow = Place & Refusal & { readonly kind: 'refused'; readonly raw: string };

export type ImportItem = ImportedOrder | ImportedPerson | RefusedRow;

export type PlacedLine = Place & { readonly raw: string; readonly value: OrderLine };

export type Ids = {
  readonly key: Uint8Array;
  /** How often this content was met in the file so far, this time included. */
  readonly occurrence: (hash: number) => number;
};

export function refusedRow(place: Place & { readonly raw: string }, refusal: Refusal): RefusedRow {
  const raw = place.raw.slice(0, LIMITS.rawCharsMax).toWellFormed();
  return { kind: 'refused', row: place.row, line: place.line, ...refusal, raw };
}

export function personFrom(place: Place, person: PersonRow, key: Uint8Array): ImportedPerson {
  const { identities, traits, consent } = person;
  const digest = keyedHash(key, ['person', identities, traits, consent ?? '']);
  return {
    kind: 'person',
    row: place.row,
    line: place.line,
    id: `import:person:${digest.toString('hex', 0, 16)}`,
    identities,
    traits,
    consent,
  };
}

/** A row that is an order of its own. */
export function orderFromRow(placed: PlacedLine, ids: Ids): ImportItem {
  const { value } = placed;
  const digest = keyedHash(ids.key, [
    'order',
    value.identities,
    value.at ?? 0,
    value.totalMinor ?? value.lineMinor ?? 0,
    value.currency,
    value.quantity ?? 0,
    value.product?.sku ?? '',
    value.product?.name ?? '',
  ]);
  // 48 bits are plenty to count equal rows; two different rows that share them only get other numbers.
  const occurrence = ids.occurrence(digest.readUIntBE(0, 6));
  const id = `import:row:${digest.toString('hex', 0, 16)}:${occurrence}`;
  return finish([placed], { completed: id, refunded: `${id}:refund` }, undefined);
}

/** All lines of one order id. */
export function orderFromLines(orderId: string, placed: readonly PlacedLine[]): ImportItem[] {
  const conflict = findConflict(orderId, placed);
  if (conflict !== undefined) return placed.map((line) => refusedRow(line, conflict));
  const item = finish(
    placed,
    { completed: `import:order:${orderId}`, refunded: `import:refund:${orderId}` },
    orderId,
  );
  if (item.kind !== 'refused') return [item];
  return placed.map((line) => refusedRow(line, { code: item.code, reason: item.reason, hint: item.hint }));
}

function finish(
  placed: readonly PlacedLine[],
  ids: { readonly completed: string; readonly refunded: string },
  orderId: string | undefined,
): ImportItem {
  const first = placed[0];
  if (first === undefined) throw new Error('an order without lines');
  const lines = placed.map(({ value }) => value);
  const at = firstOf(lines, (line) => line.at);
  if (at === undefined) {
    return refuse(
      first,
      'date_missing',
      `Order ${shown(orderId ?? '')} has no date.`,
      'Every order needs its date.',
    );
  }
  const identities = identitiesOf(lines);
  if (identities.length === 0) {
    const unusable = firstOf(lines, (line) => line.unusable || undefined);
    return refuse(
      first,
      'identity_missing',
      `Nothing says who bought order ${shown(orderId ?? '')}${unusable === undefined ? '' : `: ${unusable}`}.`,
      'Every order needs its buyer.',
    );
  }
  const sold = lines.filter((line) => (line.totalMinor ?? 0) >= 0);
  const returned = lines.filter((line) => (line.totalMinor ?? 0) < 0);
  const totalMinor = totalOf(sold.length > 0 ? sold : lines);
  if (totalMinor === undefined) {
    return refuse(
      first,
      'amount_missing',
      `Order ${shown(orderId ?? '')} has no amount.`,
      'Every order needs its total.',
    );
  }
  const status = statusOf(lines);
  if (status === 'not_completed') {
    return refuse(
      first,
      'not_completed',
      `Its status is ${shown(firstOf(lines, (line) => line.statusText || undefined) ?? '')}: it is not an order yet.`,
      'Import it again once it is paid, or switch the column off with --map status=.',
    );
  }
  const currency = firstOf(lines, (line) => line.currency) ?? '';
  const events: ImportEvent[] = [];
  const money = (minor: number) => ({ total: majorUnits(minor, currency), total_minor: minor, currency });
  const order = orderId === undefined ? {} : { order_id: orderId };
  if (totalMinor >= 0) {
    const properties = { ...order, ...money(totalMinor), ...contentsOf(sold.length > 0 ? sold : lines) };
    events.push({ id: ids.completed, at, name: 'Order Completed', properties });
  }
  const refundedMinor = refundOf(lines, returned, totalMinor, status);
  if (refundedMinor > 0) {
    const refundedAt = Math.max(at, firstOf(lines, (line) => line.refundedAt) ?? at);
    events.push({
      id: ids.refunded,
      at: refundedAt,
      name: 'Order Refunded',
      properties: { ...order, ...money(refundedMinor) },
    });
  } else if (totalMinor === 0 && (status === 'refunded' || status === 'cancelled')) {
    events.push({ id: ids.refunded, at, name: 'Order Refunded', properties: { ...order, ...money(0) } });
  }
  return {
    kind: 'order',
    row: first.row,
    line: first.line,
    identities,
    traits: traitsOf(lines),
    consent: consentOf(lines),
    events,
  };
}

function findConflict(orderId: string, placed: readonly PlacedLine[]): Refusal | undefined {
  for (const kind of new Set(placed.flatMap(({ value }) => value.identities.map(([name]) => name)))) {
    // Two numbers of one buyer are no conflict; two addresses or customer numbers are two buyers.
    if (kind === 'phone') continue;
    const buyer = disagreement(placed, (line) => line.identities.find(([name]) => name === kind)?.[1]);
    if (buyer !== undefined) return conflict(orderId, `two buyers (${kind})`, buyer);
  }
  const date = disagreement(placed, (line) => line.at);
  if (date !== undefined) {
    return conflict(
      orderId,
      'two dates',
      date.map((side) => ({ ...side, value: new Date(Number(side.value)).toISOString() })),
    );
  }
  const currency = disagreement(
    placed.filter(({ value }) => value.totalMinor !== undefined || value.lineMinor !== undefined),
    (line) => line.currency,
  );
  if (currency !== undefined) return conflict(orderId, 'two currencies', currency);
  const sold = placed.filter(({ value }) => (value.totalMinor ?? 0) >= 0);
  const total = disagreement(sold, (line) => line.totalMinor);
  if (total === undefined) return undefined;
  const major = total.map((side) => ({
    ...side,
    value: inMajor(Number(side.value), placed[0]?.value.currency ?? ''),
  }));
  return {
    ...conflict(orderId, 'two totals', major),
    hint: 'If the column holds the amount of each line and not of the order, map it as line_total: --map line_total=COLUMN,total=',
  };
}

type Side = { readonly value: string | number; readonly row: number };

/** The first two rows that say different things; silence is no disagreement. */
function disagreement(
  placed: readonly PlacedLine[],
  pick: (line: OrderLine) => string | number | undefined,
): readonly Side[] | undefined {
  let first: Side | undefined;
  for (const { row, value: line } of placed) {
    const value = pick(line);
    if (value === undefined) continue;
    first ??= { value, row };
    if (first.value !== value) return [first, { value, row }];
  }
  return undefined;
}

function conflict(orderId: string, what: string, sides: readonly Side[]): Refusal {
  const said = sides.map(({ value, row }) => `${shown(String(value))} in row ${row}`).join(', ');
  return {
    code: 'order_conflict',
    reason: `Order ${shown(orderId)} has ${what}: ${said}.`,
    hint: 'Rows that share an order id are lines of one order. Correct them, or switch the order id off with --map order_id=',
  };
}

function identitiesOf(lines: readonly OrderLine[]): Identity[] {
  const found = new Map<string, Identity>();
  for (const line of lines) {
    for (const identity of line.identities) if (!found.has(identity[0])) found.set(identity[0], identity);
  }
  return [...found.values()];
}

function traitsOf(lines: readonly OrderLine[]): Record<string, string> {
  const traits: Record<string, string> = {};
  for (const line of lines) {
    for (const [trait, value] of Object.entries(line.traits)) traits[trait] ??= value;
  }
  return traits;
}

/** Taken back anywhere is taken back. */
function consentOf(lines: readonly OrderLine[]): ConsentSaid | undefined {
  const said = lines.map(({ consent }) => consent);
  if (said.includes('withdrawn')) return 'withdrawn';
  if (said.includes('not_given')) return 'not_given';
  return said.includes('given') ? 'given' : undefined;
}

/** The order's total where a column has it, else the sum of its lines. */
function totalOf(lines: readonly OrderLine[]): number | undefined {
  const total = firstOf(lines, (line) => line.totalMinor);
  if (total !== undefined) return total;
  let sum: number | undefined;
  for (const { lineMinor } of lines) if (lineMinor !== undefined) sum = (sum ?? 0) + lineMinor;
  return sum;
}

function statusOf(lines: readonly OrderLine[]): OrderLine['status'] {
  const said = lines.filter(({ statusText }) => statusText !== '').map(({ status }) => status);
  const [first] = said;
  if (first === undefined) return 'completed';
  if (said.every((status) => status === first)) return first;
  return said.some((status) => status === 'refunded' || status === 'cancelled')
    ? 'partly_refunded'
    : 'completed';
}

function refundOf(
  lines: readonly OrderLine[],
  returned: readonly OrderLine[],
  totalMinor: number,
  status: OrderLine['status'],
): number {
  if (totalMinor < 0) return -totalMinor;
  if (status === 'refunded' || status === 'cancelled') return totalMinor;
  if (returned.length > 0)
    return Math.min(totalMinor, -returned.reduce((sum, line) => sum + (line.totalMinor ?? 0), 0));
  return Math.min(totalMinor, firstOf(lines, (line) => line.refundedMinor) ?? 0);
}

function contentsOf(lines: readonly OrderLine[]): { [key: string]: Json } {
  const products: readonly Product[] = lines.flatMap(({ product }) =>
    product === undefined ? [] : [product],
  );
  const quantity = firstOf(lines, (line) => line.quantity);
  const extras = Object.assign({}, ...lines.toReversed().map((line) => line.extras)) as {
    [key: string]: Json;
  };
  if (products.length > 0) return { ...extras, products: products.map((product) => ({ ...product })) };
  return quantity === undefined ? extras : { ...extras, quantity };
}

function inMajor(minor: number, currency: string): string {
  return majorUnits(minor, currency).toFixed(currencyExponent(currency));
}

function firstOf<T>(lines: readonly OrderLine[], pick: (line: OrderLine) => T | undefined): T | undefined {
  for (const line of lines) {
    const value = pick(line);
    if (value !== undefined) return value;
  }
  return undefined;
}

function refuse(place: PlacedLine, code: RefusalCode, reason: string, hint: string): RefusedRow {
  return refusedRow(place, { code, reason, hint });
}

function keyedHash(key: Uint8Array, content: readonly unknown[]): Buffer {
  return createHmac('sha256', key).update(JSON.stringify(content)).digest();
}
