// One condition as a line of prose whose words are controls, with what is wrong right below it and its tools at the end.
import { ActionIcon, Menu } from '@mantine/core';
import { useEffect, useId, useRef, type ReactNode } from 'react';
import {
  copyOf,
  identityOf,
  moved,
  movesOf,
  pointerOf,
  valueAt,
  withNodeAfter,
  withoutNode,
  type Block,
  type Condition,
  type Move,
} from '../../lib/rule-tree.ts';
import type { FieldProblem } from '../../api/problem.ts';
import type { RuleJson } from '../../api/rules.ts';
import { Icon } from '../icons.tsx';
import { problemsAt, useBuilding } from './context.tsx';
import { forms, isLeafKind } from './forms.ts';
import { PartView } from './parts.tsx';

export function ConditionLine({ node, view }: { readonly node: RuleJson; readonly view: Condition }) {
  const { problems, focusOn, focused } = useBuilding();
  const line = useRef<HTMLDivElement>(null);
  const describedBy = useId();
  const { kind } = view.leaf;
  const wanted = focusOn === identityOf(node);
  useEffect(() => {
    if (!wanted) return;
    line.current?.querySelector<HTMLElement>('select, input, button')?.focus();
    focused();
  }, [wanted, focused]);
  return (
    <div className="condition" ref={line}>
      <div className="condition-words">
        {isLeafKind(kind) ? (
          forms[kind].parts(view.leaf).map((part, i) => (
            <span key={i} className="part">
              <PartView part={part} condition={view} describedBy={describedBy} />{' '}
            </span>
          ))
        ) : (
          <span className="muted">
            A condition that can only be changed as JSON: {JSON.stringify(view.leaf)}
          </span>
        )}
      </div>
      <NodeTools node={node} view={view} />
      <ProblemList id={describedBy} problems={problemsAt(problems, view.path)} />
    </div>
  );
}

/** What is merely not filled in yet is asked for, not held against anybody. */
function wordsOf(problem: FieldProblem, rule: RuleJson): string {
  const value = valueAt(
    rule,
    problem.path
      .split('/')
      .slice(1)
      .map((key) => (/^\d+$/.test(key) ? Number(key) : key)),
  );
  const empty =
    value === null || value === '' || value === undefined || (Array.isArray(value) && value.length === 0);
  return empty ? 'Something is still missing here.' : problem.message;
}

export function ProblemList({
  id,
  problems,
}: {
  readonly id: string;
  readonly problems: readonly FieldProblem[];
}) {
  const { rule } = useBuilding();
  if (problems.length === 0) return null;
  return (
    <ul className="condition-problems" id={id}>
      {problems.map((one, i) => (
        <li key={i}>
          <Icon name="warning" size={16} /> <span>{wordsOf(one, rule)}</span>{' '}
          <span className="muted">{one.hint}</span>
        </li>
      ))}
    </ul>
  );
}

const moveWords: { readonly [move in Move]: string } = {
  up: 'Move up',
  down: 'Move down',
  into: 'Move into the group above',
  out: 'Move out of this group',
  nest: 'Put into a group of its own',
};

/** What can be done with a condition or a group as a whole. */
export function NodeTools({ node, view }: { readonly node: RuleJson; readonly view: Block | Condition }) {
  const { rule, change, sentenceOf } = useBuilding();
  const what = view.shape === 'block' ? 'Group' : 'Condition';
  const name = shortened(sentenceOf(node) ?? pointerOf(view.path));
  const remove = (): void => change(withoutNode(rule, view.path), { said: `${what} taken out: ${name}` });
  const duplicate = (): void => {
    const copy = copyOf(node);
    change(withNodeAfter(rule, view.path, copy), { focus: copy, said: `${what} copied.` });
  };
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="transparent" className="node-tools" aria-label={`${what}: ${name}`} size={28}>
          <Icon name="more" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {movesOf(rule, view.path).map((move) => (
          <Menu.Item
            key={move}
            onClick={() =>
              change(moved(rule, view.path, move), { focus: node, said: `${moveWords[move]}: done.` })
            }
          >
            {moveWords[move]}
          </Menu.Item>
        ))}
        <Menu.Item onClick={duplicate}>Duplicate</Menu.Item>
        <Menu.Item onClick={remove}>Remove</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

export function shortened(text: string, most = 80): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** The joining word before all but the first. */
export function Joined({ word, children }: { readonly word: string | null; readonly children: ReactNode }) {
  return (
    <>
      <span className="joint" aria-hidden={word === null}>
        {word ?? ''}
      </span>
      <div className="joined">{children}</div>
    </>
  );
}
