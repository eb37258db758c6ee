// Fields that steps of a journey share: a rule, an event by its name, a time that may be left out.
import { Autocomplete, Checkbox } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { FieldProblem } from '../api/problem.ts';
import type { Json, RuleJson } from '../api/rules.ts';
import { vocabularyQuery } from '../api/vocabulary.ts';
import { isObject } from '../lib/rule-tree.ts';
import { DurationField } from '../ui/duration-field.tsx';
import { draftOf, RuleEditor } from '../ui/rule-editor.tsx';

const everyone: RuleJson = { kind: 'all', rules: [] };

export const problemsUnder = (problems: readonly FieldProblem[], path: string): FieldProblem[] =>
  problems
    .filter((one) => one.path === path || one.path.startsWith(`${path}/`))
    .map((one) => ({ ...one, path: one.path.slice(path.length) }));

export interface RuleFieldProps {
  readonly rule: Json | undefined;
  readonly problems: readonly FieldProblem[];
  readonly onChange: (rule: RuleJson) => void;
}

export function RuleField({ rule, problems, onChange }: RuleFieldProps) {
  const [draft, setDraft] = useState(() => draftOf(isObject(rule) ? rule : everyone));
  return (
    <RuleEditor
      draft={draft}
      problems={problems}
      onChange={(next) => {
        setDraft(next);
        if (next.rule) onChange(next.rule);
      }}
    />
  );
}

export interface EventFieldProps {
  readonly label: string;
  readonly selector: Json | undefined;
  readonly onChange: (selector: RuleJson) => void;
}

/** One name; a list of names and conditions on properties are kept as they are until the name is changed. */
export function EventField({ label, selector, onChange }: EventFieldProps) {
  const events = useQuery(vocabularyQuery).data?.events ?? [];
  const is = isObject(selector) ? selector : {};
  const name = Array.isArray(is['event']) ? is['event'].join(', ') : String(is['event'] ?? '');
  return (
    <Autocomplete
      label={label}
      data={[...new Set(events.map((event) => event.name))]}
      limit={50}
      value={name}
      onChange={(next) => {
        const names = next.split(',').map((one) => one.trim());
        onChange({ ...is, event: names.length > 1 ? names.filter((one) => one !== '') : next });
      }}
    />
  );
}

export interface OptionalDurationProps {
  readonly label: string;
  /** What holds without one. */
  readonly without: string;
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
}

export function OptionalDuration({ label, without, value, onChange }: OptionalDurationProps) {
  return (
    <div className="stack-tight">
      <Checkbox
        label={`${label}: ${without.charAt(0).toLowerCase()}${without.slice(1)}`}
        checked={value === null}
        onChange={(event) => onChange(event.currentTarget.checked ? null : 'P1D')}
      />
      {value !== null && <DurationField label={label} value={value} onChange={onChange} />}
    </div>
  );
}
