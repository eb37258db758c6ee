// The way through a journey with live numbers: a picture, the same as a table, and on a phone a list from top to bottom.
import { SegmentedControl, Select } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import type { Journey } from '../api/journeys.ts';
import { useFormats } from '../app/formats.tsx';
import { waysOut, walkOrder } from '../lib/graph-layout.ts';
import { messageFigures, nodeFigures, nodeKind, nodeLabel } from '../lib/journey-words.ts';
import { DataTable } from '../ui/data-table.tsx';
import { Icon } from '../ui/icons.tsx';
import { loadAhead } from '../ui/load-ahead.ts';
import { Section } from '../ui/page.tsx';
import { Loading } from '../ui/states.tsx';
import { useTemplateNames } from './journey-facts.tsx';
import type { JourneyPictureProps } from './journey-picture.tsx';

const route = getRouteApi('/shell/journeys/$id');
const usePicture = loadAhead(() => import('./journey-picture.tsx'));

export function JourneyWay({ journey }: { readonly journey: Journey }) {
  const templates = useTemplateNames();
  const search = route.useSearch();
  const navigate = useNavigate();
  // On a phone the picture would be too small to read: there it is a list from top to bottom.
  const narrow = useMediaQuery('(max-width: 719px)', false, { getInitialValueInEffect: false });
  const view = search.view ?? 'picture';
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
      note="Who came, who is here now and what was sent. The control group walks the same way and gets nothing that was not promised."
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
              onChange={(value) => go({ version: value ? Number(value) : undefined, node: undefined })}
            />
          )}
          <SegmentedControl
            aria-label="How to show it"
            size="xs"
            data={[
              { value: 'picture', label: narrow ? 'List' : 'Picture' },
              { value: 'table', label: 'Table' },
            ]}
            value={view}
            onChange={(value) => go({ view: value === 'table' ? 'table' : undefined })}
          />
        </>
      }
    >
      {view === 'table' ? (
        <NodeTable journey={journey} />
      ) : narrow ? (
        <StepList journey={journey} />
      ) : (
        <Picture
          journey={journey}
          templates={templates}
          chosen={search.node}
          onChoose={(node) => go({ node })}
        />
      )}
    </Section>
  );
}

function Picture(props: JourneyPictureProps) {
  const loaded = usePicture();
  return loaded === null ? <Loading rows={8} /> : <loaded.JourneyPicture {...props} />;
}

function StepLink({ journey, id }: { readonly journey: Journey; readonly id: string }) {
  const templates = useTemplateNames();
  const node = journey.graph.nodes[id] ?? { kind: 'exit' };
  return (
    <Link
      to="/journeys/$id"
      params={{ id: journey.id }}
      search={(old) => ({ ...old, node: id })}
      hash="step"
      className="name-link"
    >
      {nodeLabel(node, journey.labels[id], templates)}
    </Link>
  );
}

function StepList({ journey }: { readonly journey: Journey }) {
  const templates = useTemplateNames();
  const formats = useFormats();
  const order = walkOrder(journey.graph);
  return (
    <ol className="step-list">
      {order.map((id, i) => {
        const node = journey.graph.nodes[id] ?? { kind: 'exit' };
        const figures = nodeFigures(node, journey.numbers[id], formats);
        const ways = waysOut(node);
        // The only way on, to what stands below anyway, needs no words.
        const said = ways.filter((way) => ways.length > 1 || way.to !== order[i + 1]);
        return (
          <li key={id} className="step" data-kind={node.kind}>
            <div className="step-label">
              <Icon name={nodeKind(node.kind).icon} size={16} />
              <StepLink journey={journey} id={id} />
            </div>
            <div className="step-figures">{[...figures.people, ...figures.messages].join(' · ')}</div>
            {figures.control && <div className="step-figures step-control">{figures.control}</div>}
            {said.map((way) => (
              <div key={way.label + way.to} className="step-figures">
                {way.label ? `${way.label}: ` : 'then: '}
                {nodeLabel(
                  journey.graph.nodes[way.to] ?? { kind: 'exit' },
                  journey.labels[way.to],
                  templates,
                )}{' '}
                · {formats.number(runsOn(journey, id, way.to))}
              </div>
            ))}
          </li>
        );
      })}
    </ol>
  );
}

const runsOn = (journey: Journey, from: string, to: string): number =>
  journey.edges.find((edge) => edge.from === from && edge.to === to)?.runs ?? 0;

function NodeTable({ journey }: { readonly journey: Journey }) {
  const formats = useFormats();
  const rows = walkOrder(journey.graph).map((id) => ({
    id,
    node: journey.graph.nodes[id] ?? { kind: 'exit' },
    numbers: journey.numbers[id],
  }));
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
            <span className="row step-name">
              <Icon name={nodeKind(node.kind).icon} size={16} />
              <StepLink journey={journey} id={id} />
            </span>
          ),
        },
        {
          key: 'came',
          label: 'Came',
          numeric: true,
          render: ({ numbers }) => formats.number(numbers?.entered ?? 0),
        },
        {
          key: 'here',
          label: 'Here now',
          numeric: true,
          render: ({ numbers }) => formats.number(numbers?.here ?? 0),
        },
        {
          key: 'on',
          label: 'Went on',
          render: ({ id, node }) => goneOn(journey, id, node, formats),
        },
        {
          key: 'left',
          label: 'Left here',
          numeric: true,
          render: ({ node, numbers }) => (node.kind === 'exit' ? '–' : formats.number(numbers?.left ?? 0)),
        },
        {
          key: 'control',
          label: 'Control group',
          numeric: true,
          render: ({ numbers }) => formats.number(numbers?.control ?? 0),
        },
        {
          key: 'messages',
          label: 'Messages',
          render: ({ node, numbers }) => messageFigures(node, numbers, formats).join(', ') || '–',
        },
      ]}
    />
  );
}

function goneOn(
  journey: Journey,
  id: string,
  node: Journey['graph']['nodes'][string],
  formats: ReturnType<typeof useFormats>,
): string {
  const ways = waysOut(node);
  if (ways.length === 0) return '–';
  return ways
    .map((way) => `${formats.number(runsOn(journey, id, way.to))}${way.label ? ` ${way.label}` : ''}`)
    .join(', ');
}
