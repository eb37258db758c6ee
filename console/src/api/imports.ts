// Imports: a file, how it would be read, how far it is, what was refused.
import { queryOptions } from '@tanstack/react-query';
import { get, post, put, upload } from './client.ts';
import { pages, type PageOf } from './page.ts';

export type ImportStatus =
  | 'preview'
  | 'storing'
  | 'establishing'
  | 'done'
  | 'failed'
  | 'cancelled'
  | 'undoing'
  | 'undone';
export type Permission = 'none' | 'existing' | 'opted_in';

export interface ImportWords {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

export interface ImportOptions {
  readonly kind?: 'orders' | 'people';
  /** What a column means, to its name or number; an empty text: no column means this. */
  readonly map?: { readonly [role: string]: string };
  readonly date_format?: string;
  readonly decimal?: 'point' | 'comma';
  readonly currency?: string;
  readonly as_of?: string | null;
  /** Somebody answered: `as_of: null` then says "until now". Read only. */
  readonly as_of_said?: boolean;
  readonly permission?: Permission;
  readonly permission_source?: string;
  readonly permission_date?: string;
}

export interface Import {
  readonly id: string;
  readonly file_name: string;
  readonly status: ImportStatus;
  readonly options: ImportOptions;
  readonly progress: {
    readonly rows: number;
    readonly items: number;
    readonly orders: number;
    readonly refunds: number;
    readonly people: number;
    readonly refused: number;
    readonly duplicates: number;
    readonly identical_rows: number;
    readonly identities_left: number;
    readonly to_establish: number;
    readonly established: number;
    readonly undo?: {
      readonly of: number;
      readonly done: number;
      readonly facts: number;
      readonly removed: number;
      readonly kept: number;
      readonly withdrawn: number;
    };
  };
  readonly notices: readonly ImportWords[];
  readonly problem: ImportWords | null;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly undoable: boolean;
  /** Why it cannot be taken back; null: it can. */
  readonly not_undoable: 'running' | 'settling' | 'too_old' | 'taken_back' | null;
}

/** What would go and stay if it were taken back now. */
export interface UndoAhead {
  readonly people: number;
  /** The numbers below are of these. */
  readonly looked_at: number;
  readonly removed: number;
  readonly kept: number;
  readonly facts: number;
}

export interface ImportColumn {
  readonly number: number;
  readonly name: string;
  readonly role: string | null;
  readonly by: 'said' | 'heading' | 'content' | null;
  /** Cells of the first rows that read as what the column means. */
  readonly fit: { readonly cells: number; readonly of: number } | null;
  readonly samples: readonly string[];
}

export interface ImportItem {
  readonly row: number;
  readonly kind: 'order' | 'person' | 'refused';
  readonly who: string | null;
  readonly at: string | null;
  readonly total: number | null;
  readonly currency: string | null;
  readonly events: readonly string[];
  readonly traits: { readonly [key: string]: string };
  readonly reason: string | null;
  readonly hint: string | null;
}

export interface ImportPreview {
  readonly readable: boolean;
  readonly kind: 'orders' | 'people' | null;
  readonly encoding: string | null;
  readonly delimiter: string | null;
  readonly header: boolean | null;
  readonly rows: number | null;
  /** The file is large, and only its beginning was looked at. */
  readonly rows_estimated: boolean;
  readonly date_format: string | null;
  readonly decimal: 'point' | 'comma' | null;
  readonly currency: string | null;
  readonly columns: readonly ImportColumn[];
  readonly notices: readonly ImportWords[];
  readonly problems: readonly ImportWords[];
  readonly items: readonly ImportItem[];
  readonly check: ImportCheck | null;
}

/** What a reading of the rows has met, before anything is imported. */
export interface ImportCheck {
  readonly rows: number;
  /** These were all rows of the file. */
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
  readonly refused_items: readonly ImportItem[];
}

export interface PreviewedImport extends Import {
  readonly preview: ImportPreview;
}

const at = (id: string) => `/api/imports/${encodeURIComponent(id)}`;

export const importsQuery = () => pages<PageOf<Import>>('/api/imports');
export const importQuery = (id: string) =>
  queryOptions({ queryKey: ['import', id], queryFn: () => get<Import>(at(id)) });
export const undoAheadQuery = (id: string) =>
  queryOptions({ queryKey: ['import', id, 'undo'], queryFn: () => get<UndoAhead>(`${at(id)}/undo`) });
/** Says nothing new, and so shows how the file is read now. */
export const previewQuery = (id: string) =>
  queryOptions({
    queryKey: ['import', id, 'preview'],
    queryFn: () => put<PreviewedImport>(at(id), {}),
    staleTime: Number.POSITIVE_INFINITY,
  });
export const uploadFile = (file: File) =>
  upload<PreviewedImport>('/api/imports', file, { file_name: file.name });
export const changeImport = (id: string, options: ImportOptions) => put<PreviewedImport>(at(id), options);
export const startImport = (id: string, options: ImportOptions) => post<Import>(`${at(id)}/start`, options);
export const cancelImport = (id: string) => post<Import>(`${at(id)}/cancel`);
export const undoImport = (id: string) => post<Import>(`${at(id)}/undo`);
export const refusedAddress = (id: string) => `${at(id)}/refused`;
