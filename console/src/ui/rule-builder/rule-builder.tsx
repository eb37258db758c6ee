// A rule as sentences to change: blocks and conditions whose words are controls, with undo. It never shows JSON.
import { Button } from '@mantine/core';
import { useCallback, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { FieldProblem } from '../../api/problem.ts';
import type { Json, RuleJson } from '../../api/rules.ts';
import type { Vocabulary } from '../../api/vocabulary.ts';
import { identityOf, pointerOf, viewOf, withNodeIn, withValue, type Path } from '../../lib/rule-tree.ts';
import { AddCondition } from './add-condition.tsx';
import { BlockView } from './block.tsx';
import { ConditionLine } from './condition.tsx';
import { BuildingAround, type Building } from './context.tsx';
import './rule-builder.css';

export interface RuleBuilderProps {
  readonly rule: RuleJson;
  readonly seen: Vocabulary;
  readonly problems: readonly FieldProblem[];
  readonly sentenceOf: (rule: RuleJson) => string | null;
  readonly onChange: (rule: RuleJson) => void;
}

interface Step {
  readonly rule: RuleJson;
  /** The control whose typing made it. */
  readonly by: string | null;
}

const stepsMax = 200;

export function RuleBuilder({ rule, seen, problems, sentenceOf, onChange }: RuleBuilderProps) {
  const [steps, setSteps] = useState<readonly Step[]>([]);
  const [said, setSaid] = useState<string | null>(null);
  const [focusOn, setFocusOn] = useState<number | null>(null);
  const box = useRef<HTMLDivElement>(null);

  const take = useCallback(
    (next: RuleJson, by: string | null) => {
      setSteps((before) =>
        by !== null && before.at(-1)?.by === by ? before : [...before.slice(-stepsMax), { rule, by }],
      );
      onChange(next);
    },
    [rule, onChange],
  );
  const undo = (): void => {
    const last = steps.at(-1);
    if (!last) return;
    setSteps(steps.slice(0, -1));
    setSaid('Undone.');
    onChange(last.rule);
  };
  const building = useMemo<Building>(
    () => ({
      rule,
      seen,
      problems,
      sentenceOf,
      setValue: (path: Path, value: Json | undefined) => {
        setSaid(null);
        take(withValue(rule, path, value), pointerOf(path));
      },
      change: (next, after) => {
        setSaid(after?.said ?? null);
        take(next, null);
        if (after?.focus) setFocusOn(identityOf(after.focus));
        // What had the focus may be gone: a keyboard goes on from here.
        else if (after?.said) box.current?.focus();
      },
      focusOn,
      focused: () => setFocusOn(null),
    }),
    [rule, seen, problems, sentenceOf, take, focusOn],
  );

  const view = viewOf(rule, []);
  const onKey = (event: KeyboardEvent): void => {
    const typing = event.target instanceof HTMLInputElement;
    if (typing || event.key.toLowerCase() !== 'z' || !(event.ctrlKey || event.metaKey) || event.shiftKey)
      return;
    event.preventDefault();
    undo();
  };
  return (
    <BuildingAround value={building}>
      <div
        className="rule-builder"
        ref={box}
        tabIndex={-1}
        role="group"
        aria-label="The rule"
        onKeyDown={onKey}
      >
        {view.shape === 'block' ? (
          <BlockView node={rule} block={view} />
        ) : (
          <div className="block">
            <div className="condition-words block-head">Everyone who</div>
            <div className="block-single">
              <ConditionLine node={rule} view={view} />
            </div>
            <AddCondition
              label="Add a condition"
              onAdd={(made) => building.change(withNodeIn(rule, [], made), { focus: made })}
            />
          </div>
        )}
        <div className="rule-foot">
          {steps.length > 0 && (
            <Button size="xs" variant="subtle" onClick={undo}>
              Undo
            </Button>
          )}
          <span className="muted rule-said" role="status">
            {said}
          </span>
        </div>
      </div>
    </BuildingAround>
  );
}
