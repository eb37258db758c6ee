// What an import's columns, states and permissions are called on the screen.
import type {
  ImportCheck,
  ImportColumn,
  ImportPreview,
  ImportStatus,
  Permission,
  UndoAhead,
} from '../api/imports.ts';
import type { IconName } from '../ui/icons.tsx';
import type { Tone } from '../ui/states.tsx';
import { people, type Formats } from './format.ts';
import { traitName } from './words.ts';

/** What a column can mean, in groups as a shop thinks of them. */
export const columnMeanings: readonly { readonly group: string; readonly roles: readonly string[] }[] = [
  {
    group: 'The order',
    roles: [
      'order_id',
      'date',
      'total',
      'currency',
      'status',
      'quantity',
      'discount',
      'shipping',
      'tax',
      'coupon',
      'refunded',
      'refunded_at',
    ],
  },
  { group: 'Its lines', roles: ['product', 'sku', 'price', 'line_total', 'category'] },
  {
    group: 'The customer',
    roles: [
      'email',
      'phone',
      'user_id',
      'name',
      'first_name',
      'last_name',
      'company',
      'city',
      'region',
      'postal_code',
      'country',
      'language',
      'birthday',
      'consent',
    ],
  },
];

const names: { readonly [role: string]: string } = {
  order_id: 'Order number',
  date: 'Date of the order',
  total: 'Total of the order',
  refunded: 'Amount refunded',
  refunded_at: 'Date of the refund',
  line_total: 'Total of the line',
  price: 'Price of one',
  user_id: 'Customer number',
  email: 'E-mail',
  sku: 'SKU',
  consent: 'Agreed to messages',
  region: 'State or region',
};

export function meaningName(role: string): string {
  const own = /^(traits|identity)\.(.+)$/.exec(role);
  if (own) return own[1] === 'traits' ? `Trait: ${own[2]}` : `Identity: ${own[2]}`;
  return names[role] ?? traitName(role);
}

export const statusWords: {
  readonly [status in ImportStatus]: { readonly name: string; readonly tone: Tone; readonly icon: IconName };
} = {
  preview: { name: 'to be looked at', tone: 'info', icon: 'info' },
  storing: { name: 'being read', tone: 'info', icon: 'clock' },
  establishing: { name: 'being worked out', tone: 'info', icon: 'clock' },
  done: { name: 'done', tone: 'good', icon: 'check' },
  failed: { name: 'failed', tone: 'danger', icon: 'cross' },
  cancelled: { name: 'stopped', tone: 'plain', icon: 'hold' },
  undoing: { name: 'being taken back', tone: 'info', icon: 'clock' },
  undone: { name: 'taken back', tone: 'plain', icon: 'hold' },
};

export const permissions: readonly {
  readonly value: Permission;
  readonly name: string;
  readonly means: string;
}[] = [
  {
    value: 'none',
    name: 'No, or I do not know',
    means: 'They get no marketing until they agree themselves, for example in a form of yours.',
  },
  {
    value: 'existing',
    name: 'They are existing customers, where the law allows it',
    means:
      'In the EU and the UK, for instance: an address given while buying, for similar products of your own, with a way out then and in every letter.',
  },
  {
    value: 'opted_in',
    name: 'They opted in',
    means: 'They agreed to marketing, and you can say when and where. It is kept with each of them as proof.',
  },
];

/** Who could be mailed under a permission, counted over the rows that were looked at. */
export function reachWords(
  formats: Formats,
  permission: Permission,
  check: ImportCheck | null,
  withConsents: boolean,
): string {
  if (permission === 'none') return 'Can be mailed: nobody.';
  if (check === null) return 'Can be mailed: everybody with an e-mail address.';
  if (permission === 'existing' && check.orders === 0)
    return 'Can be mailed: nobody. The file holds no orders, so nothing says that they are customers.';
  const of = check.complete ? '' : ' of those looked at';
  if (withConsents)
    return `Can be mailed: those of the ${formats.number(check.people_with_email)} with an e-mail address${of} for whom the column says yes.`;
  return `Can be mailed: ${formats.number(check.people_with_email)} of ${formats.number(check.people)} people${of}, those with an e-mail address.`;
}

/** "Of 13 people whom this file touched, 11 are known by it alone and go; 2 stay. 40 facts go." */
export function undoAheadWords(formats: Formats, ahead: UndoAhead): string {
  const { looked_at: of, removed, kept, facts } = ahead;
  const n = formats.number;
  const facted = `${n(facts)} ${facts === 1 ? 'fact goes' : 'facts go'}`;
  if (of === 0) return 'Nobody is touched by this file any more: nothing would go.';
  if (of < ahead.people) {
    const seen = `This file touched ${people(formats, ahead.people)}.`;
    if (kept === 0) return `${seen} All ${n(of)} looked at are known by it alone and would go.`;
    if (removed === 0)
      return `${seen} All ${n(of)} looked at are known by something else too and would stay.`;
    return `${seen} Of ${n(of)} looked at, ${n(removed)} ${removed === 1 ? 'is' : 'are'} known by it alone and would go, and ${n(kept)} would stay.`;
  }
  if (kept === 0)
    return of === 1
      ? `The one person whom this file touched is known by it alone and goes. ${facted} with them.`
      : `All ${n(of)} people whom this file touched are known by it alone and go. ${facted} with them.`;
  if (removed === 0)
    return of === 1
      ? `The one person whom this file touched is known by something else too and stays. ${facted}.`
      : `All ${n(of)} people whom this file touched are known by something else too and stay. ${facted}.`;
  return `Of ${n(of)} people whom this file touched, ${n(removed)} ${removed === 1 ? 'is known by it alone and goes' : 'are known by it alone and go'}; ${n(kept)} ${kept === 1 ? 'stays' : 'stay'}. ${facted}.`;
}

const oldMs = 14 * 86_400_000;

/** Is "until when does it reach" a question at all? A file whose newest order is of these days answers it. */
export function isOld(preview: ImportPreview, now = Date.now()): boolean {
  const { kind, check } = preview;
  if (kind !== 'orders' || check === null || check.orders === 0) return false;
  if (!check.complete) return true;
  return check.newest_at !== null && now - Date.parse(check.newest_at) > oldMs;
}

/** There is nothing to import: no table, a column missing, or every row refused. */
export function isUnreadable({ readable, check }: ImportPreview): boolean {
  return !readable || (check !== null && check.rows > 0 && check.refused >= check.rows);
}

const fitSure = 0.95;
const fitDoubted = 0.8;

/** How sure the meaning of a column is; undefined for one that is left out. */
export function surenessOf(
  column: ImportColumn,
): { readonly tone: Tone; readonly icon: IconName; readonly word: string; readonly why: string } | undefined {
  const { role, by, fit } = column;
  if (role === null) return undefined;
  const share = fit === null ? 1 : fit.cells / fit.of;
  const cells = fit === null ? '' : `${fit.cells} of ${fit.of} cells read as such`;
  if (share < fitDoubted)
    return { tone: 'warning', icon: 'warning', word: 'look at it', why: `only ${cells}` };
  if (by === 'said') return { tone: 'good', icon: 'check', word: 'you said so', why: cells };
  if (by === 'content')
    return { tone: 'info', icon: 'info', word: 'likely', why: `by what stands in it: ${cells}` };
  if (share < fitSure) return { tone: 'info', icon: 'info', word: 'likely', why: `by its heading; ${cells}` };
  return {
    tone: 'good',
    icon: 'check',
    word: 'sure',
    why: `by its heading${cells === '' ? '' : `; ${cells}`}`,
  };
}

export const dateFormats = [
  { value: 'ymd', label: 'Year, month, day' },
  { value: 'dmy', label: 'Day, month, year' },
  { value: 'mdy', label: 'Month, day, year' },
  { value: 'named', label: 'Months by name' },
  { value: 'epoch_s', label: 'Seconds since 1970' },
  { value: 'epoch_ms', label: 'Milliseconds since 1970' },
];

/** Some hints name options of the command line, which the console has fields for. */
export const isForHere = (hint: string): boolean => hint !== '' && !hint.includes('--');
