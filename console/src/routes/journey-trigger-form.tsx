// Who enters a journey: one way in or several, a condition, and the property that tells one start from another.
import { Button, Checkbox, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { GraphNode } from '../api/journeys.ts';
import { vocabularyQuery, type Vocabulary } from '../api/vocabulary.ts';
import { triggerOf, triggersOf, type TriggerJson } from '../lib/journey-draft.ts';
import { purchaseEvent } from '../lib/purchase.ts';
import { SegmentSelect } from '../ui/segment-select.tsx';
import { EventField, problemsUnder, RuleField } from './journey-fields.tsx';
import type { StepFormProps } from './journey-step-form.tsx';

const kinds = [
  { value: 'event', label: 'something happens' },
  { value: 'segment_joined', label: 'somebody joins a segment' },
  { value: 'segment_left', label: 'somebody leaves a segment' },
  { value: 'stage_reached', label: 'somebody reaches a stage' },
  { value: 'api', label: 'your system sends them in' },
];

export function TriggerForm({ node, problems, onChange }: StepFormProps) {
  const seen = useQuery(vocabularyQuery).data;
  const ways = triggersOf(node['on']);
  const { where, key, ...rest } = node;
  const base: GraphNode = { ...rest, kind: node.kind };
  const set = (list: readonly TriggerJson[]) => onChange({ ...node, on: triggerOf(list) });
  return (
    <div className="stack">
      {ways.map((way, i) => (
        <div key={i} className="rules-grid">
          <Select
            label={i === 0 ? 'People enter when' : 'or when'}
            allowDeselect={false}
            data={kinds}
            value={String(way['kind'])}
            onChange={(kind) => kind && set(ways.map((one, at) => (at === i ? begin(kind, seen) : one)))}
          />
          <TriggerOf
            way={way}
            seen={seen}
            onChange={(next) => set(ways.map((one, at) => (at === i ? next : one)))}
          />
          {ways.length > 1 && (
            <Button size="xs" onClick={() => set(ways.filter((_one, at) => at !== i))}>
              Take this way out
            </Button>
          )}
        </div>
      ))}
      <div>
        <Button size="xs" disabled={ways.length >= 10} onClick={() => set([...ways, begin('event', seen)])}>
          Add another way in
        </Button>
      </div>
      <Checkbox
        label="Only people who match a rule at that moment"
        checked={where !== undefined}
        onChange={(event) =>
          onChange(
            event.currentTarget.checked
              ? { ...node, where: { kind: 'orders', op: 'at_least', n: 1 } }
              : { ...base, ...(key === undefined ? {} : { key }) },
          )
        }
      />
      {where !== undefined && (
        <RuleField
          rule={where}
          problems={problemsUnder(problems, '/where')}
          onChange={(rule) => onChange({ ...node, where: rule })}
        />
      )}
      {ways.some((way) => way['kind'] === 'event') && (
        <TextInput
          label="What tells one start from another"
          description="A property of the event, such as cart_id, for steps that wait for something of the same; empty: none"
          maw={480}
          value={typeof key === 'string' ? key : ''}
          onChange={(event) => {
            const next = event.currentTarget.value.trim();
            onChange({
              ...base,
              ...(where === undefined ? {} : { where }),
              ...(next === '' ? {} : { key: next }),
            });
          }}
        />
      )}
    </div>
  );
}

function begin(kind: string, seen: Vocabulary | undefined): TriggerJson {
  const model = seen?.models[0];
  switch (kind) {
    case 'segment_joined':
    case 'segment_left':
      return { kind, segment: seen?.segments[0]?.key ?? '' };
    case 'stage_reached':
      return { kind, model: model?.key ?? '', stage: model?.stages[0]?.key ?? '' };
    case 'api':
      return { kind };
    default:
      return { kind: 'event', event: purchaseEvent(seen) };
  }
}

function TriggerOf({
  way,
  seen,
  onChange,
}: {
  readonly way: TriggerJson;
  readonly seen: Vocabulary | undefined;
  readonly onChange: (way: TriggerJson) => void;
}) {
  switch (way['kind']) {
    case 'event':
      return <EventField label="Event" selector={way} onChange={onChange} />;
    case 'segment_joined':
    case 'segment_left':
      return (
        <SegmentSelect
          label="Segment"
          allowDeselect={false}
          segments={seen?.segments ?? []}
          value={String(way['segment'])}
          onChange={(segment) => segment !== null && onChange({ ...way, segment })}
        />
      );
    case 'stage_reached':
      return (
        <Select
          label="Stage"
          allowDeselect={false}
          data={(seen?.models ?? []).map((model) => ({
            group: model.name,
            items: model.stages.map((stage) => ({ value: `${model.key}/${stage.key}`, label: stage.name })),
          }))}
          value={`${String(way['model'])}/${String(way['stage'])}`}
          onChange={(chosen) => {
            const [model = '', stage = ''] = (chosen ?? '').split('/');
            if (chosen !== null) onChange({ ...way, model, stage });
          }}
        />
      );
    default:
      return null;
  }
}
