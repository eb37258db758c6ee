// Which rules a changed program has to ask anew: those that the program before it did not have in the same words. What the
// others answered under that program still holds, up to the appointment that the state knows.
import { canonicalText } from './lib/json.ts';
import { sha256Hex } from './lib/sha256.ts';
import type { Definition } from './definition.ts';
import type { Program } from './program.ts';
import type { Json } from './rules/rule.ts';

/** What a program asks, to be stored and compared with later ones. */
export interface AskedShape {
  /** A digest of what every rule may look at besides itself: zone, currency, what a purchase is, what was learnt. */
  readonly scope: string;
  /** A segment's or a model's name among them, and a digest of its rules. */
  readonly rules: readonly (readonly [string, string])[];
}

/** Places (see touched.ts) to ask when a state of this program version is brought to the newer one. */
export interface Changed {
  readonly from: number;
  readonly places: readonly number[];
}

export function askedShapeOf(program: Program): AskedShape {
  return { scope: scopeOf(program.definition), rules: rulesOf(program) };
}

/** Null: everything is to be asked. */
export function changedSince(program: Program, from: number, before: AskedShape): Changed | null {
  if (before.scope !== scopeOf(program.definition)) return null;
  const known = new Map(before.rules);
  const places = rulesOf(program).flatMap(([name, rules], place) =>
    known.get(name) === rules ? [] : [place],
  );
  return { from, places };
}

/** Segments, then models, in the order of their places. */
function rulesOf({ segments, models, definition }: Program): AskedShape['rules'] {
  const rules = new Map(definition.segments.map(({ key, rule }) => [key, rule]));
  const stages = new Map(definition.models.map((model) => [model.key, model]));
  return [
    ...segments.map(({ key }) => [`segment ${key}`, digest(rules.get(key))] as const),
    ...models.map(({ key }) => {
      const model = stages.get(key);
      const asked = model?.stages.map((stage) => [stage.key, stage.rule]);
      return [`model ${key}`, digest([asked, model?.tested_first])] as const;
    }),
  ];
}

function scopeOf(definition: Definition): string {
  const {
    version: _version,
    changed_at: _at,
    segments: _s,
    models: _m,
    journeys: _j,
    policy: _p,
    refits_since: _r,
    unsound: _u,

    ...scope
  } = definition;
  return digest(scope);
}

function digest(value: unknown): string {
  return sha256Hex(canonicalText(JSON.parse(JSON.stringify(value ?? null)) as Json)).slice(0, 16);
}
