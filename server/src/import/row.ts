// One row of fields to one line of an order, or to a person. Pure: it looks at its row alone; what lines of one
// order must agree on is decided in orders.ts.

import { readDate, type DateFormat, type DateRange, type DateZone } from './dates.ts';
import { LIMITS } from './limits.ts';
import type { Mapping } from './columns.ts';
import { readAmount, readDecimal, parseCurrency, type DecimalMark } from './money.ts';
import { refusal, shown, type Refusal } from './problem.ts';
import { TRAIT_ROLES, type Role } from './roles.ts';
import {
  cleanText,
  isPlaceholder,
  normaliseEmail,
  normalisePhone,
  readConsent,
  readStatus,
  type ConsentSaid,
  type Identity,
  type StatusKind,
} from './values.ts';

export type RowPlan = {
  readonly mapping: Mapping;
  readonly dateFormat: DateFormat;
  readonly decimalMark: DecimalMark;
  /** The currency of rows that do not name one; `certain` when the caller said it. */
  readonly currency: { readonly code: string; readonly certain: boolean };
  readonly zone: DateZone;
  readonly range: DateRange;
};

export type PersonRow = {
  readonly identities: readonly Identity[];
  readonly traits: Readonly<Record<string, string>>;
  readonly consent: ConsentSaid | undefined;
};

export type OrderLine = PersonRow & {
  readonly orderId: string | undefined;
  /** What stands where a buyer is named and names nobody; empty without such. */
  readonly unusable: string;
  /** Undefined only on a line whose order may say it elsewhere. */
  readonly at: number | undefined;
  readonly totalMinor: number | undefined;
  readonly currency: string;
  readonly status: StatusKind;
  readonly statusText: string;
  readonly refundedMinor: number | undefined;
  readonly refundedAt: number | undefined;
  readonly quantity: number | undefined;
  readonly product: Product | undefined;
  readonly lineMinor: number | undefined;
  readonly extras: Readonly<Record<string, number | string>>;
};

export type Product = {
  readonly sku?: string;
  readonly name?: string;
  readonly category?: string;
  readonly quantity?: number;
  readonly price?: number;
};

export type RowReading<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export function readPersonRow(fields: readonly string[], plan: RowPlan): RowReading<PersonRow> {
  const person = readPerson(fields, plan.mapping);
  if (person.kind === 'refused') return person;
  if (person.value.identities.length > 0) return person;
  return refused(
    'identity_missing',
    person.value.nobody,
    'Fill in a customer id, an e-mail address or a phone number.',
  );
}

export function readOrderLine(fields: readonly string[], plan: RowPlan): RowReading<OrderLine> {
  const { mapping } = plan;
  const cell = (role: Role) => cellOf(fields, mapping, role);
  const orderId = orderIdIn(cell('order_id'));
  const partOfOrder = orderId !== undefined;
  const person = readPerson(fields, mapping);
  if (person.kind === 'refused') return person;
  if (person.value.identities.length === 0 && !partOfOrder) {
    return refused('identity_missing', person.value.nobody, 'Every order needs its buyer.');
  }

  const dateText = cell('date');
  const date =
    dateText === '' && partOfOrder ? undefined : readDate(dateText, plan.dateFormat, plan.zone, plan.range);
  if (date?.kind === 'refused') return date;

  const currency = currencyOf(cell('currency'), plan);
  if (currency.kind === 'refused') return currency;
  const amount = (role: Role) => readMoney(cell(role), plan, currency.value);
  const total =
    mapping.roles.total === undefined || (cell('total') === '' && partOfOrder) ? undefined : amount('total');
  if (total?.kind === 'refused') return total;
  const rowCurrency = {
    code: total?.value.currency ?? currency.value.code,
    certain: total !== undefined || currency.value.certain,
  };

  const quantity = readQuantity(cell('quantity'), plan.decimalMark);
  if (quantity.kind === 'refused') return quantity;
  const line =
    mapping.roles.total === undefined
      ? lineMinorOf(cell, quantity.value, plan, rowCurrency, partOfOrder)
      : undefined;
  if (line?.kind === 'refused') return line;
  const refund = cell('refunded') === '' ? undefined : readMoney(cell('refunded'), plan, rowCurrency);
  if (refund?.kind === 'refused') return refund;
  const statusText = cell('status');
  const refundedAt =
    cell('refunded_at') === ''
      ? undefined
      : readDate(cell('refunded_at'), plan.dateFormat, plan.zone, plan.range);

  return {
    kind: 'read',
    value: {
      identities: person.value.identities,
      traits: person.value.traits,
      consent: person.value.consent,
      orderId,
      unusable: person.value.unusable,
      at: date?.at,
      totalMinor: total?.value.minor,
      currency: line?.value?.currency ?? rowCurrency.code,
      status: readStatus(statusText),
      statusText,
      refundedMinor: refund === undefined ? undefined : Math.abs(refund.value.minor),
      refundedAt: refundedAt?.kind === 'read' ? refundedAt.at : undefined,
      quantity: quantity.value,
      product: productOf(cell, quantity.value, plan.decimalMark),
      lineMinor: line?.value?.minor,
      extras: extrasOf(cell, plan.decimalMark),
    },
  };
}

/** One reading of an order's id for both passes. */
export function orderIdIn(cell: string): string | undefined {
  return isPlaceholder(cell) ? undefined : cleanText(cell, LIMITS.identityCharsMax);
}

/** The text of a cell that has a role, trimmed; empty when there is none. */
export function cellOf(fields: readonly string[], mapping: Mapping, role: Role): string {
  const column = mapping.roles[role];
  return column === undefined ? '' : (fields[column.index] ?? '').trim();
}

function readPerson(
  fields: readonly string[],
  mapping: Mapping,
): RowReading<PersonRow & { readonly nobody: string; readonly unusable: string }> {
  const identities: Identity[] = [];
  const unusable: string[] = [];
  const own = mapping.identities.map(
    ({ kind, column }) => [kind, (fields[column.index] ?? '').trim()] as const,
  );
  const said = [['user_id', cellOf(fields, mapping, 'user_id')] as const, ...own];
  for (const [kind, value] of said) {
    if (value.length > LIMITS.identityCharsMax) {
      return refused(
        'identity_too_long',
        `${kind} has ${value.length} characters; ${LIMITS.identityCharsMax} is the most.`,
        'Check that the right column is mapped.',
      );
    }
    if (!isPlaceholder(value)) identities.push([kind, value]);
    else if (value !== '') unusable.push(`${shown(value)} stands for nobody`);
  }
  const emailText = cellOf(fields, mapping, 'email');
  const email = normaliseEmail(emailText);
  if (email !== undefined) identities.push(['email', email]);
  else if (emailText !== '') unusable.push(`${shown(emailText)} is not an e-mail address`);
  const phoneText = cellOf(fields, mapping, 'phone');
  const phone = normalisePhone(phoneText);
  // Households share a number: it says who somebody is only where nothing else does.
  if (phone !== undefined && identities.length === 0) identities.push(['phone', phone]);
  else if (phone === undefined && phoneText !== '')
    unusable.push(`${shown(phoneText)} is not a phone number with its country (+49…)`);

  const traits: Record<string, string> = {};
  if (email !== undefined) traits['email'] = email;
  if (phoneText !== '' && !isPlaceholder(phoneText)) traits['phone'] = phone ?? cleanText(phoneText, 40);
  for (const role of TRAIT_ROLES) {
    const value = cleanText(cellOf(fields, mapping, role));
    if (value !== '') traits[role] = value;
  }
  for (const { trait, column } of mapping.traits) {
    const value = cleanText(fields[column.index] ?? '');
    if (value !== '') traits[trait] = value;
  }
  const nobody =
    unusable.length === 0
      ? 'Nothing in the row says who it is.'
      : `Nothing in the row says who it is: ${unusable.join(', ')}.`;
  return {
    kind: 'read',
    value: {
      identities,
      traits,
      consent: readConsent(cellOf(fields, mapping, 'consent')),
      nobody,
      unusable: unusable.join(', '),
    },
  };
}

type Currency = { readonly code: string; readonly certain: boolean };

function currencyOf(text: string, plan: RowPlan): RowReading<Currency> {
  if (text === '') return { kind: 'read', value: plan.currency };
  const code = parseCurrency(text);
  if (code === undefined) {
    return refused(
      'currency_unknown',
      `${shown(text)} is not a currency.`,
      'Use the three letters of ISO 4217, for example EUR.',
    );
  }
  if (plan.currency.certain && code !== plan.currency.code) {
    return refused(
      'currency_conflict',
      `The row says ${code}, but the import was told ${plan.currency.code}.`,
      'Leave --currency out to take each row in its own currency.',
    );
  }
  return { kind: 'read', value: { code, certain: true } };
}

function readMoney(
  text: string,
  plan: RowPlan,
  currency: Currency,
): RowReading<{ minor: number; currency: string }> {
  const read = readAmount(text, plan.decimalMark, currency);
  if (read.kind === 'refused') return read;
  return { kind: 'read', value: { minor: read.minor, currency: read.currency ?? currency.code } };
}

function readQuantity(text: string, mark: DecimalMark): RowReading<number | undefined> {
  if (text === '') return { kind: 'read', value: undefined };
  const value = readDecimal(text, mark);
  if (value !== undefined && Math.abs(value) <= 1_000_000_000) return { kind: 'read', value };
  return refused(
    'quantity_unreadable',
    `${shown(text)} is not a quantity.`,
    'A quantity is a plain number; switch the column off with --map quantity=.',
  );
}

/** What this line adds to its order when no column holds the order's total. */
function lineMinorOf(
  cell: (role: Role) => string,
  quantity: number | undefined,
  plan: RowPlan,
  currency: Currency,
  partOfOrder: boolean,
): RowReading<{ minor: number; currency: string } | undefined> {
  const role = plan.mapping.roles.line_total === undefined ? 'price' : 'line_total';
  if (cell(role) === '' && partOfOrder) return { kind: 'read', value: undefined };
  const read = readMoney(cell(role), plan, currency);
  if (read.kind === 'refused' || role === 'line_total') return read;
  const { minor } = read.value;
  return {
    kind: 'read',
    value: { minor: timesQuantity(minor, quantity ?? 1), currency: read.value.currency },
  };
}

/** Exact for whole quantities; 0.75 kg is rounded half away from zero, in integers. */
function timesQuantity(minor: number, quantity: number): number {
  if (Number.isInteger(quantity)) return minor * quantity;
  const scale = 10_000n;
  const product = BigInt(minor) * BigInt(Math.round(quantity * Number(scale)));
  const half = product < 0n ? -scale / 2n : scale / 2n;
  return Number((product + half) / scale);
}

function productOf(
  cell: (role: Role) => string,
  quantity: number | undefined,
  mark: DecimalMark,
): Product | undefined {
  const sku = cleanText(cell('sku'));
  const name = cleanText(cell('product'));
  if (sku === '' && name === '') return undefined;
  const category = cleanText(cell('category'));
  const price = readDecimal(cell('price'), mark);
  return {
    ...(sku === '' ? {} : { sku }),
    ...(name === '' ? {} : { name }),
    ...(category === '' ? {} : { category }),
    ...(quantity === undefined ? {} : { quantity }),
    ...(price === undefined ? {} : { price }),
  };
}

/** Figures that are kept with an order but that nothing is decided by; unreadable ones are left out. */
function extrasOf(cell: (role: Role) => string, mark: DecimalMark): Record<string, number | string> {
  const extras: Record<string, number | string> = {};
  for (const role of ['discount', 'shipping', 'tax'] as const) {
    const value = readDecimal(cell(role), mark);
    if (value !== undefined) extras[role] = value;
  }
  const coupon = cleanText(cell('coupon'), 100);
  if (coupon !== '') extras['coupon'] = coupon;
  return extras;
}

function refused(code: Refusal['code'], reason: string, hint: string): { kind: 'refused'; refusal: Refusal } {
  return { kind: 'refused', refusal: refusal(code, reason, hint) };
}
