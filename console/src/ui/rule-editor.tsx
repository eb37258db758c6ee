// A rule to change: its sentence as it is typed, fields for its numbers, and the JSON for everything else, each problem at its line.
import { NumberInput, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import type { FieldProblem } from '../api/problem.ts';
import type { RuleJson } from '../api/rules.ts';
import { previewRule, segmentsQuery } from '../api/segments.ts';
import { lineOf } from '../lib/json-place.ts';
import { ruleNumbers, segmentsIn, withNumber, type NumberUnit } from '../lib/rule-numbers.ts';
import './rule-editor.css';

export interface RuleDraft {
  readonly text: string;
  /** Null while the text is no JSON object. */
  readonly rule: RuleJson | null;
}

export const draftOf = (rule: RuleJson): RuleDraft => ({ text: JSON.stringify(rule, null, 2), rule });

function readDraft(text: string): RuleDraft {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return { text, rule: { ...value } };
  } catch {
    // Said below, at the field.
  }
  return { text, rule: null };
}

export interface RuleEditorProps {
  readonly draft: RuleDraft;
  readonly onChange: (draft: RuleDraft) => void;
  /** What the server said when saving, paths from the rule's root. */
  readonly problems?: readonly FieldProblem[];
  /** Open the JSON at once: for a rule without numbers. */
  readonly jsonOpen?: boolean;
}

const units: { readonly [unit in NumberUnit]: string } = {
  days: ' days',
  hours: ' hours',
  minutes: ' minutes',
  times: '',
  number: '',
  share: '',
};

export function RuleEditor({ draft, onChange, problems = [], jsonOpen = false }: RuleEditorProps) {
  const [asked] = useDebouncedValue(draft.rule, 300);
  const preview = useQuery({
    queryKey: ['rule-preview', asked],
    queryFn: () => previewRule(asked),
    enabled: asked !== null,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before) => before,
  });
  const numbers = draft.rule ? ruleNumbers(draft.rule) : [];
  const found = draft.rule === null ? [] : [...problems, ...(preview.data?.problems ?? [])];
  return (
    <div className="stack">
      <p className="rule-sentence" aria-live="polite">
        {preview.data?.sentence ?? ' '}
      </p>
      {numbers.length > 0 && (
        <div className="rule-numbers">
          {numbers.map((number) => (
            <NumberInput
              key={number.path.join('/')}
              label={number.label}
              suffix={units[number.unit]}
              min={0}
              step={number.unit === 'share' ? 0.05 : 1}
              decimalScale={number.unit === 'share' || number.unit === 'number' ? 2 : 0}
              allowNegative={false}
              value={number.value}
              onChange={(value) => {
                if (typeof value === 'number' && draft.rule)
                  onChange(draftOf(withNumber(draft.rule, number, value)));
              }}
            />
          ))}
        </div>
      )}
      {draft.rule && <AskedSegments keys={segmentsIn(draft.rule)} />}
      <RuleJsonField
        draft={draft}
        onChange={onChange}
        problems={found}
        open={jsonOpen || numbers.length === 0}
      />
    </div>
  );
}

/** Half of a stage's rule is often a segment with numbers of its own: where to turn those. */
function AskedSegments({ keys }: { readonly keys: readonly string[] }) {
  const segments = useQuery(segmentsQuery).data?.items ?? [];
  if (keys.length === 0) return null;
  return (
    <p className="muted">
      It asks for segments with numbers of their own:{' '}
      {keys.map((key, i) => (
        <span key={key}>
          {i > 0 && ', '}
          <Link to="/segments/$key" params={{ key }}>
            {segments.find((one) => one.key === key)?.name ?? key}
          </Link>
        </span>
      ))}
      .
    </p>
  );
}

interface RuleJsonFieldProps {
  readonly draft: RuleDraft;
  readonly onChange: (draft: RuleDraft) => void;
  readonly problems: readonly FieldProblem[];
  readonly open: boolean;
}

function RuleJsonField({ draft, onChange, problems, open }: RuleJsonFieldProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [shown] = useState(open);
  const goTo = (line: number) => {
    const at =
      draft.text
        .split('\n')
        .slice(0, line - 1)
        .join('\n').length + (line > 1 ? 1 : 0);
    field.current?.focus();
    field.current?.setSelectionRange(at, at + (draft.text.split('\n')[line - 1]?.length ?? 0));
  };
  return (
    <details open={shown || problems.length > 0 || draft.rule === null}>
      <summary>The rule as JSON</summary>
      <Textarea
        ref={field}
        className="mono rule-json"
        aria-label="The rule as JSON"
        autosize
        minRows={6}
        maxRows={20}
        spellCheck={false}
        value={draft.text}
        error={draft.rule === null ? 'This is not JSON yet: check quotes, commas and brackets.' : undefined}
        onChange={(event) => onChange(readDraft(event.currentTarget.value))}
      />
      {problems.length > 0 && (
        <ul className="problems rule-problems" aria-live="polite">
          {problems.map((problem, i) => {
            const line = lineOf(draft.text, problem.path.replace(/^\/rule(?=\/|$)/, ''));
            return (
              <li key={i}>
                <button type="button" className="line-button" onClick={() => goTo(line)}>
                  Line {line}
                </button>{' '}
                {problem.message} <span className="muted">{problem.hint}</span>
              </li>
            );
          })}
        </ul>
      )}
    </details>
  );
}
