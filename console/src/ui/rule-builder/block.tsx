// A block of conditions: "all of these", "any of these", "none of these", indented, with a way to add one more. Conditions can be
// dragged inside their block; the same by keyboard from each one's tools.
import { useId, useState, type DragEvent } from 'react';
import type { RuleJson } from '../../api/rules.ts';
import {
  identityOf,
  movedTo,
  pointerOf,
  viewOf,
  withJoint,
  withNodeIn,
  type Block,
  type Joint,
  type Path,
} from '../../lib/rule-tree.ts';
import { AddCondition } from './add-condition.tsx';
import { ConditionLine, Joined, NodeTools, ProblemList } from './condition.tsx';
import { useBuilding } from './context.tsx';
import { ChoiceWord } from './words.tsx';

const joints: readonly { readonly value: Joint; readonly text: string }[] = [
  { value: 'all', text: 'all of' },
  { value: 'any', text: 'any of' },
  { value: 'none', text: 'none of' },
  { value: 'not_all', text: 'not all of' },
];
const jointWords: { readonly [joint in Joint]: string } = {
  all: 'and',
  any: 'or',
  none: 'nor',
  not_all: 'and',
};

export function NodeView({ node, path }: { readonly node: RuleJson; readonly path: Path }) {
  const view = viewOf(node, path);
  if (view.shape === 'condition') return <ConditionLine node={node} view={view} />;
  return <BlockView node={node} block={view} />;
}

export function BlockView({ node, block }: { readonly node: RuleJson; readonly block: Block }) {
  const { rule, change, problems } = useBuilding();
  const describedBy = useId();
  const isRoot = block.path.length === 0;
  // What is wrong with the block itself, not with one of its conditions.
  const own = problems.filter((one) => {
    const places = [pointerOf(block.path), pointerOf(block.listPath), pointerOf(block.listPath.slice(0, -1))];
    return places.includes(one.path);
  });
  return (
    <div className="block" role="group" aria-label={`${jointOf(block.joint)} these`}>
      <div className="condition-words block-head">
        {isRoot ? 'Everyone who matches ' : 'matches '}
        <ChoiceWord
          label="How these belong together"
          value={block.joint}
          options={joints}
          wrong={own.length > 0}
          describedBy={describedBy}
          onChange={(joint) => {
            const chosen = joints.find(({ value }) => value === joint)?.value;
            if (chosen) change(withJoint(rule, block.path, chosen));
          }}
        />{' '}
        these:
      </div>
      {!isRoot && <NodeTools node={node} view={block} />}
      <ProblemList id={describedBy} problems={own} />
      <BlockList block={block} />
      <AddCondition
        label={isRoot ? 'Add a condition' : 'Add a condition to this group'}
        onAdd={(made) => change(withNodeIn(rule, block.path, made), { focus: made })}
      />
    </div>
  );
}

const jointOf = (joint: Joint): string => joints.find(({ value }) => value === joint)?.text ?? joint;

function BlockList({ block }: { readonly block: Block }) {
  const { rule, change } = useBuilding();
  const [dragged, setDragged] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  if (block.children.length === 0)
    return (
      <p className="muted block-empty">
        {block.joint === 'all' ? 'No condition yet: everyone matches.' : 'No condition yet.'}
      </p>
    );
  const end = (): void => {
    setDragged(null);
    setOver(null);
  };
  const drop = (event: DragEvent, to: number): void => {
    event.preventDefault();
    event.stopPropagation();
    if (dragged !== null && dragged !== to)
      change(movedTo(rule, [...block.listPath, dragged], to), { said: `Moved to place ${to + 1}.` });
    end();
  };
  return (
    <ol className="block-list">
      {block.children.map((child, i) => (
        <li
          key={identityOf(child)}
          data-over={
            over === i && dragged !== i ? (dragged !== null && dragged < i ? 'after' : 'before') : undefined
          }
          data-dragged={dragged === i || undefined}
          onDragOver={(event) => {
            if (dragged === null) return;
            event.preventDefault();
            event.stopPropagation();
            setOver(i);
          }}
          onDrop={(event) => drop(event, i)}
        >
          <span
            className="grip"
            draggable
            title="Drag to another place"
            onDragStart={(event) => {
              event.stopPropagation();
              event.dataTransfer.effectAllowed = 'move';
              event.dataTransfer.setData('text/plain', '');
              setDragged(i);
            }}
            onDragEnd={end}
          />
          <Joined word={i === 0 ? null : jointWords[block.joint]}>
            <NodeView node={child} path={[...block.listPath, i]} />
          </Joined>
        </li>
      ))}
    </ol>
  );
}
