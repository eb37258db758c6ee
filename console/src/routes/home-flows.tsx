// Flow between the stages: who stood where then, and where they stand now. The title is the finding, the table has it all.
import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { flowsQuery, type Flows } from '../api/flows.ts';
import { useFormats } from '../app/formats.tsx';
import { layoutFlows, type FlowRibbon } from '../lib/flow-layout.ts';
import { people, type Formats } from '../lib/format.ts';
import { stagePaint } from '../lib/stages.ts';
import { Section } from '../ui/page.tsx';
import { Answer } from '../ui/states.tsx';
import './home-flows.css';

const spans = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
];

export function HomeFlows({ model }: { readonly model: string }) {
  const [days, setDays] = useState('90');
  const flows = useQuery(flowsQuery(model, Number(days)));
  return (
    <Section
      title="Flow between stages"
      actions={
        <SegmentedControl
          aria-label="How far back"
          size="xs"
          data={spans}
          value={days}
          onChange={(value) => setDays(value)}
        />
      }
    >
      <Answer of={flows} rows={6}>
        {(it) => <Picture flows={it} />}
      </Answer>
    </Section>
  );
}

const width = 720;
const bar = 12;
const labels = 150;
const tall = 220;

function Picture({ flows }: { readonly flows: Flows }) {
  const formats = useFormats();
  const looks = flows.stages.map(({ look }) => look);
  const finding = findingOf(formats, flows);
  if (flows.flows.length === 0) return <p className="muted">{finding}</p>;
  const { before, now, ribbons, height } = layoutFlows(flows.stages, flows.flows, tall);
  const name = (i: number) => flows.stages[i]?.name ?? '';
  const color = (i: number) => stagePaint(looks, i).color;
  return (
    <figure className="flows">
      <figcaption className="prose">{finding}</figcaption>
      <svg viewBox={`0 -20 ${width} ${height + 28}`} role="img" aria-label={finding}>
        <text x={labels} y={-8} textAnchor="end" className="flow-side">
          {formats.date(flows.since)}
        </text>
        <text x={width - labels} y={-8} className="flow-side">
          today
        </text>
        {ribbons.map((ribbon) => (
          <path
            key={`${ribbon.from}-${ribbon.to}`}
            d={ribbonPath(ribbon)}
            className={ribbon.stayed ? 'flow-stayed' : 'flow-moved'}
            style={{ fill: color(ribbon.to) }}
          >
            <title>
              {ribbon.stayed
                ? `${people(formats, ribbon.people)} stayed in ${name(ribbon.from)}`
                : `${people(formats, ribbon.people)} from ${name(ribbon.from)} to ${name(ribbon.to)}`}
            </title>
          </path>
        ))}
        {before.map((each) => (
          <g key={each.index}>
            <rect
              x={labels + 8}
              y={each.top}
              width={bar}
              height={each.height}
              style={{ fill: color(each.index) }}
            />
            <text x={labels} y={each.top + each.height / 2 + 5} textAnchor="end">
              {name(each.index)} <tspan className="flow-count">{formats.number(each.people)}</tspan>
            </text>
          </g>
        ))}
        {now.map((each) => (
          <g key={each.index}>
            <rect
              x={width - labels - 8 - bar}
              y={each.top}
              width={bar}
              height={each.height}
              style={{ fill: color(each.index) }}
            />
            <text x={width - labels} y={each.top + each.height / 2 + 5}>
              <tspan className="flow-count">{formats.number(each.people)}</tspan> {name(each.index)}
            </text>
          </g>
        ))}
      </svg>
      <details>
        <summary>As a table</summary>
        <FlowTable flows={flows} />
      </details>
    </figure>
  );
}

function FlowTable({ flows }: { readonly flows: Flows }) {
  const formats = useFormats();
  const name = (key: string | null, otherwise: string) =>
    key === null ? otherwise : (flows.stages.find((stage) => stage.key === key)?.name ?? key);
  return (
    <table className="small-table">
      <thead>
        <tr>
          <th scope="col">From</th>
          <th scope="col">To</th>
          <th scope="col">People</th>
        </tr>
      </thead>
      <tbody>
        {flows.flows.map(({ from, to, people: n }) => (
          <tr key={`${from}-${to}`}>
            <td>{name(from, 'new')}</td>
            <td>{name(to, 'outside every stage')}</td>
            <td>{formats.number(n)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ribbonPath({ left, right, height }: FlowRibbon): string {
  const [x0, x1] = [labels + 8 + bar, width - labels - 8 - bar];
  const middle = (x0 + x1) / 2;
  return [
    `M${x0},${left}`,
    `C${middle},${left} ${middle},${right} ${x1},${right}`,
    `V${right + height}`,
    `C${middle},${right + height} ${middle},${left + height} ${x0},${left + height}`,
    'Z',
  ].join(' ');
}

/** What moved most, in one sentence. */
function findingOf(formats: Formats, { stages, flows, days }: Flows): string {
  const place = (key: string | null) => stages.findIndex((stage) => stage.key === key);
  const moves = flows.filter(({ from, to }) => from !== null && to !== null);
  const [most] = moves;
  const span = days === 365 ? 'In the last year' : `In the last ${days} days`;
  if (!most) return `${span} nobody moved between stages.`;
  const sum = (of: typeof moves) => of.reduce((all, flow) => all + flow.people, 0);
  const grew = sum(moves.filter(({ from, to }) => isGrowth(stages, place(from), place(to))));
  const fell = sum(moves) - grew;
  const name = (key: string | null) => stages[place(key)]?.name ?? '';
  return `${span} ${people(formats, grew)} came closer and ${formats.number(fell)} drifted away; most moved from ${name(most.from)} to ${name(most.to)}.`;
}

/** To a later growing stage, or out of decline or ending into a growing one. */
function isGrowth(stages: Flows['stages'], from: number, to: number): boolean {
  const [a, b] = [stages[from]?.look, stages[to]?.look];
  if (b !== 'growing') return a === 'ended' && b === 'decline';
  return a !== 'growing' || to > from;
}
