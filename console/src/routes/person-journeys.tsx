// The journeys that a person is in or was in; into one by hand, or out of it.
import { Button, Select } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { journeysQuery } from '../api/journeys.ts';
import type { PersonPage } from '../api/people.ts';
import { enterJourney, leaveJourney } from '../api/person-deeds.ts';
import { useCan, useSession, When } from '../app/formats.tsx';
import { Section } from '../ui/page.tsx';
import { Badge, Trouble } from '../ui/states.tsx';
import { offerUndo } from '../ui/undo.tsx';

export function PersonJourneys({ person }: { readonly person: PersonPage }) {
  const can = useCan();
  const { user } = useSession();
  const client = useQueryClient();
  const [choosing, setChoosing] = useState(false);
  const out = useMutation({
    mutationFn: (run: PersonPage['runs'][number]) => leaveJourney(person.id, run.journey),
    onSuccess: async (_, run) => {
      await client.invalidateQueries();
      notifications.show({ message: `Out of ${run.journey_name}. What waited to be sent is not sent.` });
    },
  });
  // As the server has it: a developer writes to nobody by hand.
  const mayWrite = can.care && user?.role !== 'developer';
  const held = person.hold_outs.filter((one) => !person.runs.some((run) => run.journey === one.journey));
  if (person.runs.length === 0 && held.length === 0 && !mayWrite) return null;
  return (
    <Section
      title="Journeys"
      actions={mayWrite && !choosing && <Button onClick={() => setChoosing(true)}>Put into a journey</Button>}
    >
      {choosing && <ChooseJourney person={person} onDone={() => setChoosing(false)} />}
      {out.isError && <Trouble error={out.error} />}
      {person.runs.length === 0 && held.length === 0 && <p className="muted">In none so far.</p>}
      {(person.runs.length > 0 || held.length > 0) && (
        <ul className="plain-list">
          {person.runs.map((run) => (
            <li key={run.id} className="stack-tight" style={{ gap: 4 }}>
              <div className="row-wide">
                <Link to="/journeys/$id" params={{ id: run.journey }} className="name-link">
                  {run.journey_name}
                </Link>
                <span className="row">
                  <ArmBadge arm={run.arm} />
                  {mayWrite && (
                    <Button
                      size="compact-sm"
                      variant="subtle"
                      aria-label={`Take out of ${run.journey_name}`}
                      loading={out.isPending && out.variables.id === run.id}
                      onClick={() => out.mutate(run)}
                    >
                      Take out
                    </Button>
                  )}
                </span>
              </div>
              <span>{run.node_label ?? run.node}</span>
              <span className="muted">
                since <When at={run.started_at} as="date" />
                {run.goal_at && (
                  <>
                    , goal reached on <When at={run.goal_at} as="date" />
                  </>
                )}
              </span>
            </li>
          ))}
          {held.map((one) => (
            <li key={one.journey} className="row-wide">
              <Link to="/journeys/$id" params={{ id: one.journey }} className="name-link">
                {one.journey_name}
              </Link>
              <span className="row">
                <ArmBadge arm={one.arm} />
                <span className="muted">
                  entered {one.entries === 1 ? 'once' : `${one.entries} times`}, ended
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function ChooseJourney({ person, onDone }: { readonly person: PersonPage; readonly onDone: () => void }) {
  const client = useQueryClient();
  const journeys = useQuery(journeysQuery).data?.items ?? [];
  const [key, setKey] = useState<string | null>(null);
  const open = journeys.filter(
    (one) => one.active_version !== null && !person.runs.some((run) => run.journey === one.id),
  );
  const name = open.find((one) => one.id === key)?.name ?? key ?? '';
  const enter = useMutation({
    mutationFn: (journey: string) => enterJourney(person.id, journey),
    onSuccess: async ({ arm }, journey) => {
      onDone();
      await client.invalidateQueries();
      offerUndo({
        done:
          arm === 'control'
            ? `Entered ${name}, in its control group: nothing is sent, so that we can see whether it helps.`
            : `Entered ${name}. Consent and sending rules hold as for everybody.`,
        undone: `Out of ${name}.`,
        undo: async () => {
          await leaveJourney(person.id, journey);
          await client.invalidateQueries();
        },
      });
    },
  });
  return (
    <div className="stack-tight note-form">
      <Select
        label="Which journey"
        placeholder={open.length === 0 ? 'No other journey is switched on' : 'Choose'}
        searchable
        disabled={open.length === 0}
        data={open.map((one) => ({ value: one.id, label: one.name }))}
        value={key}
        onChange={(next) => {
          enter.reset();
          setKey(next);
        }}
      />
      {enter.isError && <Trouble error={enter.error} />}
      <div className="row">
        <Button
          loading={enter.isPending}
          disabled={key === null}
          onClick={() => key !== null && enter.mutate(key)}
        >
          Put in
        </Button>
        <Button variant="subtle" onClick={onDone}>
          Leave it
        </Button>
      </div>
    </div>
  );
}

export function ArmBadge({ arm }: { readonly arm: 'treated' | 'control' }) {
  if (arm === 'treated') return null;
  return (
    <Badge tone="info" icon="hold">
      control group
    </Badge>
  );
}
