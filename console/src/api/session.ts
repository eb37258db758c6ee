// Who is signed in, and the doors in and out.
import { queryOptions } from '@tanstack/react-query';
import { get, post, remove } from './client.ts';

export interface Workspace {
  readonly id: string;
  readonly name: string;
  readonly time_zone: string;
  readonly currency: string;
  readonly industry: string;
}

export interface Can {
  /** Segments, stages, journeys, templates. */
  readonly define: boolean;
  readonly switch_on: boolean;
  /** Act on one person. */
  readonly care: boolean;
  /** Take people out as a file. */
  readonly export: boolean;
  /** Take out all that is known of one person. */
  readonly copy: boolean;
  /** Forget a person for good. */
  readonly erase: boolean;
  /** Keys, quarantine, system. */
  readonly connect: boolean;
  /** Settings. */
  readonly administer: boolean;
  /** The team and the log of changes. */
  readonly team: boolean;
}

export interface Session {
  readonly setup_needed: boolean;
  readonly user: {
    readonly id: string;
    readonly email: string | null;
    readonly name: string;
    readonly role: string;
  } | null;
  readonly workspace: Workspace | null;
  readonly can: Can | null;
}

export interface SetupForm {
  readonly token: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly business: {
    readonly name: string;
    readonly time_zone: string;
    readonly currency: string;
    readonly industry: string;
  };
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: () => get<Session>('/api/session'),
  staleTime: 60_000,
});

/** What counts as a purchase and as a visit, by kind of business: names of events. */
export interface IndustryWords {
  readonly key: string;
  readonly purchase: readonly string[];
  readonly visit: readonly string[];
}

export const industriesQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: () => get<{ readonly industries: readonly IndustryWords[] }>('/api/setup'),
  staleTime: Number.POSITIVE_INFINITY,
});
export const signIn = (form: { readonly email: string; readonly password: string }) =>
  post<Session>('/api/session', form);
export const signOut = () => remove<null>('/api/session');
export const setUp = (form: SetupForm) => post<Session>('/api/setup', form);
