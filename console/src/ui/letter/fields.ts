// What can be filled in for each person: the usual ones by name, then what is known of people in this workspace.
import { useQuery } from '@tanstack/react-query';
import { vocabularyQuery } from '../../api/vocabulary.ts';

export interface Field {
  readonly path: string;
  readonly name: string;
}

const usual: readonly Field[] = [
  { path: 'person.first_name', name: 'First name' },
  { path: 'person.last_name', name: 'Last name' },
  { path: 'person.name', name: 'Whole name' },
  { path: 'person.email', name: 'E-mail address' },
  { path: 'business.name', name: 'Your business' },
  { path: 'rhythm.last_order_at', name: 'Day of their last order' },
  { path: 'rhythm.usual_gap_days', name: 'Days between their orders' },
  { path: 'rhythm.silent_days', name: 'Days since their last order' },
  { path: 'rhythm.next_order_at', name: 'Day of their next order, as expected' },
  { path: 'offer.code', name: 'Code of the offer' },
  { path: 'offer.percent', name: 'Per cent of the offer' },
  { path: 'offer.expires_at', name: 'Last day of the offer' },
];
const said = new Set(['first_name', 'firstName', 'last_name', 'lastName', 'name', 'email']);

export function useFields(): readonly Field[] {
  const { data } = useQuery(vocabularyQuery);
  const traits = (data?.traits ?? [])
    .filter(({ path }) => !said.has(path) && /^[A-Za-z0-9_.-]{1,120}$/.test(path))
    .map(({ path }) => ({ path: `person.${path}`, name: path.replaceAll(/[_.]/g, ' ') }));
  return [...usual, ...traits];
}

export function fieldName(path: string): string {
  const known = usual.find((one) => one.path === path);
  return known?.name ?? path.replace(/^[a-z]+\./, '').replaceAll(/[_.]/g, ' ');
}
