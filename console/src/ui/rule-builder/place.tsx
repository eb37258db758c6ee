// Where a part of a condition stands in the rule, and the small things that all parts share.
import type { Json, RuleJson } from '../../api/rules.ts';
import { valueAt, type Condition, type Path } from '../../lib/rule-tree.ts';
import { Icon } from '../icons.tsx';
import { problemsAt, useBuilding } from './context.tsx';
import type { Part } from './part.ts';

export interface PartProps<P extends Part['part'] = Part['part']> {
  readonly part: Extract<Part, { readonly part: P }>;
  readonly condition: Condition;
  /** The id of the list that tells what is wrong. */
  readonly describedBy: string;
}

/** The place a part's key stands for, its value, and whether something is wrong there. */
export function usePlace(condition: Condition, key: string) {
  const { problems, setValue } = useBuilding();
  const keys = key.split('.');
  const path: Path = [...condition.leafPath, ...keys];
  return {
    path,
    value: valueAt(condition.leaf, keys),
    wrong: problemsAt(problems, path).length > 0,
    set: (value: Json | undefined) => setValue(path, value),
  };
}

export function TakeOut({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <button type="button" className="word-out" aria-label={label} title={label} onClick={onClick}>
      <Icon name="cross" size={14} />
    </button>
  );
}

/** Names of the events a condition is about; `*` is any. */
export function eventsOf(leaf: RuleJson, key = 'event'): readonly string[] {
  const event = valueAt(leaf, key.split('.'));
  if (typeof event === 'string') return [event];
  return Array.isArray(event) ? event.filter((one): one is string => typeof one === 'string') : [];
}
