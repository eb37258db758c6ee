// A new version of a journey that is on: what it changes, whom that reaches, and what happens to those under way.
import { Button, Radio } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { activate, differenceQuery, type Journey, type JourneyDifference } from '../api/journeys.ts';
import { useCan, useFormats } from '../app/formats.tsx';
import { people } from '../lib/format.ts';
import { DataTable } from '../ui/data-table.tsx';
import { Page, Section } from '../ui/page.tsx';
import { Answer, Badge, Trouble } from '../ui/states.tsx';

export function JourneySaved({ journey, version }: { readonly journey: Journey; readonly version: number }) {
  const difference = useQuery(differenceQuery(journey.id, version));
  return (
    <Page
      title={`Version ${version} of ${journey.name} is saved`}
      back={{ to: '/journeys', label: 'Journeys' }}
      lead={`Version ${journey.active_version} is still on: nothing has changed for anybody.`}
    >
      <Answer of={difference}>
        {(it) => <Switch journey={journey} version={version} difference={it} />}
      </Answer>
    </Page>
  );
}

const changes = { new: 'new', gone: 'taken out', changed: 'changed', same: 'as before' } as const;

function Switch({
  journey,
  version,
  difference,
}: {
  readonly journey: Journey;
  readonly version: number;
  readonly difference: JourneyDifference;
}) {
  const formats = useFormats();
  const can = useCan();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [running, setRunning] = useState<'stay' | 'move' | 'leave'>('stay');
  const away = () => navigate({ to: '/journeys/$id', params: { id: journey.id }, search: { version } });
  const start = useMutation({
    mutationFn: () => activate(journey.id, { version, who: 'from_now', running }),
    onSuccess: async () => {
      await client.invalidateQueries();
      notifications.show({ message: `Version ${version} is on.` });
      await away();
    },
  });
  const { runs, moves, leaves } = difference;
  return (
    <>
      <Section title="What is different">
        <DataTable
          label="Steps of both versions"
          rows={difference.steps}
          keyOf={(step) => step.node}
          columns={[
            { key: 'step', label: 'Step', lead: true, render: (step) => step.label },
            {
              key: 'change',
              label: 'Change',
              render: (step) =>
                step.change === 'same' ? (
                  <span className="muted">{changes.same}</span>
                ) : (
                  <Badge tone={step.change === 'gone' ? 'warning' : 'info'}>{changes[step.change]}</Badge>
                ),
            },
            { key: 'runs', label: 'There now', numeric: true, render: (step) => formats.number(step.runs) },
          ]}
        />
      </Section>
      {can.switch_on && (
        <Section title={`${people(formats, runs)} ${runs === 1 ? 'is' : 'are'} on the way on other versions`}>
          <div className="stack">
            {runs > 0 && (
              <Radio.Group
                label="What happens to them"
                value={running}
                onChange={(value) => setRunning(value === 'move' || value === 'leave' ? value : 'stay')}
              >
                <div className="stack-tight begin-with">
                  <Radio
                    value="stay"
                    label="They finish as they began"
                    description="Only who enters from now on takes the new way."
                  />
                  <Radio
                    value="move"
                    label="They go on in the new version"
                    description={`${people(formats, moves)} at the same step, where what they waited so far counts${leaves === 0 ? '' : `; ${formats.number(leaves)} whose step was taken out leave`}.`}
                  />
                  <Radio
                    value="leave"
                    label="They leave"
                    description="What waits for them is not sent, unless it was promised."
                  />
                </div>
              </Radio.Group>
            )}
            {start.isError && <Trouble error={start.error} />}
            <div className="form-foot">
              <Button variant="filled" loading={start.isPending} onClick={() => start.mutate()}>
                Switch to version {version}
              </Button>
              <Button onClick={() => void away()}>Not yet</Button>
            </div>
          </div>
        </Section>
      )}
    </>
  );
}
