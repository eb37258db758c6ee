// What holds for everyone on a journey: its goal, when it ends early, the control group, how often one may enter.
import { Checkbox, NumberInput, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Graph } from '../api/journeys.ts';
import type { FieldProblem } from '../api/problem.ts';
import { vocabularyQuery, type Vocabulary } from '../api/vocabulary.ts';
import { purchaseEvent } from '../lib/purchase.ts';
import { isObject } from '../lib/rule-tree.ts';
import { DurationField } from '../ui/duration-field.tsx';
import { Section } from '../ui/page.tsx';
import { problemsUnder, RuleField } from './journey-fields.tsx';

export interface JourneyForEveryoneProps {
  readonly graph: Graph;
  readonly problems: readonly FieldProblem[];
  readonly onChange: (graph: Graph) => void;
}

const bought = (seen: Vocabulary | undefined) => ({
  kind: 'count',
  event: purchaseEvent(seen),
  window: { since: { kind: 'run' } },
  op: 'at_least',
  n: 1,
});

export function JourneyForEveryone({ graph, problems, onChange }: JourneyForEveryoneProps) {
  const seen = useQuery(vocabularyQuery).data;
  const { goal, exit_when: exitWhen, ...rest } = graph;
  const again = graph.reentry === 'after_exit' ? 'after_exit' : isObject(graph.reentry) ? 'after' : 'once';
  const share = Math.round((graph.hold_out ?? 0) * 1000) / 10;
  return (
    <Section title="For everyone on it">
      <div className="stack">
        <Checkbox
          label="It has a goal"
          checked={goal !== undefined}
          onChange={(event) =>
            onChange(
              event.currentTarget.checked
                ? { ...graph, goal: { rule: bought(seen), exits: true } }
                : { ...rest, ...(exitWhen === undefined ? {} : { exit_when: exitWhen }) },
            )
          }
        />
        {goal && (
          <div className="outline-form stack">
            <RuleField
              rule={goal.rule}
              problems={problemsUnder(problems, '/graph/goal/rule')}
              onChange={(rule) => onChange({ ...graph, goal: { ...goal, rule } })}
            />
            <Checkbox
              label="The journey ends the moment it is reached"
              checked={goal.exits}
              onChange={(event) =>
                onChange({ ...graph, goal: { ...goal, exits: event.currentTarget.checked } })
              }
            />
          </div>
        )}
        <Checkbox
          label="It ends early when a rule holds"
          checked={exitWhen !== undefined}
          onChange={(event) =>
            onChange(
              event.currentTarget.checked
                ? { ...graph, exit_when: { kind: 'segment', segment: 'gone' } }
                : { ...rest, ...(goal === undefined ? {} : { goal }) },
            )
          }
        />
        {exitWhen !== undefined && (
          <div className="outline-form">
            <RuleField
              rule={exitWhen}
              problems={problemsUnder(problems, '/graph/exit_when')}
              onChange={(rule) => onChange({ ...graph, exit_when: rule })}
            />
          </div>
        )}
        <div className="rules-grid">
          <NumberInput
            label="Control group in percent"
            description="Gets nothing that was not promised, so that we can see whether it helps"
            min={0}
            max={50}
            decimalScale={1}
            value={share}
            onChange={(n) => typeof n === 'number' && onChange({ ...graph, hold_out: n / 100 })}
          />
          <Select
            label="One person enters"
            allowDeselect={false}
            data={[
              { value: 'once', label: 'once ever' },
              { value: 'after_exit', label: 'again, when no run is under way' },
              { value: 'after', label: 'again, some time after the last start' },
            ]}
            value={again}
            onChange={(value) =>
              value && onChange({ ...graph, reentry: value === 'after' ? { after: 'P90D' } : value })
            }
          />
          {isObject(graph.reentry) && (
            <DurationField
              label="At the earliest after"
              value={String(graph.reentry['after'])}
              onChange={(after) => onChange({ ...graph, reentry: { after } })}
            />
          )}
        </div>
      </div>
    </Section>
  );
}
