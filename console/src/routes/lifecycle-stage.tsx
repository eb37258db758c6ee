// One stage of a model being changed: its name, its place, its rule as a sentence, what it looks like, and the way out.
import { ActionIcon, Button, Checkbox, Select, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { FieldProblem } from '../api/problem.ts';
import type { Look } from '../api/rules.ts';
import { isEveryone } from '../lib/rule-tree.ts';
import { turnWords, type StageDraft } from '../lib/model-draft.ts';
import type { StagePaint } from '../lib/stages.ts';
import { Card } from '../ui/page.tsx';
import { ReferenceLinks, type Reference } from '../ui/reference-link.tsx';
import { draftOf, RuleEditor } from '../ui/rule-editor.tsx';
import { StageMark } from '../ui/stage.tsx';

const looks: readonly { readonly value: Look; readonly label: string }[] = [
  { value: 'growing', label: 'coming closer' },
  { value: 'decline', label: 'drifting away' },
  { value: 'ended', label: 'ended' },
];

export interface StageEditorProps {
  readonly stage: StageDraft;
  readonly place: number;
  readonly of: number;
  readonly turn: number;
  readonly paint: StagePaint;
  readonly sentence: string | null;
  /** Those of this stage, their paths from the stage. */
  readonly problems: readonly FieldProblem[];
  readonly usedBy: readonly Reference[];
  readonly isFirst: boolean;
  readonly isOpen: boolean;
  /** Counts undo and redo: the fields begin anew. */
  readonly jumps: number;
  readonly onOpen: (open: boolean) => void;
  readonly onChange: (part: Partial<StageDraft>, about: string) => void;
  readonly onMove: (by: -1 | 1) => void;
  readonly onFirst: (first: boolean) => void;
  /** Null: it cannot go, as a model has at least two. */
  readonly onRemove: (() => void) | null;
}

export function StageEditor(props: StageEditorProps) {
  const { stage, place, of, turn, problems, isOpen } = props;
  const called = stage.name || `Stage ${place + 1}`;
  const at = (path: string) => {
    const found = problems.find((one) => one.path === path);
    return found && `${found.message} ${found.hint}`;
  };
  const wrong = problems.filter(({ path }) => path.startsWith('/rule'));
  return (
    <Card className="stack stage-editor">
      <div className="row-wide">
        <h3 className="stage-title">
          <StageMark paint={props.paint} name={called} look={stage.look} />
        </h3>
        <span className="row">
          <ActionIcon
            variant="default"
            size={36}
            aria-label={`Move ${called} up`}
            disabled={place === 0}
            onClick={() => props.onMove(-1)}
          >
            <span aria-hidden="true">↑</span>
          </ActionIcon>
          <ActionIcon
            variant="default"
            size={36}
            aria-label={`Move ${called} down`}
            disabled={place === of - 1}
            onClick={() => props.onMove(1)}
          >
            <span aria-hidden="true">↓</span>
          </ActionIcon>
          <Button
            size="xs"
            onClick={() => props.onOpen(!isOpen)}
            aria-expanded={isOpen}
            aria-label={`${isOpen ? 'Close' : 'Change'} ${called}`}
          >
            {isOpen ? 'Close' : 'Change'}
          </Button>
        </span>
      </div>
      {!isOpen && (
        <p className="sentence">
          {props.sentence === null ? (
            <span className="muted">Its rule is not whole yet.</span>
          ) : isEveryone(stage.rule) ? (
            'Everyone else.'
          ) : (
            `Everyone who ${props.sentence}.`
          )}
        </p>
      )}
      {!isOpen && problems.length > 0 && (
        <p className="field-problem" role="alert">
          {problems[0]?.message} {problems[0]?.hint}
        </p>
      )}
      {isOpen && (
        <>
          <div className="stage-fields">
            <TextInput
              label="Name"
              dir="auto"
              value={stage.name}
              error={at('/name')}
              onChange={(e) => props.onChange({ name: e.currentTarget.value }, `name ${stage.key}`)}
            />
            <Select
              label="Means that the relationship is"
              data={[...looks]}
              allowDeselect={false}
              value={stage.look}
              onChange={(look) =>
                props.onChange(
                  { look: looks.find(({ value }) => value === look)?.value ?? 'growing' },
                  'look',
                )
              }
            />
          </div>
          <StageRule key={props.jumps} stage={stage} problems={wrong} onChange={props.onChange} />
          <Textarea
            label="One action to start with"
            dir="auto"
            autosize
            minRows={1}
            value={stage.action}
            error={at('/action')}
            onChange={(e) => props.onChange({ action: e.currentTarget.value }, `action ${stage.key}`)}
          />
          <Checkbox
            radius="sm"
            label="Tried before all others, wherever it stands"
            checked={props.isFirst}
            onChange={(e) => props.onFirst(e.currentTarget.checked)}
          />
        </>
      )}
      <div className="row-wide">
        <p className="muted">
          Tried {turnWords(turn, of)}.{' '}
          {props.usedBy.length > 0 && (
            <>
              Used by <ReferenceLinks of={props.usedBy} />; a new name changes nothing for them.
            </>
          )}
        </p>
        {isOpen && props.onRemove !== null && (
          <Button size="xs" color="danger" variant="subtle" onClick={props.onRemove}>
            Take this stage out
          </Button>
        )}
      </div>
    </Card>
  );
}

/** While its JSON cannot be read, the rule in the model stays what it was. */
function StageRule({ stage, problems, onChange }: Pick<StageEditorProps, 'stage' | 'problems' | 'onChange'>) {
  const [draft, setDraft] = useState(() => draftOf(stage.rule));
  return (
    <RuleEditor
      draft={draft}
      problems={problems}
      onChange={(next) => {
        setDraft(next);
        if (next.rule !== null) onChange({ rule: next.rule }, `rule ${stage.key}`);
      }}
    />
  );
}
