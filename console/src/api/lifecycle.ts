// Lifecycle models: their stages, the rules that move people, and the presets to add.
import { queryOptions } from '@tanstack/react-query';
import type { ModelForm } from '../lib/model-draft.ts';
import type { Nameable } from '../ui/person-name.tsx';
import { get, post, put } from './client.ts';
import type { PageOf } from './page.ts';
import type { FieldProblem } from './problem.ts';
import type { Arming, Look, RuleJson } from './rules.ts';

export interface Stage {
  readonly key: string;
  readonly name: string;
  readonly look: Look;
  readonly action?: string | null;
  readonly rule: RuleJson;
  readonly sentence: string;
  readonly people: number;
  /** In which order its rule is tried; 1 is first. */
  readonly tested: number;
  /** What keeps its rule from being asked: to be mended. */
  readonly problems: readonly FieldProblem[];
  /** What names it, and so keeps it from being taken out. */
  readonly used_by: readonly { readonly kind: string; readonly key: string; readonly name: string }[];
}

export interface Model {
  readonly key: string;
  readonly name: string;
  readonly preset: string | null;
  readonly is_default: boolean;
  readonly position: number;
  readonly active: boolean;
  readonly version: number;
  readonly arming: Arming | null;
  readonly outside: number;
  readonly stages: readonly Stage[];
  readonly tested_first: string | null;
}

export interface Preset {
  readonly key: string;
  readonly name: string;
  readonly stages: readonly {
    readonly key: string;
    readonly name: string;
    readonly look: Look;
    readonly sentence: string;
    readonly action: string | null;
    readonly rule: RuleJson;
  }[];
  readonly tested_first: string | null;
  readonly added: boolean;
}

/** Who would move from where to where; null: in no stage. */
export interface ModelMove {
  readonly from: string | null;
  readonly to: string | null;
  readonly people: number;
  readonly examples: readonly Nameable[];
}

/** Of the people asked in one answer. */
export interface CountPortion {
  readonly looked: number;
  readonly of: number;
  readonly from_events: boolean;
  readonly next_cursor: string | null;
  readonly models: readonly { readonly key: string; readonly moves: readonly ModelMove[] }[];
}

export interface Version {
  readonly version: number;
  readonly name: string;
  readonly saved_at: string;
  readonly saved_by: string | null;
  readonly stages: readonly {
    readonly key: string;
    readonly name: string;
    readonly look: Look;
    readonly action: string | null;
    readonly rule: RuleJson;
    readonly sentence: string;
  }[];
  readonly tested_first: string | null;
  readonly usable: boolean;
}

const at = (key: string) => `/api/lifecycle/${encodeURIComponent(key)}`;

export const lifecycleQuery = queryOptions({
  queryKey: ['lifecycle'],
  queryFn: () => get<{ readonly items: readonly Model[] }>('/api/lifecycle'),
});
export const presetsQuery = queryOptions({
  queryKey: ['lifecycle', 'presets'],
  queryFn: () => get<{ readonly items: readonly Preset[] }>('/api/lifecycle/presets'),
});
export type CountedModel = { readonly preset: string } | (ModelForm & { readonly key: string });
export const countModels = (models: readonly CountedModel[], cursor: string | null, signal: AbortSignal) =>
  post<CountPortion>(
    '/api/lifecycle/count',
    { models: models.map(nullLeftOut), ...(cursor === null ? {} : { cursor }) },
    signal,
  );
export const modelVersionsQuery = (key: string) =>
  queryOptions({
    queryKey: ['lifecycle', key, 'versions'],
    queryFn: () => get<PageOf<Version>>(`${at(key)}/versions`),
  });
/** `base`: the version it was made from; refused when a newer one was saved since. */
export const changeModel = (key: string, form: ModelForm, base: number) =>
  put<Model>(at(key), { ...form, base });
export const addModel = (key: string, form: ModelForm) =>
  post<Model>('/api/lifecycle', nullLeftOut({ key, ...form }));
export const orderModels = (keys: readonly string[]) =>
  put<{ readonly items: readonly Model[] }>('/api/lifecycle/order', { keys });

/** No stage is tried first unless one is named. */
function nullLeftOut(model: CountedModel): object {
  if ('preset' in model || model.tested_first !== null) return model;
  const { tested_first: _none, ...rest } = model;
  return rest;
}
