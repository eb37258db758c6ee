// A rule to change: the builder of sentences first, how the whole reads, and the JSON behind it for developers.
import { Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useMemo, useRef } from 'react';
import type { FieldProblem } from '../api/problem.ts';
import type { RuleJson } from '../api/rules.ts';
import { vocabularyQuery, type Vocabulary } from '../api/vocabulary.ts';
import { lineOf } from '../lib/json-place.ts';
import { isEveryone, segmentsIn } from '../lib/rule-tree.ts';
import { RuleBuilder } from './rule-builder/rule-builder.tsx';
import { useRuleCheck } from './rule-builder/use-rule-check.ts';
import { Answer } from './states.tsx';
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
  /** What the server said when saving. */
  readonly problems?: readonly FieldProblem[];
  /** Whether the rule has nothing wrong with it, whenever that changes. */
  readonly onChecked?: (whole: boolean) => void;
}

export function RuleEditor(props: RuleEditorProps) {
  const vocabulary = useQuery(vocabularyQuery);
  return <Answer of={vocabulary}>{(seen) => <TheEditor {...props} seen={seen} />}</Answer>;
}

const none: readonly FieldProblem[] = [];
/** The server names places from the field of the form. */
const fromRoot = (problem: FieldProblem): FieldProblem => ({
  ...problem,
  path: problem.path.replace(/^\/rule(?=\/(rules|rule|[a-z_]+)(\/|$)|$)/, ''),
});

function TheEditor({
  draft,
  onChange,
  problems = none,
  onChecked,
  seen,
}: RuleEditorProps & { readonly seen: Vocabulary }) {
  const checker = useRuleCheck(seen);
  const { rule } = draft;
  const found = useMemo(() => {
    const own = rule && checker ? checker.check(rule) : { sentence: null, problems: none };
    const told = new Set(own.problems.map(({ path, code }) => `${path} ${code}`));
    const said = problems.map(fromRoot).filter(({ path, code }) => !told.has(`${path} ${code}`));
    return { sentence: own.sentence, problems: [...own.problems, ...said] };
  }, [rule, checker, problems]);
  const whole = found.sentence !== null;
  useEffect(() => onChecked?.(whole), [onChecked, whole]);
  return (
    <div className="stack">
      {rule ? (
        <RuleBuilder
          rule={rule}
          seen={seen}
          problems={found.problems}
          sentenceOf={(one) => checker?.check(one).sentence ?? null}
          onChange={(next) => onChange(draftOf(next))}
        />
      ) : (
        <p className="muted">The JSON below cannot be read yet, so there is no sentence to show.</p>
      )}
      <p className="rule-sentence" aria-live="polite">
        {found.sentence === null ? (
          <span className="muted">
            {found.problems.length === 1 ? 'One thing is' : `${found.problems.length} things are`} missing or
            wrong above.
          </span>
        ) : (
          <>{rule && isEveryone(rule) ? 'Everyone.' : `Everyone who ${found.sentence}.`}</>
        )}
      </p>
      {rule && <AskedSegments keys={segmentsIn(rule)} seen={seen} />}
      <RuleJsonField draft={draft} onChange={onChange} problems={rule ? found.problems : none} />
    </div>
  );
}

/** Half of a stage's rule is often a segment with numbers of its own: where to turn those. */
function AskedSegments({ keys, seen }: { readonly keys: readonly string[]; readonly seen: Vocabulary }) {
  if (keys.length === 0) return null;
  return (
    <p className="muted">
      It asks for segments with rules of their own:{' '}
      {keys.map((key, i) => (
        <span key={key}>
          {i > 0 && ', '}
          <Link to="/segments/$key" params={{ key }}>
            {seen.segments.find((one) => one.key === key)?.name ?? key}
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
}

function RuleJsonField({ draft, onChange, problems }: RuleJsonFieldProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const goTo = (line: number) => {
    const lines = draft.text.split('\n');
    const at = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
    field.current?.focus();
    field.current?.setSelectionRange(at, at + (lines[line - 1]?.length ?? 0));
  };
  return (
    <details className="rule-as-json">
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
        <ul className="problems rule-problems">
          {problems.map((problem, i) => {
            const line = lineOf(draft.text, problem.path);
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
