// Journeys: what each does as one sentence, how many are on the way, and its switch.
import { Button, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { journeysQuery, type JourneyRow } from '../api/journeys.ts';
import { useCan, useFormats } from '../app/formats.tsx';
import { people } from '../lib/format.ts';
import { Deleted } from '../ui/deleted.tsx';
import { Card, Page } from '../ui/page.tsx';
import { Answer, Badge, Empty } from '../ui/states.tsx';
import { JourneySwitch } from './journey-switch.tsx';
import './journeys.css';

export function JourneysPage() {
  const journeys = useQuery(journeysQuery);
  const can = useCan();
  return (
    <Page
      title="Journeys"
      lead="The right message at the right moment, once, and stopped the moment its goal is reached. A control group shows whether it helps."
      actions={
        can.define && (
          <Button variant="filled" renderRoot={(props) => <Link to="/new-journey" {...props} />}>
            New journey
          </Button>
        )
      }
    >
      <Answer of={journeys}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No journey yet.">Make the first one: from a ready journey, or from nothing.</Empty>
          ) : (
            <ul className="journey-list">
              {items.map((journey) => (
                <li key={journey.id}>
                  <JourneyCard journey={journey} />
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
      {can.define && <Deleted of="journeys" things="journeys" />}
    </Page>
  );
}

function JourneyCard({ journey }: { readonly journey: JourneyRow }) {
  const formats = useFormats();
  const can = useCan();
  const [asking, setAsking] = useState(false);
  const on = journey.active_version !== null;
  return (
    <Card className="stack-tight">
      <div className="row-wide">
        <h2 className="journey-name">
          <Link to="/journeys/$id" params={{ id: journey.id }} className="name-link">
            {journey.name}
          </Link>
        </h2>
        <span className="row">
          <JourneyState on={on} />
          <Switch
            aria-label={`${journey.name}: ${on ? 'switch off' : 'switch on'}`}
            checked={on}
            disabled={!can.switch_on}
            onChange={() => setAsking(true)}
          />
        </span>
      </div>
      <p className="sentence">{journey.description || journey.sentence}</p>
      <p className="muted">
        {journey.entered === 0
          ? 'Nobody has entered so far.'
          : `${people(formats, journey.entered)} entered · ${formats.number(journey.running)} on the way · ${formats.number(journey.goals)} reached the goal · ${formats.number(journey.control)} in the control group`}
        {on && journey.active_version !== journey.newest_version && (
          <>
            {' '}
            · version {journey.active_version} is on, version {journey.newest_version} is newer
          </>
        )}
      </p>
      <JourneySwitch journey={journey} opened={asking} onClose={() => setAsking(false)} />
    </Card>
  );
}

export function JourneyState({ on }: { readonly on: boolean }) {
  return on ? (
    <Badge tone="good" icon="play">
      on
    </Badge>
  ) : (
    <Badge tone="plain" icon="hold">
      off
    </Badge>
  );
}
