// The form of one step, by its kind: everything the engine knows of it, without JSON.
import { Checkbox, MultiSelect, NumberInput, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { GraphNode } from '../api/journeys.ts';
import type { FieldProblem } from '../api/problem.ts';
import { templatesQuery, topicsQuery } from '../api/templates.ts';
import { vocabularyQuery } from '../api/vocabulary.ts';
import { purchaseEvent } from '../lib/purchase.ts';
import { isObject } from '../lib/rule-tree.ts';
import { DurationField } from '../ui/duration-field.tsx';
import { EventField, OptionalDuration, problemsUnder, RuleField } from './journey-fields.tsx';
import { TriggerForm } from './journey-trigger-form.tsx';

export interface StepFormProps {
  readonly node: GraphNode;
  /** Paths from the node. */
  readonly problems: readonly FieldProblem[];
  readonly onChange: (node: GraphNode) => void;
}

export function StepForm(props: StepFormProps) {
  const { node, problems, onChange } = props;
  switch (node.kind) {
    case 'trigger':
      return <TriggerForm {...props} />;
    case 'wait':
      return (
        <DurationField
          label="Wait for"
          value={String(node['for'])}
          onChange={(value) => onChange({ ...node, for: value })}
        />
      );
    case 'wait_time':
      return <ClockForm {...props} />;
    case 'wait_until':
      return <AwaitForm {...props} />;
    case 'branch':
      return (
        <RuleField
          rule={node['rule']}
          problems={problemsUnder(problems, '/rule')}
          onChange={(rule) => onChange({ ...node, rule })}
        />
      );
    case 'email':
      return <EmailForm {...props} />;
    case 'webhook':
      return <WebhookForm {...props} />;
    default:
      return <p className="muted">The journey ends here for whoever comes this far.</p>;
  }
}

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'].map(
  (label, i) => ({ value: String(i + 1), label }),
);

function ClockForm({ node, onChange }: StepFormProps) {
  const days = Array.isArray(node['weekdays']) ? node['weekdays'].map(String) : [];
  return (
    <div className="form">
      <TextInput
        label="Until"
        description="On the clock where the person lives"
        type="time"
        required
        withAsterisk={false}
        value={String(node['at'])}
        onChange={(event) => onChange({ ...node, at: event.currentTarget.value })}
      />
      <MultiSelect
        label="On"
        placeholder={days.length === 0 ? 'any day' : ''}
        data={weekdays}
        value={days}
        onChange={(chosen) => {
          const { weekdays: _before, ...rest } = node;
          onChange(
            chosen.length === 0
              ? { ...rest, kind: node.kind }
              : { ...node, weekdays: chosen.map(Number).sort((a, b) => a - b) },
          );
        }}
      />
    </div>
  );
}

function AwaitForm({ node, problems, onChange }: StepFormProps) {
  const seen = useQuery(vocabularyQuery).data;
  const isRule = node['rule'] !== undefined;
  const { event, rule, by, ...rest } = node;
  const base: GraphNode = { ...rest, kind: node.kind };
  const key = typeof by === 'string' ? by : '';
  return (
    <div className="stack">
      <SegmentedControl
        aria-label="What it waits for"
        data={[
          { value: 'event', label: 'Something happens' },
          { value: 'rule', label: 'A rule holds' },
        ]}
        value={isRule ? 'rule' : 'event'}
        onChange={(to) =>
          onChange(
            to === 'rule'
              ? { ...base, rule: { kind: 'orders', op: 'at_least', n: 1 } }
              : { ...base, event: { event: purchaseEvent(seen) } },
          )
        }
      />
      {isRule ? (
        <RuleField
          rule={rule}
          problems={problemsUnder(problems, '/rule')}
          onChange={(next) => onChange({ ...node, rule: next })}
        />
      ) : (
        <>
          <EventField
            label="Event"
            selector={event}
            onChange={(next) => onChange({ ...node, event: next })}
          />
          <TextInput
            label="Only with the same"
            description="A property such as cart_id, which the start names as well; empty: any such event"
            value={key}
            onChange={(change) => {
              const next = change.currentTarget.value.trim();
              onChange(
                next === '' ? { ...base, ...(event === undefined ? {} : { event }) } : { ...node, by: next },
              );
            }}
          />
        </>
      )}
      <DurationField
        label="At most"
        value={String(node['within'])}
        onChange={(value) => onChange({ ...node, within: value })}
      />
    </div>
  );
}

function EmailForm({ node, problems, onChange }: StepFormProps) {
  const templates = useQuery(templatesQuery).data?.items ?? [];
  const topics = useQuery(topicsQuery).data?.items ?? [];
  const problem = (path: string) => problems.find((one) => one.path === path)?.message;
  const offer = isObject(node['offer']) ? node['offer'] : null;
  const percent = typeof offer?.['percent'] === 'number' ? offer['percent'] : '';
  return (
    <div className="stack">
      <div className="rules-grid">
        <Select
          label="Letter"
          allowDeselect={false}
          searchable
          error={problem('/template')}
          data={templates.map((one) => ({ value: one.key, label: one.name }))}
          value={String(node['template'])}
          onChange={(template) => template !== null && onChange({ ...node, template })}
        />
        <Select
          label="Topic"
          description="Only who agreed to it gets it"
          allowDeselect={false}
          error={problem('/topic')}
          data={topics.map((one) => ({ value: one.key, label: one.name }))}
          value={String(node['topic'])}
          onChange={(topic) => topic !== null && onChange({ ...node, topic })}
        />
        <NumberInput
          label="Discount in percent"
          description="Each gets a code of their own; empty: none"
          min={1}
          max={100}
          value={percent}
          onChange={(n) => {
            const { offer: _before, ...rest } = node;
            onChange(
              typeof n === 'number'
                ? { ...node, offer: { ...offer, percent: n } }
                : { ...rest, kind: node.kind },
            );
          }}
        />
      </div>
      <Checkbox
        label="A service message: skips consent, caps and quiet hours"
        checked={node['marketing'] === false}
        onChange={(event) => onChange({ ...node, marketing: !event.currentTarget.checked })}
      />
      <Promised node={node} onChange={onChange} />
    </div>
  );
}

function WebhookForm({ node, problems, onChange }: StepFormProps) {
  return (
    <div className="stack">
      <TextInput
        label="Address of your system"
        type="url"
        value={String(node['url'])}
        error={problems.find((one) => one.path === '/url')?.message}
        onChange={(event) => onChange({ ...node, url: event.currentTarget.value })}
      />
      <Promised node={node} onChange={onChange} />
    </div>
  );
}

function Promised({ node, onChange }: Pick<StepFormProps, 'node' | 'onChange'>) {
  return (
    <>
      <Checkbox
        label="It was promised: the control group gets it too, and a reached goal does not stop it"
        checked={node['promised'] === true}
        onChange={(event) => onChange({ ...node, promised: event.currentTarget.checked })}
      />
      <OptionalDuration
        label="Useful for"
        without="As the sending rules say"
        value={typeof node['shelf_life'] === 'string' ? node['shelf_life'] : null}
        onChange={(value) => {
          const { shelf_life: _before, ...rest } = node;
          onChange(value === null ? { ...rest, kind: node.kind } : { ...node, shelf_life: value });
        }}
      />
    </>
  );
}
