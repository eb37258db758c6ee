// Journeys: their versions, live numbers, who would enter, and the switch.
import { queryOptions } from '@tanstack/react-query';
import { get, post } from './client.ts';
import { pages, type PageOf } from './page.ts';
import type { FieldProblem } from './problem.ts';
import type { Json } from './rules.ts';

export interface JourneyRow {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly active_version: number | null;
  readonly newest_version: number;
  readonly shipped: boolean;
  readonly sentence: string;
  readonly running: number;
  readonly entered: number;
  readonly control: number;
  readonly goals: number;
  readonly updated_at: string;
}

/** A node as stored; the picture only needs where it leads. */
export interface GraphNode {
  readonly kind: string;
  readonly next?: string;
  readonly then?: string;
  readonly else?: string;
  readonly timeout?: string;
  readonly [key: string]: Json | undefined;
}

export interface Graph {
  readonly entry: string;
  readonly nodes: { readonly [id: string]: GraphNode };
  readonly goal?: { readonly rule: Json; readonly exits: boolean };
  readonly exit_when?: Json;
  readonly hold_out?: number;
  readonly reentry?: Json;
}

export interface NodeNumbers {
  readonly entered: number;
  readonly here: number;
  readonly went_on: number;
  readonly left: number;
  readonly control: number;
  readonly here_control: number;
  readonly sent: number;
  readonly waiting: number;
  readonly dropped: number;
  readonly failed: number;
  readonly uncertain: number;
  readonly withheld: number;
  readonly reasons: readonly {
    readonly state: string;
    readonly reason: string;
    readonly text: string;
    readonly messages: number;
  }[];
  readonly ends: readonly { readonly reason: string; readonly runs: number }[];
}

export interface EdgeNumbers {
  readonly from: string;
  readonly to: string;
  readonly runs: number;
  readonly control: number;
}

export interface Activation {
  readonly id: string;
  readonly who: 'from_now' | 'also_today';
  readonly per_day: number | null;
  readonly qualified: number | null;
  readonly entered: number;
  readonly today: number;
  readonly at: string;
  readonly done_at: string | null;
}

export interface Journey {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly active_version: number | null;
  readonly newest_version: number;
  readonly shipped: boolean;
  readonly sentence?: string;
  readonly running: number;
  readonly entered: number;
  readonly control: number;
  readonly goals: number;
  readonly graph: Graph;
  readonly version: number;
  readonly versions: readonly {
    readonly version: number;
    readonly created_at: string;
    readonly created_by: string | null;
    readonly running: number;
    readonly active: boolean;
  }[];
  readonly numbers: { readonly [node: string]: NodeNumbers };
  readonly edges: readonly EdgeNumbers[];
  /** Numbers of the last so many days; null: ever. */
  readonly days: number | null;
  readonly period: {
    readonly entered: number;
    readonly control: number;
    readonly goals: number;
    readonly goals_control: number;
  };
  readonly labels: { readonly [node: string]: string };
  readonly activation: Activation | null;
  readonly problems: readonly FieldProblem[];
}

export interface Audience {
  readonly qualify_today: number;
  readonly estimated: boolean;
  readonly hold_out: number;
  readonly per_day_suggested: number;
  readonly enters: string;
  readonly control_group: string;
  readonly limits: string;
  readonly provable: { readonly entrants_a_year: number | null; readonly note: string } | null;
  readonly sending: { readonly mode: string; readonly note: string };
}

export interface RunRow {
  readonly id: string;
  readonly person: { readonly id: string; readonly name: string | null; readonly email: string | null };
  readonly version: number;
  readonly arm: 'treated' | 'control';
  readonly node: string;
  readonly node_at: string;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly end_reason: string | null;
  readonly goal_at: string | null;
}

export interface ActivateForm {
  readonly version?: number;
  readonly who: 'from_now' | 'also_today';
  readonly per_day?: number;
  readonly running?: 'stay' | 'move' | 'leave';
}

export interface JourneyDifference {
  readonly version: number;
  readonly runs: number;
  readonly moves: number;
  readonly leaves: number;
  readonly steps: readonly {
    readonly node: string;
    readonly label: string;
    readonly change: 'new' | 'gone' | 'changed' | 'same';
    readonly runs: number;
  }[];
}

const at = (id: string) => `/api/journeys/${encodeURIComponent(id)}`;

export const journeysQuery = queryOptions({
  queryKey: ['journeys'],
  queryFn: () => get<PageOf<JourneyRow>>('/api/journeys'),
  refetchInterval: 15_000,
});
export const journeyQuery = (id: string, version?: number, days?: number) =>
  queryOptions({
    queryKey: ['journeys', id, version ?? 'current', days ?? 'ever'],
    queryFn: () => get<Journey>(at(id), { version, days }),
    // The picture stays while another period is counted.
    placeholderData: (before: Journey | undefined) => (before?.id === id ? before : undefined),
    // While the first ones are let in, whoever switched it on watches.
    refetchInterval: ({ state: { data } }) => (isLettingIn(data) ? 1_000 : 10_000),
  });
export const readJourney = (id: string, version?: number) => get<Journey>(at(id), { version });
export const addVersion = (id: string, graph: Graph) =>
  post<{ version: number }>(`${at(id)}/versions`, { graph });
export const audienceQuery = (id: string, version?: number) =>
  queryOptions({
    queryKey: ['journeys', id, 'audience', version ?? 'newest'],
    queryFn: () => get<Audience>(`${at(id)}/audience`, { version }),
  });
export const runsQuery = (id: string, filter: { state?: string | undefined; node?: string | undefined }) =>
  pages<PageOf<RunRow>>(`${at(id)}/runs`, { limit: 10, ...filter });
export const differenceQuery = (id: string, version: number) =>
  queryOptions({
    queryKey: ['journeys', id, 'difference', version],
    queryFn: () => get<JourneyDifference>(`${at(id)}/difference`, { version }),
  });
export const checkGraph = (graph: Graph) =>
  post<{
    readonly problems: readonly FieldProblem[];
    readonly labels: { readonly [node: string]: string };
  }>('/api/journeys/check', { graph });
export const createJourney = (form: { name: string; description?: string; graph: Graph }) =>
  post<Journey>('/api/journeys', form);
/** `base`: the version it was made from; refused when a newer one was saved since. */
export const saveVersion = (id: string, form: { graph: Graph; base?: number }) =>
  post<{ readonly version: number }>(`${at(id)}/versions`, form);
export const activate = (id: string, form: ActivateForm) =>
  post<{ journey: Journey; activation: Activation }>(`${at(id)}/activate`, form);
export const deactivate = (id: string, running: 'finish' | 'leave') =>
  post<Journey>(`${at(id)}/deactivate`, { running });

function isLettingIn(journey: Journey | undefined): boolean {
  const ramp = journey?.activation;
  return ramp?.who === 'also_today' && ramp.done_at === null && ramp.entered === 0;
}
