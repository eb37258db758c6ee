// What the team does for one person by hand.
import { post, put, remove } from './client.ts';

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
