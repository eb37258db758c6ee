// Segments: named rules with live membership.
import { queryOptions } from '@tanstack/react-query';
import { get, post, put } from './client.ts';
import { pages, type PageOf } from './page.ts';
import type { PersonRow } from './people.ts';
import type { FieldProblem } from './problem.ts';
import type { Arming, RuleJson, Why } from './rules.ts';

export interface Segment {
  readonly key: string;
  readonly name: string;
  readonly shipped: boolean;
  readonly rule: RuleJson;
  readonly sentence: string;
  /** What keeps its rule from being asked: to be mended. */
  readonly problems: readonly FieldProblem[];
  readonly people: number;
  readonly arming: Arming | null;
  readonly created_at: string;
  readonly used_by: readonly { readonly kind: string; readonly key: string; readonly name: string }[];
}

export interface RulePreview {
  readonly sentence: string | null;
  readonly problems: readonly FieldProblem[];
}

export interface RuleCount {
  readonly people: number;
  readonly of: number;
  readonly looked: number;
  readonly exact: boolean;
  readonly from_events: boolean;
  readonly joins: number | null;
  readonly leaves: number | null;
  readonly examples: readonly {
    readonly id: string;
    readonly name: string | null;
    readonly email: string | null;
    readonly change: 'joins' | 'leaves' | 'stays';
    readonly why: Why;
  }[];
}

export interface RuleExplained {
  readonly person: { readonly id: string; readonly name: string | null; readonly email: string | null };
  readonly segment: string | null;
  readonly member_since: string | null;
  readonly why: Why;
}

const at = (key: string) => `/api/segments/${encodeURIComponent(key)}`;

interface SegmentPage extends PageOf<Segment> {
  readonly total: number;
}

/** Page by page; there may be thousands. Their names alone are in the vocabulary. */
export const segmentsQuery = (search: string) => ({
  ...pages<SegmentPage>('/api/segments', { limit: 100, search }),
  queryKey: ['segments', 'pages', search],
});
export const foundSegmentsQuery = (search: string, limit: number) =>
  queryOptions({
    queryKey: ['segments', 'found', search, limit],
    queryFn: () => get<SegmentPage>('/api/segments', { search, limit }),
    placeholderData: (before: SegmentPage | undefined) => before,
  });
export const segmentQuery = (key: string) =>
  queryOptions({ queryKey: ['segments', key], queryFn: () => get<Segment>(at(key)) });
/** Somebody in it: since when, why in one sentence, and until when silence alone lets it be. */
export interface Member extends PersonRow {
  readonly since: string;
  readonly why: string | null;
  readonly until: string | null;
}

export const segmentPeopleQuery = (key: string) => pages<PageOf<Member>>(`${at(key)}/people`);
export const createSegment = (form: { name: string; rule: RuleJson }) => post<Segment>('/api/segments', form);
export const changeSegment = (key: string, form: { name: string; rule: RuleJson }) =>
  put<Segment>(at(key), form);
export const previewRule = (rule: unknown) => post<RulePreview>('/api/segments/preview', { rule });
/** A question, though it is sent as a body: it may be called off and asked again. */
export const countQuery = (rule: RuleJson, key: string | null) =>
  queryOptions({
    queryKey: ['segments', 'count', rule, key],
    queryFn: ({ signal }) =>
      post<RuleCount>('/api/segments/count', key === null ? { rule } : { rule, key }, signal),
    staleTime: 30_000,
    gcTime: 60_000,
  });
export const explainQuery = (
  person: string,
  of: { readonly rule: RuleJson } | { readonly segment: string },
) =>
  queryOptions({
    queryKey: ['segments', 'explain', person, of],
    queryFn: ({ signal }) => post<RuleExplained>('/api/segments/explain', { person, ...of }, signal),
    staleTime: 30_000,
  });

export interface SegmentMove {
  readonly person: { readonly id: string; readonly name: string | null; readonly email: string | null };
  readonly kind: 'joined' | 'left';
  readonly at: string;
  readonly why: string;
}

interface SegmentHistoryPage extends PageOf<SegmentMove> {
  readonly days: readonly { readonly day: string; readonly joined: number; readonly left: number }[];
}

export const segmentHistoryQuery = (key: string) =>
  pages<SegmentHistoryPage>(`${at(key)}/history`, { limit: 10 });
