// A lifecycle model at the door: read from what was sent, refused with every problem at once, compared with what there is. Stores nothing.
import { findUnrest, lifecyclePresets, parseLifecycle, sentence } from '@rapport/engine';
import type { Definition, LifecycleDefinition, Names, Rule } from '@rapport/engine';
import { ProblemError } from '../errors.ts';
import type { Problem } from '../errors.ts';
import type { ModelBody } from '../postgres/lifecycle.ts';
import type { KnownThings } from './known.ts';
import { invalid, ringProblem } from './refusals.ts';
import { readably } from './stored-rule.ts';

/** A rule that everyone meets stands for whoever no other stage has taken. */
export function stageSentence(rule: Rule, names: Names): string {
  return readably(() =>
    rule.kind === 'all' && rule.rules.length === 0 ? 'everyone else' : sentence(rule, names),
  );
}

/** The lowest row first, unless one is named. */
export function testOrder(body: ModelBody): readonly string[] {
  const lowestFirst = body.stages.map(({ key }) => key).reverse();
  const first = lowestFirst.filter((key) => key === body.tested_first);
  return [...first, ...lowestFirst.filter((key) => key !== body.tested_first)];
}

/** Rules of a model may name its own new stages. */
export function readModel(
  asked: { readonly [key: string]: unknown },
  definition: Definition,
  things: KnownThings,
): LifecycleDefinition {
  const key = typeof asked['key'] === 'string' ? asked['key'] : '';
  const stages = Array.isArray(asked['stages']) ? asked['stages'] : [];
  const own = stages.flatMap((stage: unknown) =>
    typeof stage === 'object' && stage !== null && 'key' in stage && typeof stage.key === 'string'
      ? [stage.key]
      : [],
  );
  const models = new Map(
    definition.models.map((model) => [model.key, new Set(model.stages.map((s) => s.key))]),
  );
  models.set(key, new Set(own));
  const parsed = parseLifecycle(asked, { ...things.known, models });
  if (!parsed.ok) throw invalid('invalid_model', parsed.problems, 'The lifecycle model is not valid');
  const others = definition.models.filter((model) => model.key !== key);
  const after = { ...definition, models: [...others, parsed.value] };
  const problem = ringProblem(after, '/stages') ?? unrestProblem(after);
  if (problem === null) return parsed.value;
  throw invalid('invalid_model', [problem], 'The lifecycle model is not valid');
}

/** A stage that is left because it was reached, and the other way round. */
function unrestProblem(definition: Definition): Problem | null {
  const feeding = findUnrest(definition);
  if (feeding === null) return null;
  return {
    code: 'cycle',
    path: '/stages',
    message: `Nobody could come to rest in a stage: ${feeding} …`,
    hint: 'Let no stage ask whether someone is in a stage of its own model.',
  };
}

/** What a reading shows and a change does not take: sent back whole, it is left aside. */
export function withoutShown(asked: { readonly [key: string]: unknown }): {
  readonly [key: string]: unknown;
} {
  const shown = ['preset', 'is_default', 'position', 'arming', 'outside', 'version', 'base'];
  const rest = Object.fromEntries(Object.entries(asked).filter(([key]) => !shown.includes(key)));
  if (rest['tested_first'] === null) rest['tested_first'] = undefined;
  const stages = rest['stages'];
  if (!Array.isArray(stages)) return defined(rest);
  rest['stages'] = stages.map((stage: unknown) => {
    if (typeof stage !== 'object' || stage === null) return stage;
    const kept = Object.entries(stage).filter(
      ([key, value]) =>
        !['sentence', 'people', 'tested', 'used_by', 'problems'].includes(key) &&
        !(key === 'action' && value === null),
    );
    return Object.fromEntries(kept);
  });
  return defined(rest);
}

function defined(parts: { readonly [key: string]: unknown }): { readonly [key: string]: unknown } {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}

export function findPreset(preset: unknown): { readonly [key: string]: unknown } {
  const found = lifecyclePresets.find(({ key }) => key === preset);
  if (found !== undefined) return { ...found };
  throw new ProblemError({
    code: 'invalid_model',
    path: '/preset',
    message: `"${String(preset).slice(0, 100)}" is not a preset.`,
    hint: `Use one of: ${lifecyclePresets.map(({ key }) => key).join(', ')}.`,
  });
}
