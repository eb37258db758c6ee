// The menu of everything a condition can ask, grouped and searchable.
import type { RuleJson } from '../../api/rules.ts';
import { blockRule, type Joint } from '../../lib/rule-tree.ts';
import { useBuilding } from './context.tsx';
import { beginnings } from './forms.ts';
import { groupNames, type GroupName } from './part.ts';
import { WordPicker, type PickGroup } from './word-picker.tsx';

const order: readonly GroupName[] = ['did', 'money', 'who', 'relation', 'dates', 'chance'];
const blocks: readonly { readonly joint: Joint; readonly title: string }[] = [
  { joint: 'any', title: 'a group: any of …' },
  { joint: 'all', title: 'a group: all of …' },
  { joint: 'none', title: 'a group: none of …' },
];

const groups: readonly PickGroup[] = [
  ...order
    .map((group) => ({
      label: groupNames[group],
      options: beginnings
        .map((one, i) => ({ one, i }))
        .filter(({ one }) => one.group === group)
        .map(({ one, i }) => ({ value: `${i}`, text: one.title, note: one.example, also: one.also })),
    }))
    .filter(({ options }) => options.length > 0),
  {
    label: 'Groups',
    options: blocks.map(({ joint, title }) => ({
      value: joint,
      text: title,
      also: 'or and nested brackets block not',
    })),
  },
];

export interface AddConditionProps {
  readonly label: string;
  readonly onAdd: (rule: RuleJson) => void;
}

export function AddCondition({ label, onAdd }: AddConditionProps) {
  const { seen } = useBuilding();
  const pick = (value: string): void => {
    const block = blocks.find(({ joint }) => joint === value);
    if (block) return onAdd(blockRule(block.joint, [{ kind: 'orders', op: 'at_least', n: 1 }]));
    const beginning = beginnings[Number(value)];
    if (beginning) onAdd(beginning.rule(seen));
  };
  return (
    <div className="add-condition">
      <WordPicker look="add" leaves label={label} groups={groups} onPick={pick}>
        {label}
      </WordPicker>
    </div>
  );
}
