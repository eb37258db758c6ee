// Who is on a journey, or stands at one of its steps, or has ended: a few at a time, each a way to the person.
import { SegmentedControl } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { runsQuery, type Journey, type RunRow } from '../api/journeys.ts';
import { itemsOf } from '../api/page.ts';
import { useFormats, When } from '../app/formats.tsx';
import { people } from '../lib/format.ts';
import { nodeLabel } from '../lib/journey-words.ts';
import { runEndWords } from '../lib/words.ts';
import { DataTable, LoadMore } from '../ui/data-table.tsx';
import { Section } from '../ui/page.tsx';
import { PersonLink } from '../ui/person-name.tsx';
import { Answer, Badge, Empty } from '../ui/states.tsx';
import { useTemplateNames } from './journey-facts.tsx';

const route = getRouteApi('/shell/journeys/$id');

export function JourneyRuns({ journey }: { readonly journey: Journey }) {
  const templates = useTemplateNames();
  const { node, runs } = route.useSearch();
  const navigate = useNavigate();
  const state = runs ?? 'running';
  const formats = useFormats();
  const chosen = node ? journey.graph.nodes[node] : undefined;
  const query = useInfiniteQuery({
    ...runsQuery(journey.id, { state, node: chosen ? node : undefined }),
    // As often as the numbers above it: a list that says less than they do would be doubted.
    refetchInterval: 10_000,
  });
  return (
    <Section
      title={chosen && node ? `At “${nodeLabel(chosen, journey.labels[node], templates)}”` : 'Who is on it'}
      actions={
        <SegmentedControl
          aria-label="Which runs"
          size="xs"
          data={[
            { value: 'running', label: 'On the way' },
            { value: 'ended', label: 'Ended' },
          ]}
          value={state}
          onChange={(value) =>
            void navigate({
              to: '/journeys/$id',
              params: { id: journey.id },
              search: (old) => ({ ...old, runs: value === 'ended' ? 'ended' : undefined }),
              replace: true,
              resetScroll: false,
            })
          }
        />
      }
    >
      <Answer of={query}>
        {(data) => {
          const items = itemsOf(data);
          if (items.length === 0)
            return (
              <Empty title={state === 'running' ? 'Nobody is on the way here.' : 'Nobody has ended here.'}>
                {journey.active_version === null
                  ? 'The journey is off: nobody enters until it is switched on.'
                  : 'People show here the moment they enter.'}
              </Empty>
            );
          return (
            <>
              <RunTable runs={items} journey={journey} />
              <LoadMore query={query} shown={`${people(formats, items.length)} shown`} />
            </>
          );
        }}
      </Answer>
    </Section>
  );
}

function RunTable({ runs, journey }: { readonly runs: readonly RunRow[]; readonly journey: Journey }) {
  const templates = useTemplateNames();
  return (
    <DataTable
      label="People on this journey"
      rows={runs}
      keyOf={(run) => run.id}
      columns={[
        { key: 'person', label: 'Person', lead: true, render: (run) => <PersonLink person={run.person} /> },
        {
          key: 'arm',
          label: 'Group',
          render: (run) =>
            run.arm === 'control' ? (
              <Badge tone="info" icon="hold">
                control group
              </Badge>
            ) : (
              'gets the messages'
            ),
        },
        {
          key: 'where',
          label: 'Where',
          render: (run) => {
            const node = journey.graph.nodes[run.node];
            if (run.end_reason) return runEndWords(run.end_reason);
            return node ? nodeLabel(node, journey.labels[run.node], templates) : run.node;
          },
        },
        { key: 'since', label: 'There since', wide: true, render: (run) => <When at={run.node_at} /> },
        { key: 'start', label: 'Started', render: (run) => <When at={run.started_at} /> },
        {
          key: 'goal',
          label: 'Goal',
          render: (run) =>
            run.goal_at ? (
              <Badge tone="good" icon="check">
                reached
              </Badge>
            ) : (
              '–'
            ),
        },
      ]}
    />
  );
}
