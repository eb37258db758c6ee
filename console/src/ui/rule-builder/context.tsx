// What every control of the builder needs: the words to offer, what is wrong where, and the way to change the rule.
import { createContext, useContext } from 'react';
import type { FieldProblem } from '../../api/problem.ts';
import type { Json, RuleJson } from '../../api/rules.ts';
import type { Vocabulary } from '../../api/vocabulary.ts';
import { pointerOf, type Path } from '../../lib/rule-tree.ts';

export interface Building {
  readonly rule: RuleJson;
  readonly seen: Vocabulary;
  readonly problems: readonly FieldProblem[];
  readonly sentenceOf: (rule: RuleJson) => string | null;
  /** Values of one control that follow each other are one step of undo. */
  readonly setValue: (path: Path, value: Json | undefined) => void;
  /** A change of the tree: `focus` is the condition to go to, `said` is announced. */
  readonly change: (
    rule: RuleJson,
    after?: { readonly focus?: RuleJson | undefined; readonly said?: string },
  ) => void;
  readonly focusOn: number | null;
  readonly focused: () => void;
}

const Context = createContext<Building | null>(null);
export const BuildingAround = Context.Provider;

export function useBuilding(): Building {
  const building = useContext(Context);
  if (!building) throw new Error('This control stands outside a rule builder.');
  return building;
}

/** Problems at a place or inside it. */
export function problemsAt(problems: readonly FieldProblem[], path: Path): readonly FieldProblem[] {
  const pointer = pointerOf(path);
  return problems.filter((one) => one.path === pointer || one.path.startsWith(`${pointer}/`));
}
