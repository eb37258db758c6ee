// The team: who may sign in and as what, who was invited, where one is signed in oneself, and who changed what.
import { queryOptions } from '@tanstack/react-query';
import { get, post, put, remove } from './client.ts';
import { pages, type PageOf } from './page.ts';
import type { Json } from './rules.ts';
import type { Session } from './session.ts';

export type Role = 'owner' | 'admin' | 'marketer' | 'agent' | 'analyst' | 'developer';

export interface TeamMember {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly created_at: string;
}

export interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly created_at: string;
  readonly expires_at: string;
}

export interface OwnSession {
  readonly id: string;
  readonly device: string;
  readonly created_at: string;
  readonly last_at: string;
  readonly current: boolean;
}

export interface AuditEntry {
  readonly id: string;
  readonly at: string;
  readonly by: string | null;
  readonly action: string;
  readonly subject: string;
  /** What it is called now; null: it has no name, or is gone. */
  readonly subject_name: string | null;
  readonly detail: { readonly [key: string]: Json };
}

const at = (id: string) => encodeURIComponent(id);

export const teamQuery = queryOptions({
  queryKey: ['team'],
  queryFn: () => get<PageOf<TeamMember>>('/api/users'),
});
export const invitationsQuery = queryOptions({
  queryKey: ['team', 'invitations'],
  queryFn: () => get<PageOf<Invitation>>('/api/invitations'),
});
export const invite = (form: { readonly email: string; readonly role: Role }) =>
  post<Invitation & { readonly link: string }>('/api/invitations', form);
export const takeBack = (id: string) => remove<null>(`/api/invitations/${at(id)}`);
export const changeRole = (id: string, role: Role) => put<TeamMember>(`/api/users/${at(id)}`, { role });
export const shutOut = (id: string) => remove<null>(`/api/users/${at(id)}`);
export const letIn = (id: string) => post<TeamMember>(`/api/users/${at(id)}/restore`);

export const invitationQuery = (token: string) =>
  queryOptions({
    queryKey: ['join', token],
    queryFn: () =>
      get<{ readonly email: string; readonly role: Role; readonly workspace: string }>('/api/join', {
        token,
      }),
    retry: false,
  });
export const join = (form: { readonly token: string; readonly name: string; readonly password: string }) =>
  post<Session>('/api/join', form);

export const sessionsQuery = queryOptions({
  queryKey: ['own-sessions'],
  queryFn: () => get<PageOf<OwnSession>>('/api/sessions'),
});
export const endSession = (id: string) => remove<null>(`/api/sessions/${at(id)}`);
export const changePassword = (form: { readonly current: string; readonly new: string }) =>
  put<null>('/api/session/password', form);

export const auditQuery = () => pages<PageOf<AuditEntry>>('/api/audit');
