// A lifecycle model being changed: stages added, renamed, put in order, taken out, each change a new model. Pure; the server checks it.
import type { Look, RuleJson } from '../api/rules.ts';
import { movedItem } from './moved-item.ts';

export interface StageDraft {
  /** What journeys and segments know the stage by: a new name leaves it as it is. */
  readonly key: string;
  readonly name: string;
  readonly look: Look;
  readonly action: string;
  readonly rule: RuleJson;
}

export interface ModelDraft {
  readonly name: string;
  readonly stages: readonly StageDraft[];
  readonly tested_first: string | null;
}

/** As the server takes it. */
export interface ModelForm {
  readonly name: string;
  readonly stages: readonly {
    readonly key: string;
    readonly name: string;
    readonly rule: RuleJson;
    readonly look: Look;
    readonly action?: string;
  }[];
  readonly tested_first: string | null;
}

export const stagesMax = 12;
export const stagesMin = 2;

interface StageShown {
  readonly key: string;
  readonly name: string;
  readonly look: Look;
  readonly action?: string | null;
  readonly rule: RuleJson;
}

export const draftOfModel = (model: {
  readonly name: string;
  readonly stages: readonly StageShown[];
  readonly tested_first: string | null;
}): ModelDraft => ({
  name: model.name,
  stages: model.stages.map(({ key, name, look, action, rule }) => ({
    key,
    name,
    look,
    action: action ?? '',
    rule,
  })),
  tested_first: model.tested_first,
});

export const formOf = (draft: ModelDraft): ModelForm => ({
  name: draft.name.trim(),
  stages: draft.stages.map(({ action, name, ...stage }) => ({
    ...stage,
    name: name.trim(),
    ...(action.trim() === '' ? {} : { action: action.trim() }),
  })),
  tested_first: draft.tested_first,
});

/** What a model begins with that is made from nothing. */
export const blankModel: ModelDraft = {
  name: '',
  stages: [
    { key: 'everyone', name: 'Everyone else', look: 'growing', action: '', rule: { kind: 'all', rules: [] } },
    {
      key: 'customers',
      name: 'Customers',
      look: 'growing',
      action: '',
      rule: { kind: 'orders', op: 'at_least', n: 1 },
    },
  ],
  tested_first: null,
};

export function changedStage(model: ModelDraft, key: string, part: Partial<StageDraft>): ModelDraft {
  return {
    ...model,
    stages: model.stages.map((stage) => (stage.key === key ? { ...stage, ...part } : stage)),
  };
}

/** One place up or down; at the end it stays where it is. */
export function movedStage(model: ModelDraft, key: string, by: -1 | 1): ModelDraft {
  const from = model.stages.findIndex((stage) => stage.key === key);
  const stages = movedItem(model.stages, from, from + by);
  return stages === model.stages ? model : { ...model, stages };
}

export function withoutStage(model: ModelDraft, key: string): ModelDraft {
  return {
    ...model,
    stages: model.stages.filter((stage) => stage.key !== key),
    tested_first: model.tested_first === key ? null : model.tested_first,
  };
}

/** At the end, so that it is tried before all others. Its key is free in this model and was free in what is saved. */
export function withNewStage(
  model: ModelDraft,
  taken: readonly string[],
): { readonly model: ModelDraft; readonly key: string } {
  const keys = new Set([...taken, ...model.stages.map((stage) => stage.key)]);
  let n = model.stages.length + 1;
  while (keys.has(`stage_${n}`)) n += 1;
  const stage: StageDraft = {
    key: `stage_${n}`,
    name: `Stage ${n}`,
    look: 'growing',
    action: '',
    rule: { kind: 'orders', op: 'at_least', n: 2 },
  };
  return { model: { ...model, stages: [...model.stages, stage] }, key: stage.key };
}

/** In which order the rules are tried: the lowest first, unless one is named. 1 is first. */
export function turnsOf(model: ModelDraft): ReadonlyMap<string, number> {
  const lowestFirst = model.stages.map(({ key }) => key).toReversed();
  const first = lowestFirst.filter((key) => key === model.tested_first);
  const order = [...first, ...lowestFirst.filter((key) => key !== model.tested_first)];
  return new Map(order.map((key, i) => [key, i + 1]));
}

/** "first", "second", "last". */
export function turnWords(turn: number, of: number): string {
  if (turn === 1) return 'first';
  return turn === of ? 'last' : `as number ${turn}`;
}

/** A key for a model of one's own; a name in another script makes none that can be read. */
export function modelKey(name: string, taken: ReadonlySet<string>): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 50);
  const wanted = plain === '' ? 'model' : plain;
  for (let n = 1; ; n += 1) {
    const key = n === 1 ? wanted : `${wanted}_${n}`;
    if (!taken.has(key)) return key;
  }
}

/** What was kept in the browser, if it still is a model. */
export function readModelDraft(kept: unknown): ModelDraft | null {
  return typeof kept === 'object' &&
    kept !== null &&
    'name' in kept &&
    'stages' in kept &&
    Array.isArray(kept.stages)
    ? (kept as ModelDraft)
    : null;
}
