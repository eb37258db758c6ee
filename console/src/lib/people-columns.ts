// Columns of the people list: their keys, as the address and the server know them, and what they are called.
import { movedItem } from './moved-item.ts';
import { traitName } from './words.ts';

interface Named {
  readonly key: string;
  readonly name: string;
}

const names: { readonly [key: string]: string } = {
  name: 'Person',
  email: 'E-mail',
  phone: 'Phone',
  user_id: 'Customer id',
  orders: 'Orders',
  last_order: 'Last order',
  created: 'Known since',
  segments: 'Segments',
  spent: 'Worth so far',
  worth: 'Expected in a year',
  id: 'Id',
};

/** Before somebody has chosen. */
export function usualColumns(model: string | undefined): readonly string[] {
  const stage = model === undefined ? [] : [`stage:${model}`];
  const since = model === undefined ? [] : [`since:${model}`];
  return ['name', 'email', ...stage, 'orders', 'last_order', ...since];
}

export function columnName(key: string, models: readonly Named[], programmes: readonly Named[] = []): string {
  const [kind = '', ...rest] = key.split(':');
  const of = rest.join(':');
  const model = models.length > 1 ? ` (${models.find((one) => one.key === of)?.name ?? of})` : '';
  switch (kind) {
    case 'stage':
      return `Stage${model}`;
    case 'since':
      return `In stage since${model}`;
    case 'points':
    case 'tier': {
      const name = programmes.find((one) => one.key === of)?.name ?? of;
      const what = kind === 'points' ? 'Points' : 'Tier';
      return programmes.length > 1 ? `${what} (${name})` : what;
    }
    case 'trait':
      return traitName(of);
    default:
      return names[key] ?? key;
  }
}

/** In the list of a segment "since" is since they are in it; undefined: as usual. */
export function sinceLabelOf(list: {
  readonly segment?: string | undefined;
  readonly stage?: string | undefined;
}): string | undefined {
  return list.segment && !list.stage ? 'In the segment since' : undefined;
}

/** All that can be chosen, besides traits. */
export function choosable(models: readonly Named[], programmes: readonly Named[]): readonly string[] {
  return [
    ...Object.keys(names),
    ...models.flatMap(({ key }) => [`stage:${key}`, `since:${key}`]),
    ...programmes.flatMap(({ key }) => [`points:${key}`, `tier:${key}`]),
  ];
}

/** With this column one place earlier (−1) or later (1). */
export function moved(columns: readonly string[], key: string, by: -1 | 1): readonly string[] {
  const from = columns.indexOf(key);
  return movedItem(columns, from, from + by);
}

/** Columns that the server reads from people's states: asked for only where they are shown. */
export const statedIn = (columns: readonly string[]): readonly string[] =>
  columns.filter((key) => /^(spent$|worth$|trait:|points:|tier:)/.test(key));
