// Imports: a file, how it would be read, how far it is, what was refused.
import { queryOptions } from '@tanstack/react-query';
import { get, post, put, upload } from './client.ts';
import { pages, type PageOf } from './page.ts';

export type ImportStatus = 'preview' | 'storing' | 'establishing' | 'done' | 'failed' | 'cancelled';
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
  readonly permission?: Permission;
  readonly permission_source?: string;
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
  };
  readonly notices: readonly ImportWords[];
  readonly problem: ImportWords | null;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
}

export interface ImportColumn {
  readonly number: number;
  readonly name: string;
  readonly role: string | null;
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
  readonly date_format: string | null;
  readonly decimal: 'point' | 'comma' | null;
  readonly currency: string | null;
  readonly columns: readonly ImportColumn[];
  readonly notices: readonly ImportWords[];
  readonly problems: readonly ImportWords[];
  readonly items: readonly ImportItem[];
}

export interface PreviewedImport extends Import {
  readonly preview: ImportPreview;
}

const at = (id: string) => `/api/imports/${encodeURIComponent(id)}`;

export const importsQuery = () => pages<PageOf<Import>>('/api/imports');
export const importQuery = (id: string) =>
  queryOptions({ queryKey: ['import', id], queryFn: () => get<Import>(at(id)) });
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
export const refusedAddress = (id: string) => `${at(id)}/refused`;
