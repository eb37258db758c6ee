// What an import's columns, states and permissions are called on the screen.
import type { ImportStatus, Permission } from '../api/imports.ts';
import type { IconName } from '../ui/icons.tsx';
import type { Tone } from '../ui/states.tsx';
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
};

export const permissions: readonly {
  readonly value: Permission;
  readonly name: string;
  readonly means: string;
}[] = [
  { value: 'none', name: 'None', means: 'Nobody in this file gets marketing until they agree themselves.' },
  {
    value: 'existing',
    name: 'Existing customers',
    means: 'Where the law allows writing to customers about similar products.',
  },
  { value: 'opted_in', name: 'Opted in', means: 'They agreed to marketing; say when and where below.' },
];

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
