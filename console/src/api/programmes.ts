// Loyalty programmes, and one person's points.
import { queryOptions } from '@tanstack/react-query';
import { get, post, put } from './client.ts';
import type { PageOf } from './page.ts';
import type { FieldProblem } from './problem.ts';
import type { Arming, RuleJson } from './rules.ts';

export interface Earning {
  readonly kind: 'spend' | 'event';
  readonly key: string;
  readonly points: number;
  readonly per?: number | string;
  readonly rounding?: 'down' | 'nearest' | 'up';
  readonly event?: string | readonly string[];
  readonly where?: RuleJson['where'];
  readonly cap?: { readonly times: number; readonly per: string };
  readonly who?: RuleJson;
}

export interface Tier {
  readonly key: string;
  readonly name: string;
  readonly rule: RuleJson;
}

export interface ProgrammeBody {
  readonly name: string;
  readonly unit: { readonly one: string; readonly many: string };
  readonly counts_from?: string;
  readonly earn: readonly Earning[];
  readonly expiry: { readonly kind: 'inactivity' | 'earned'; readonly after: string } | null;
  readonly tiers: readonly Tier[];
  readonly keep_tier_for: string | null;
}

export interface Programme extends ProgrammeBody {
  readonly key: string;
  readonly version: number;
  readonly counts_from: string;
  readonly earn: readonly (Earning & { readonly sentence: string })[];
  readonly expiry_sentence: string;
  readonly tiers: readonly (Tier & { readonly sentence: string; readonly people: number })[];
  readonly points: {
    readonly issued: number;
    readonly taken_back: number;
    readonly spent: number;
    readonly expired: number;
    readonly outstanding: number;
    readonly owed: number;
  };
  readonly arming: Arming | null;
  readonly used_by: readonly { readonly kind: string; readonly key: string; readonly name: string }[];
  /** What keeps it from being used as it is stored. */
  readonly problems: readonly FieldProblem[];
}

export interface PersonPoints {
  readonly programmes: readonly {
    readonly programme: string;
    readonly name: string;
    readonly unit: Programme['unit'];
    readonly balance: number;
    readonly owed: number;
    readonly earned: number;
    readonly spent: number;
    readonly tier: { readonly key: string; readonly name: string; readonly since: string } | null;
    readonly next_expiry: { readonly at: string; readonly points: number } | null;
  }[];
  readonly entries: PageOf<{
    readonly id: string;
    readonly programme: string;
    readonly words: string;
    readonly reason: string | null;
    readonly at: string;
  }>;
}

const at = (key: string) => `/api/programmes/${encodeURIComponent(key)}`;
const of = (person: string) => `/api/people/${encodeURIComponent(person)}/points`;

export const programmesQuery = queryOptions({
  queryKey: ['programmes'],
  queryFn: () => get<PageOf<Programme>>('/api/programmes'),
});
export const programmeQuery = (key: string) =>
  queryOptions({ queryKey: ['programmes', key], queryFn: () => get<Programme>(at(key)) });
export const createProgramme = (body: ProgrammeBody) => post<Programme>('/api/programmes', body);
/** `base` is the version it was changed from. */
export const changeProgramme = (key: string, body: ProgrammeBody, base: number) =>
  put<Programme>(at(key), { ...body, base });

export const pointsQuery = (person: string) =>
  queryOptions({ queryKey: ['people', person, 'points'], queryFn: () => get<PersonPoints>(of(person)) });
export const postPoints = (
  person: string,
  command: {
    readonly programme: string;
    readonly do: 'award' | 'spend' | 'correct' | 'open';
    readonly points: number;
    readonly reason: string;
    readonly key: string;
  },
) => post<PersonPoints>(of(person), command);
