// The sending rules as sentences to change, and what they would say to one message for one person now.
import { Button, NumberInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { changeSettings, settingsQuery, type Settings } from '../api/settings.ts';
import { useCan } from '../app/formats.tsx';
import { channelWords } from '../lib/words.ts';
import { policySentences } from '../lib/policy-words.ts';
import { DurationField } from '../ui/duration-field.tsx';
import { Page, Section } from '../ui/page.tsx';
import { Answer, Trouble } from '../ui/states.tsx';
import { SendingAsk } from './sending-ask.tsx';
import './sending-rules.css';

export function SendingRulesPage() {
  const settings = useQuery({ ...settingsQuery, refetchOnWindowFocus: false });
  return (
    <Page
      title="Sending rules"
      lead="Every message is asked these questions when it is decided and again just before it leaves. The first that says no decides."
    >
      <SendingAsk />
      <Answer of={settings}>{(it) => <Rules key={JSON.stringify(it.policy)} policy={it.policy} />}</Answer>
    </Page>
  );
}

type Policy = Settings['policy'];

function Rules({ policy }: { readonly policy: Policy }) {
  const can = useCan();
  const [draft, setDraft] = useState<Policy | null>(null);
  return (
    <Section
      title="The rules"
      note="For marketing messages. Service messages skip them; a suppressed address gets nothing at all."
      actions={
        can.administer && draft === null ? (
          <Button size="xs" onClick={() => setDraft(policy)}>
            Change
          </Button>
        ) : undefined
      }
    >
      <ul className="plain-list rule-sentences">
        {policySentences(draft ?? policy).map((sentence) => (
          <li key={sentence} className="sentence">
            {sentence}
          </li>
        ))}
        <li className="sentence">
          Control groups, and what is promised to everyone, are set in each{' '}
          <Link to="/journeys">journey</Link>.
        </li>
      </ul>
      {draft !== null && <ChangeRules before={policy} draft={draft} onChange={setDraft} />}
    </Section>
  );
}

function ChangeRules({
  before,
  draft,
  onChange,
}: {
  readonly before: Policy;
  readonly draft: Policy;
  readonly onChange: (draft: Policy | null) => void;
}) {
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (policy: Policy) => changeSettings({ policy }),
    onSuccess: (fresh, saved) => {
      client.setQueryData(settingsQuery.queryKey, fresh);
      void client.invalidateQueries({ queryKey: ['sending'] });
      onChange(null);
      const undo =
        saved === before ? null : (
          <Button size="xs" onClick={() => save.mutate(before)}>
            Undo
          </Button>
        );
      notifications.show({ message: <span className="row">The rules are saved. {undo}</span> });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(draft);
  };
  const channels = [
    ...new Set([...Object.keys(draft.per_week_by_channel), ...Object.keys(draft.quiet_hours)]),
  ];
  return (
    <form onSubmit={submit} className="stack rules-form">
      <div className="rules-grid">
        <Count
          label="Marketing messages a day"
          value={draft.marketing_per_day}
          onChange={(n) => onChange({ ...draft, marketing_per_day: n })}
        />
        <Count
          label="Marketing messages in 7 days"
          value={draft.marketing_per_week}
          onChange={(n) => onChange({ ...draft, marketing_per_week: n })}
        />
        {Object.entries(draft.per_week_by_channel).map(([channel, n]) => (
          <Count
            key={channel}
            label={`${channelWords(channel)} in 7 days`}
            value={n}
            onChange={(next) =>
              onChange({
                ...draft,
                per_week_by_channel: { ...draft.per_week_by_channel, [channel]: next },
              })
            }
          />
        ))}
        {channels
          .filter((channel) => draft.quiet_hours[channel] !== undefined)
          .flatMap((channel) => {
            const [from, to] = draft.quiet_hours[channel] ?? [20, 9];
            const set = (hours: readonly [number, number]) =>
              onChange({ ...draft, quiet_hours: { ...draft.quiet_hours, [channel]: hours } });
            return [
              <Count
                key={`${channel} from`}
                label={`${channelWords(channel)}: quiet from (hour)`}
                max={24}
                value={from}
                onChange={(hour) => set([hour, to])}
              />,
              <Count
                key={`${channel} to`}
                label={`${channelWords(channel)}: quiet until (hour)`}
                max={24}
                value={to}
                onChange={(hour) => set([from, hour])}
              />,
            ];
          })}
        <DurationField
          label="A held message is useful for"
          value={draft.shelf_life}
          onChange={(value) => onChange({ ...draft, shelf_life: value })}
        />
        <DurationField
          label="Promotions wait for a complaint"
          value={draft.complaint_wait}
          onChange={(value) => onChange({ ...draft, complaint_wait: value })}
        />
      </div>
      {save.isError && <Trouble error={save.error} />}
      <div className="form-foot">
        <Button type="submit" variant="filled" loading={save.isPending}>
          Save the rules
        </Button>
        <Button onClick={() => onChange(null)}>Cancel</Button>
      </div>
    </form>
  );
}

interface CountProps {
  readonly label: string;
  readonly value: number;
  readonly max?: number;
  readonly onChange: (n: number) => void;
}

function Count({ label, value, max = 1000, onChange }: CountProps) {
  return (
    <NumberInput
      label={label}
      min={0}
      max={max}
      allowDecimal={false}
      allowNegative={false}
      value={value}
      onChange={(next) => typeof next === 'number' && onChange(next)}
    />
  );
}
