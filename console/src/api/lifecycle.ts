// Lifecycle models: their stages, the rules that move people, and the presets to add.
import { queryOptions } from '@tanstack/react-query';
import { get, post, put, remove } from './client.ts';
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
}

export interface Model {
  readonly key: string;
  readonly name: string;
  readonly preset: string | null;
  readonly is_default: boolean;
  readonly position: number;
  readonly active: boolean;
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
    readonly sentence?: string;
  }[];
  readonly added: boolean;
}

export interface ModelForm {
  readonly name: string;
  readonly stages: readonly {
    readonly key: string;
    readonly name: string;
    readonly rule: RuleJson;
    readonly look: Look;
    readonly action?: string;
  }[];
  readonly tested_first?: string;
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
export const changeModel = (key: string, form: ModelForm) => put<Model>(at(key), form);
export const addPreset = (preset: string) => post<Model>('/api/lifecycle', { preset });
export const deleteModel = (key: string) => remove<null>(at(key));
export const orderModels = (keys: readonly string[]) =>
  put<{ readonly items: readonly Model[] }>('/api/lifecycle/order', { keys });
