// One journey: its switch, its figures, its picture with live numbers, one step looked at, and who is on it.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { journeyQuery, type Journey } from '../api/journeys.ts';
import { useCan, useFormats } from '../app/formats.tsx';
import { BacktestLink } from '../ui/backtest-link.tsx';
import { DeleteButton } from '../ui/deleted.tsx';
import { Page } from '../ui/page.tsx';
import { Answer, Note } from '../ui/states.tsx';
import { JourneyFacts } from './journey-facts.tsx';
import { JourneyFigures } from './journey-figures.tsx';
import { JourneyRuns } from './journey-runs.tsx';
import { JourneyStep } from './journey-step.tsx';
import { JourneySwitch } from './journey-switch.tsx';
import { JourneyWay } from './journey-way.tsx';
import { JourneyState } from './journeys.tsx';
import { ProblemList } from '../ui/problem-list.tsx';
import './journey.css';

const route = getRouteApi('/shell/journeys/$id');
export function JourneyPage() {
  const { id } = route.useParams();
  const { version, days } = route.useSearch();
  const journey = useQuery(journeyQuery(id, version, days));
  return (
    <Answer of={journey} rows={10}>
      {(it) => <TheJourney journey={it} />}
    </Answer>
  );
}

function TheJourney({ journey }: { readonly journey: Journey }) {
  const can = useCan();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const on = journey.active_version !== null;
  const shownIsOn = journey.active_version === journey.version;
  return (
    <Page
      title={journey.name}
      back={{ to: '/journeys', label: 'Journeys' }}
      lead={journey.description || journey.sentence}
      actions={
        <>
          <JourneyState on={on} />
          {can.define && (
            <Button
              renderRoot={(props) => <Link to="/journeys/$id/edit" params={{ id: journey.id }} {...props} />}
            >
              Change
            </Button>
          )}
          {can.define && <BacktestLink of={`journey:${journey.id}`} />}
          {can.define && !on && (
            <DeleteButton
              of="journeys"
              id={journey.id}
              called={`The journey ${journey.name}`}
              leave={() => navigate({ to: '/journeys' })}
            />
          )}
          {can.switch_on && (
            <Button variant={shownIsOn ? 'default' : 'filled'} onClick={() => setAsking(true)}>
              {shownIsOn ? 'Switch off' : on ? `Switch to version ${journey.version}` : 'Switch on'}
            </Button>
          )}
        </>
      }
    >
      {journey.problems.length > 0 && (
        <Note tone="warning" title="This journey needs a repair before it can go on">
          <ProblemList of={journey.problems.map(({ message, hint }) => ({ message, hint }))} />
        </Note>
      )}
      <Ramp journey={journey} />
      <JourneyFigures journey={journey} />
      <JourneyFacts journey={journey} />
      <JourneyWay journey={journey} />
      <JourneyStep journey={journey} />
      <JourneyRuns journey={journey} />
      <JourneySwitch
        journey={journey}
        version={journey.version}
        opened={asking}
        onClose={() => setAsking(false)}
      />
    </Page>
  );
}

function Ramp({ journey }: { readonly journey: Journey }) {
  const formats = useFormats();
  const ramp = journey.activation;
  if (!ramp || ramp.who !== 'also_today' || ramp.done_at || journey.active_version === null) return null;
  // A ramp first counts who qualifies; until then there is no number to show.
  if (!ramp.qualified && ramp.entered === 0)
    return <Note tone="info" title="Looking for those who qualify…" />;
  return (
    <Note
      tone="info"
      title={`${formats.number(ramp.entered)} of the ${formats.number(ramp.qualified ?? ramp.entered)} who qualified are in`}
    >
      <p>
        {formats.number(ramp.today)} entered today
        {ramp.per_day === null ? '' : `, at most ${formats.number(ramp.per_day)} a day`}. Whoever no longer
        qualifies is left out.
      </p>
    </Note>
  );
}
