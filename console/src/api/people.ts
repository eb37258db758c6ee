// People: the list, one person, what happened to them, and what can be done for them.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { get, post, put } from './client.ts';
import { pages, type PageOf } from './page.ts';
import type { Note } from './person-deeds.ts';
import type { Json, Look, RuleJson, Why } from './rules.ts';

export interface PersonRow {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly user_id: string | null;
  readonly phone: string | null;
  readonly orders: number;
  readonly last_order_at: string | null;
  readonly as_of: string | null;
  readonly created_at: string;
  readonly stages: { readonly [model: string]: { readonly stage: string; readonly since: string } };
  readonly segments: readonly string[];
  /** What follows is there where a column asks for it. */
  readonly traits?: { readonly [key: string]: Json };
  /** Minor units: so far, and expected in the next 365 days. */
  readonly spent?: number | null;
  readonly worth?: number | null;
  readonly points?: { readonly [programme: string]: number };
  readonly tiers?: { readonly [programme: string]: string | null };
  readonly since?: string;
}

export interface Trait {
  readonly key: string;
  readonly value: Json;
  readonly provenance: 'declared' | 'observed' | 'imported' | 'predicted';
  readonly from_browser: boolean;
  readonly at: string;
}

export interface PersonStage {
  readonly model: string;
  readonly model_name: string;
  readonly is_default: boolean;
  readonly stage: string | null;
  readonly stage_name: string | null;
  readonly look: Look | null;
  readonly since: string | null;
  readonly until: string | null;
  readonly next: {
    readonly stage: string | null;
    readonly stage_name: string | null;
    readonly at: string;
  } | null;
  readonly sentence: string;
  readonly why: Why | null;
}

export interface PersonConsent {
  readonly channel: string;
  readonly topic: string;
  readonly status: 'given' | 'withdrawn';
  readonly basis: string;
  readonly source: string;
  readonly at: string;
}

export interface PersonMessage {
  readonly id: string;
  readonly channel: string;
  readonly template: string | null;
  readonly subject: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly at: string;
  readonly journey: string | null;
  readonly node: string | null;
}

export interface PersonPage {
  readonly id: string;
  readonly name: string | null;
  readonly created_at: string;
  readonly first_seen_at: string | null;
  readonly last_seen_at: string | null;
  readonly events: number;
  readonly customer: boolean;
  readonly orders: number;
  readonly last_order_at: string | null;
  /** One for each day, oldest first; of many the newest. */
  readonly order_times: readonly string[];
  readonly merged_from: readonly string[];
  readonly as_of: string | null;
  readonly identities: readonly {
    readonly kind: string;
    readonly value: string;
    readonly since: string;
    readonly trust: string;
  }[];
  readonly traits: readonly Trait[];
  readonly stages: readonly PersonStage[];
  readonly segments: readonly {
    readonly key: string;
    readonly name: string;
    readonly since: string;
    readonly until: string | null;
    readonly why: Why | null;
  }[];
  readonly quiet: {
    readonly from: string | null;
    readonly now: boolean;
    readonly gap_days: number | null;
    /** Not the one of all customers. */
    readonly gap_is_own: boolean;
    readonly silent_days: number | null;
  } | null;
  readonly episode: { readonly n: number; readonly since: string | null };
  readonly runs: readonly {
    readonly id: string;
    readonly journey: string;
    readonly journey_name: string;
    readonly version: number;
    readonly arm: 'treated' | 'control';
    readonly node: string;
    readonly node_label: string | null;
    readonly started_at: string;
    readonly goal_at: string | null;
  }[];
  readonly hold_outs: readonly {
    readonly journey: string;
    readonly journey_name: string;
    readonly arm: 'treated' | 'control';
    readonly since: string;
    readonly entries: number;
  }[];
  readonly consents: readonly PersonConsent[];
  readonly messages: readonly PersonMessage[];
  readonly next_appointment_at: string | null;
}

export type Happening =
  | {
      readonly kind: 'event';
      readonly id: string;
      readonly name: string;
      readonly at: string;
      /** A file gave the day only. */
      readonly day_only: boolean;
      readonly received_at: string;
      readonly properties: { readonly [key: string]: Json };
      readonly traits: { readonly [key: string]: Json };
      readonly trust: string;
      readonly parked: boolean;
    }
  | {
      readonly kind: 'decision';
      readonly id: string;
      readonly decision: string;
      readonly at: string;
      readonly decided_at: string;
      readonly sentence: string;
      /** Of a stage move: the condition of the stage reached, as it reads today. */
      readonly reason: string | null;
      readonly because: { readonly kind: string; readonly id: string | null };
      readonly program_version: number;
      readonly detail: { readonly [key: string]: Json };
    }
  | ({ readonly kind: 'note' } & Note);

export interface PeopleFilter {
  readonly search?: string | undefined;
  readonly stage?: string | undefined;
  readonly segment?: string | undefined;
  readonly sort?: string | undefined;
  readonly columns?: string | undefined;
}

export interface ConsentChange {
  readonly channel: string;
  readonly topic: string;
  readonly status: 'given' | 'withdrawn';
  readonly basis: string;
  readonly source: string;
}

/** `close`: nobody has the words of the search; these are one letter off. */
interface FoundPage extends PageOf<PersonRow> {
  readonly match?: 'direct' | 'close';
}

export const peopleQuery = (filter: PeopleFilter) => pages<FoundPage>('/api/people', { ...filter });
interface MatchingPage extends PageOf<PersonRow> {
  readonly looked: number;
  readonly matched: number;
  readonly of: number;
}

/** People for whom a rule holds; a question, though it is sent as a body. */
export const matchingQuery = (rule: RuleJson, columns: readonly string[]) =>
  infiniteQueryOptions({
    queryKey: ['people', 'matching', rule, columns],
    queryFn: ({ pageParam, signal }) =>
      post<MatchingPage>('/api/people/matching', { rule, columns, limit: 50, cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });
export const personQuery = (id: string) =>
  queryOptions({
    queryKey: ['person', id],
    queryFn: () => get<PersonPage>(`/api/people/${encodeURIComponent(id)}`),
  });
export const timelineQuery = (id: string, show?: string) =>
  pages<PageOf<Happening>>(`/api/people/${encodeURIComponent(id)}/timeline`, { show });
export const changeConsents = (id: string, changes: readonly ConsentChange[]) =>
  put<{ consents: readonly PersonConsent[] }>(`/api/people/${encodeURIComponent(id)}/consents`, { changes });
export const bringToToday = (id: string) => post<PersonPage>(`/api/people/${encodeURIComponent(id)}/thaw`);
