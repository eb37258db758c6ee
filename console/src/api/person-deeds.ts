// What the team does for one person by hand.
import { queryOptions } from '@tanstack/react-query';
import { get, post, put, remove } from './client.ts';

export interface Note {
  readonly id: string;
  readonly text: string;
  readonly by: { readonly id: string; readonly name: string };
  readonly at: string;
  readonly edited_at: string | null;
}

const of = (id: string, part: string): string => `/api/people/${encodeURIComponent(id)}/${part}`;

export const writeNote = (person: string, text: string) => post<Note>(of(person, 'notes'), { text });
export const editNote = (person: string, note: string, text: string) =>
  put<Note>(of(person, `notes/${note}`), { text });
export const deleteNote = (person: string, note: string) => remove<null>(of(person, `notes/${note}`));
export const restoreNote = (person: string, note: string) => post<Note>(of(person, `notes/${note}/restore`));

export const changeTags = (
  person: string,
  change: { readonly add: readonly string[]; readonly remove: readonly string[] },
) => post<{ readonly tags: readonly string[] }>(of(person, 'tags'), change);

export const enterJourney = (person: string, journey: string) =>
  post<{ readonly arm: 'treated' | 'control' }>(of(person, 'journeys'), { journey });
export const leaveJourney = (person: string, journey: string) =>
  remove<null>(of(person, `journeys/${encodeURIComponent(journey)}`));

export interface Address {
  readonly channel: string;
  readonly address: string;
  readonly used: boolean;
  readonly suppressed: { readonly reason: string; readonly at: string } | null;
}
interface Addresses {
  readonly items: readonly Address[];
}

export const addressesQuery = (person: string) =>
  queryOptions({
    queryKey: ['person', person, 'addresses'],
    queryFn: () => get<Addresses>(of(person, 'addresses')),
  });
export const suppressAddress = (person: string, address: string, suppressed: boolean) =>
  put<Addresses>(of(person, 'addresses'), { address, suppressed });

export interface Erased {
  /** What stays, in words. */
  readonly kept: readonly string[];
}

export const copyAddress = (person: string): string => of(person, 'export');
export const erasePerson = (person: string, confirm: string) =>
  post<Erased>(of(person, 'erase'), { confirm });
