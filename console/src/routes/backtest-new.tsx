// Asks what something would have done: over which time, and whose consent is taken as given.
import { Button, Checkbox, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { startBacktest, type BacktestOf } from '../api/backtests.ts';
import { journeyQuery } from '../api/journeys.ts';
import { lifecycleQuery } from '../api/lifecycle.ts';
import { segmentQuery } from '../api/segments.ts';
import { useFormats } from '../app/formats.tsx';
import { Card, Page } from '../ui/page.tsx';
import { Empty, Trouble } from '../ui/states.tsx';

const route = getRouteApi('/shell/new-backtest');
const yearMs = 365 * 86_400_000;

export function NewBacktestPage() {
  const { of } = route.useSearch();
  const asked = readOf(of);
  if (asked === null)
    return (
      <Page title="Backtest">
        <Empty title="Nothing was named to test.">
          Open a segment, a lifecycle model or a journey and choose "What would it have done?".
        </Empty>
      </Page>
    );
  return <Ask of={asked} />;
}

function Ask({ of }: { readonly of: BacktestOf }) {
  const formats = useFormats();
  const navigate = useNavigate();
  const name = useName(of);
  const [from, setFrom] = useState(() => formats.isoDay(new Date(Date.now() - yearMs)));
  const [to, setTo] = useState('');
  const [assumed, setAssumed] = useState(false);
  const start = useMutation({
    mutationFn: () => startBacktest({ of, from, ...(to === '' ? {} : { to }), assume_consent: assumed }),
    onSuccess: ({ id }) => navigate({ to: '/backtests/$id', params: { id }, replace: true }),
  });
  return (
    <Page
      title={`What would “${name}” have done?`}
      lead="Your history is lived through again, step by step, by the same engine. Nothing is changed and nobody is contacted."
    >
      <Card className="stack">
        <div className="row">
          <TextInput
            type="date"
            label="From"
            value={from}
            onChange={(event) => setFrom(event.currentTarget.value)}
          />
          <TextInput
            type="date"
            label="To"
            description="empty: up to now"
            inputWrapperOrder={['label', 'input', 'description']}
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
        </div>
        <Checkbox
          label="Take everyone to have agreed to messages"
          description="Imported orders rarely carry consent. With this the picture shows what the rules alone would do; a later withdrawal still counts."
          checked={assumed}
          onChange={(event) => setAssumed(event.currentTarget.checked)}
        />
        <div>
          <Button variant="filled" loading={start.isPending} onClick={() => start.mutate()}>
            Find out
          </Button>
        </div>
        {start.isError && <Trouble error={start.error} />}
      </Card>
    </Page>
  );
}

function useName(of: BacktestOf): string {
  const segment = useQuery({ ...segmentQuery(of.key), enabled: of.kind === 'segment' });
  const journey = useQuery({ ...journeyQuery(of.key), enabled: of.kind === 'journey' });
  const models = useQuery({ ...lifecycleQuery, enabled: of.kind === 'model' });
  const model = models.data?.items.find(({ key }) => of.kind === 'model' && key === of.key);
  return segment.data?.name ?? journey.data?.name ?? model?.name ?? of.key;
}

/** `segment:quiet`, `journey:welcome`, `model:default`. */
function readOf(of: string | undefined): BacktestOf | null {
  const at = of?.indexOf(':') ?? -1;
  if (of === undefined || at < 1 || at === of.length - 1) return null;
  const [kind, key] = [of.slice(0, at), of.slice(at + 1)];
  return kind === 'segment' || kind === 'journey' || kind === 'model' ? { kind, key } : null;
}
