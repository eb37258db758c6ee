// Segments: named rules with live membership.
import { queryOptions } from '@tanstack/react-query';
import { get, post, put, remove } from './client.ts';
import { pages, type PageOf } from './page.ts';
import type { PersonRow } from './people.ts';
import type { FieldProblem } from './problem.ts';
import type { Arming, RuleJson } from './rules.ts';

export interface Segment {
  readonly key: string;
  readonly name: string;
  readonly shipped: boolean;
  readonly rule: RuleJson;
  readonly sentence: string;
  readonly people: number;
  readonly arming: Arming | null;
  readonly created_at: string;
  readonly used_by: readonly { readonly kind: string; readonly key: string; readonly name: string }[];
}

export interface RulePreview {
  readonly sentence: string | null;
  readonly problems: readonly FieldProblem[];
}

const at = (key: string) => `/api/segments/${encodeURIComponent(key)}`;

export const segmentsQuery = queryOptions({
  queryKey: ['segments'],
  queryFn: () => get<PageOf<Segment>>('/api/segments'),
});
export const segmentQuery = (key: string) =>
  queryOptions({ queryKey: ['segments', key], queryFn: () => get<Segment>(at(key)) });
export const segmentPeopleQuery = (key: string) => pages<PageOf<PersonRow>>(`${at(key)}/people`);
export const createSegment = (form: { name: string; rule: RuleJson }) => post<Segment>('/api/segments', form);
export const changeSegment = (key: string, form: { name: string; rule: RuleJson }) =>
  put<Segment>(at(key), form);
export const deleteSegment = (key: string) => remove<null>(at(key));
export const previewRule = (rule: unknown) => post<RulePreview>('/api/segments/preview', { rule });
