// One journey: its switch, its picture with live numbers (or the same as a table), its versions and who is there now.
import { Button, SegmentedControl, Select } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { journeyQuery, runsQuery, type Journey, type RunRow } from '../api/journeys.ts';
import { itemsOf } from '../api/page.ts';
import { useCan, useFormats, When } from '../app/formats.tsx';
import { people } from '../lib/format.ts';
import { nodeFigures, nodeKind, nodeLabel } from '../lib/journey-words.ts';
import { runEndWords } from '../lib/words.ts';
import { DataTable, LoadMore } from '../ui/data-table.tsx';
import { Icon } from '../ui/icons.tsx';
import { BacktestLink } from '../ui/backtest-link.tsx';
import { Page, Section } from '../ui/page.tsx';
import { PersonLink } from '../ui/person-name.tsx';
import { Answer, Badge, Empty, Loading, Note } from '../ui/states.tsx';
import { JourneyFacts, useTemplateNames } from './journey-facts.tsx';
import { JourneySwitch } from './journey-switch.tsx';
import { JourneyState } from './journeys.tsx';
import './journey.css';

const route = getRouteApi('/shell/journeys/$id');
const Picture = lazy(() =>
  import('./journey-picture.tsx').then((part) => ({ default: part.JourneyPicture })),
);

export function JourneyPage() {
  const { id } = route.useParams();
  const { version } = route.useSearch();
  const journey = useQuery(journeyQuery(id, version));
  return (
    <Answer of={journey} rows={10}>
      {(it) => <TheJourney journey={it} />}
    </Answer>
  );
}

function TheJourney({ journey }: { readonly journey: Journey }) {
  const can = useCan();
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
          {can.define && <BacktestLink of={`journey:${journey.id}`} />}
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
          <ul className="problems">
            {journey.problems.map((problem, i) => (
              <li key={i}>
                {problem.message} <span className="muted">{problem.hint}</span>
              </li>
            ))}
          </ul>
        </Note>
      )}
      <Ramp journey={journey} />
      <Figures journey={journey} />
      <JourneyFacts journey={journey} />
      <Drawing journey={journey} />
      <Runs journey={journey} />
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

function Figures({ journey }: { readonly journey: Journey }) {
  const formats = useFormats();
  const figures: [string, number][] = [
    ['entered', journey.entered],
    ['on the way', journey.running],
    ['reached the goal', journey.goals],
    ['in the control group', journey.control],
  ];
  return (
    <dl className="figures">
      {figures.map(([name, n]) => (
        <div key={name}>
          <dd>{formats.number(n)}</dd>
          <dt>{name}</dt>
        </div>
      ))}
    </dl>
  );
}

function Drawing({ journey }: { readonly journey: Journey }) {
  const templates = useTemplateNames();
  const search = route.useSearch();
  const navigate = useNavigate();
  // On a phone the picture would be too small to read, so the table comes first.
  const narrow = useMediaQuery('(max-width: 719px)', false, { getInitialValueInEffect: false });
  const view = search.view ?? (narrow ? 'table' : 'picture');
  const go = (part: Partial<typeof search>) =>
    void navigate({
      to: '/journeys/$id',
      params: { id: journey.id },
      search: (old) => ({ ...old, ...part }),
      replace: true,
      resetScroll: false,
    });
  return (
    <Section
      title="The way through"
      actions={
        <>
          {journey.versions.length > 1 && (
            <Select
              aria-label="Version"
              size="xs"
              w={160}
              allowDeselect={false}
              data={journey.versions.map((one) => ({
                value: String(one.version),
                label: `Version ${one.version}${one.active ? ' (on)' : ''}`,
              }))}
              value={String(journey.version)}
              onChange={(value) => go({ version: value ? Number(value) : undefined })}
            />
          )}
          <SegmentedControl
            aria-label="How to show it"
            size="xs"
            data={[
              { value: 'picture', label: 'Picture' },
              { value: 'table', label: 'Table' },
            ]}
            value={view}
            onChange={(value) => go({ view: value === 'table' ? 'table' : 'picture' })}
          />
        </>
      }
    >
      {view === 'table' ? (
        <NodeTable journey={journey} />
      ) : (
        <Suspense fallback={<Loading rows={8} />}>
          <Picture
            journey={journey}
            templates={templates}
            chosen={search.node}
            onChoose={(node) => go({ node })}
          />
        </Suspense>
      )}
    </Section>
  );
}

function NodeTable({ journey }: { readonly journey: Journey }) {
  const templates = useTemplateNames();
  const formats = useFormats();
  const rows = Object.entries(journey.graph.nodes).map(([id, node]) => ({ id, node }));
  return (
    <DataTable
      label={`Steps of ${journey.name}`}
      rows={rows}
      keyOf={(row) => row.id}
      columns={[
        {
          key: 'step',
          label: 'Step',
          lead: true,
          render: ({ id, node }) => (
            <span className="row">
              <Icon name={nodeKind(node.kind).icon} size={16} />
              {nodeLabel(node, journey.labels[id], templates)}
            </span>
          ),
        },
        {
          key: 'here',
          label: 'Here now',
          numeric: true,
          render: ({ id }) => formats.number(journey.numbers[id]?.here ?? 0),
        },
        {
          key: 'passed',
          label: 'Passed',
          numeric: true,
          render: ({ id }) => formats.number(journey.numbers[id]?.passed ?? 0),
        },
        {
          key: 'messages',
          label: 'Messages',
          render: ({ id, node }) => messagesOf(nodeFigures(node, journey.numbers[id], formats), node.kind),
        },
      ]}
    />
  );
}

const messagesOf = (figures: readonly string[], kind: string): string =>
  kind === 'email' || kind === 'webhook' ? figures.slice(1).join(', ') : '–';

function Runs({ journey }: { readonly journey: Journey }) {
  const templates = useTemplateNames();
  const { node } = route.useSearch();
  const [state, setState] = useState('running');
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
          onChange={setState}
        />
      }
    >
      <Answer of={query}>
        {(data) => {
          const items = itemsOf(data);
          if (items.length === 0)
            return (
              <Empty title={state === 'running' ? 'Nobody is on the way here.' : 'Nobody has ended here.'} />
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
