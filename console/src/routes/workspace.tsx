// The business itself: its name, zone and currency, and the sending rules that hold for everyone.
import { Button, NumberInput, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { sessionQuery } from '../api/session.ts';
import { changeSettings, settingsQuery, type Settings } from '../api/settings.ts';
import { useCan, useFormats } from '../app/formats.tsx';
import { fieldError } from '../lib/fields.ts';
import { durationWords } from '../lib/format.ts';
import { currencies, industries, timeZones } from '../lib/places.ts';
import { channelWords, valueWords } from '../lib/words.ts';
import { offerUndo } from '../ui/undo.tsx';
import { Facts, Page, Section } from '../ui/page.tsx';
import { Answer, Trouble } from '../ui/states.tsx';

export function WorkspacePage() {
  const settings = useQuery({ ...settingsQuery, refetchOnWindowFocus: false });
  return (
    <Page title="Workspace" lead="The business, and the rules that hold for every message.">
      <Answer of={settings}>
        {(it) => (
          <div className="two even">
            <Business key={`${it.name} ${it.time_zone} ${it.currency} ${it.industry}`} settings={it} />
            <div className="stack" style={{ gap: 32 }}>
              <Policy key={JSON.stringify(it.policy)} settings={it} />
              <Learnt settings={it} />
            </div>
          </div>
        )}
      </Answer>
    </Page>
  );
}

type Change = Parameters<typeof changeSettings>[0];

/** Saves, and offers the way back to what was there before. */
function useSave(words: string, before: Change) {
  const client = useQueryClient();
  const show = async (fresh: Settings): Promise<void> => {
    client.setQueryData(settingsQuery.queryKey, fresh);
    await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
  };
  return useMutation({
    mutationFn: changeSettings,
    onSuccess: async (fresh) => {
      await show(fresh);
      offerUndo({ done: words, undo: async () => show(await changeSettings(before)) });
    },
  });
}

function Business({ settings }: { readonly settings: Settings }) {
  const can = useCan();
  const { name, time_zone, currency, industry } = settings;
  const before = { name, time_zone, currency, industry };
  const [form, setForm] = useState(before);
  const save = useSave('The workspace is saved.', before);
  const set = (part: Partial<typeof form>) => setForm((old) => ({ ...old, ...part }));
  const off = !can.administer;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(form);
  };
  return (
    <Section title="Business">
      <form onSubmit={submit} className="form">
        <TextInput
          label="Name"
          required
          withAsterisk={false}
          disabled={off}
          value={form.name}
          error={fieldError(save.error, '/name')}
          onChange={(e) => set({ name: e.currentTarget.value })}
        />
        <Select
          label="What kind of business"
          description="Says what counts as a purchase and as a visit"
          data={industries}
          allowDeselect={false}
          disabled={off}
          value={form.industry}
          error={fieldError(save.error, '/industry')}
          onChange={(v) => v && set({ industry: v })}
        />
        <Select
          label="Time zone"
          description="Days, months and birthdays are those of this zone"
          data={timeZones()}
          searchable
          limit={60}
          allowDeselect={false}
          disabled={off}
          value={form.time_zone}
          error={fieldError(save.error, '/time_zone')}
          onChange={(v) => v && set({ time_zone: v })}
        />
        <Select
          label="Currency"
          data={currencies()}
          searchable
          limit={60}
          allowDeselect={false}
          disabled={off}
          value={form.currency}
          error={fieldError(save.error, '/currency')}
          onChange={(v) => v && set({ currency: v })}
        />
        {save.isError && <Trouble error={save.error} />}
        {!off && (
          <div className="form-foot">
            <Button type="submit" variant="filled" loading={save.isPending}>
              Save
            </Button>
          </div>
        )}
      </form>
    </Section>
  );
}

function Policy({ settings }: { readonly settings: Settings }) {
  const can = useCan();
  const { policy } = settings;
  const [day, setDay] = useState<number | string>(policy.marketing_per_day);
  const [week, setWeek] = useState<number | string>(policy.marketing_per_week);
  const save = useSave('The sending rules are saved.', { policy });
  const off = !can.administer;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ policy: { ...policy, marketing_per_day: Number(day), marketing_per_week: Number(week) } });
  };
  return (
    <Section
      title="Sending rules"
      note="For marketing messages, over all channels together. Service messages are not counted."
    >
      <form onSubmit={submit} className="form">
        <div className="pair">
          <NumberInput
            label="At most a day"
            min={1}
            max={50}
            allowDecimal={false}
            disabled={off}
            value={day}
            error={fieldError(save.error, '/policy/marketing_per_day')}
            onChange={setDay}
          />
          <NumberInput
            label="At most in 7 days"
            min={1}
            max={200}
            allowDecimal={false}
            disabled={off}
            value={week}
            error={fieldError(save.error, '/policy/marketing_per_week')}
            onChange={setWeek}
          />
        </div>
        {save.isError && <Trouble error={save.error} />}
        {!off && (
          <div className="form-foot">
            <Button type="submit" loading={save.isPending}>
              Save the rules
            </Button>
          </div>
        )}
      </form>
      <Facts
        rows={[
          ...Object.entries(policy.per_week_by_channel).map(
            ([channel, n]) => [channelWords(channel), `${n} in 7 days`] as const,
          ),
          ...Object.entries(policy.quiet_hours).map(
            ([channel, [from, to]]) =>
              [
                `Quiet hours, ${channelWords(channel)}`,
                `${from}:00 to ${to}:00 where the person is`,
              ] as const,
          ),
          ['Useful for', durationWords(policy.shelf_life)],
          ['Open complaint', `promotions wait, at most ${durationWords(policy.complaint_wait)}`],
        ]}
      />
    </Section>
  );
}

const eventOf = (selector: Settings['purchase']): string => {
  const event =
    typeof selector === 'object' && selector !== null && 'event' in selector ? selector['event'] : selector;
  return Array.isArray(event) ? event.map(valueWords).join(', ') : valueWords(event);
};

function Learnt({ settings }: { readonly settings: Settings }) {
  const formats = useFormats();
  const gap = (days: number | null, otherwise: string) =>
    days === null ? otherwise : `${formats.number(days)} days`;
  return (
    <Section title="What counts, and what was learnt">
      <Facts
        rows={[
          ['A purchase', eventOf(settings.purchase)],
          ['A refund', eventOf(settings.refund)],
          ['A visit', eventOf(settings.visit)],
          ['Usual time between orders', gap(settings.gap_days, 'not known yet; 60 days until then')],
          ['Usual time between visits', gap(settings.visit_gap_days, 'not known yet')],
        ]}
      />
    </Section>
  );
}
