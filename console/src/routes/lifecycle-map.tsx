// A model as a map: its stages, and between them who moved in the last thirty days. The picture's figures stand in a table too, with the
// rule that moves people there.
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { flowsQuery, type Flows } from '../api/flows.ts';
import type { Model } from '../api/lifecycle.ts';
import type { Look } from '../api/rules.ts';
import { useFormats } from '../app/formats.tsx';
import { asSentence, people } from '../lib/format.ts';
import { layoutStages, type Arc } from '../lib/stage-map.ts';
import { stagePaint } from '../lib/stages.ts';
import { Section } from '../ui/page.tsx';
import { Answer } from '../ui/states.tsx';

const days = 30;

export function LifecycleMap({ model }: { readonly model: Model }) {
  const flows = useQuery({ ...flowsQuery(model.key, days), enabled: model.active });
  return (
    <Section
      title="The last 30 days"
      note="Who stood in another stage thirty days ago than today; the arrows are as wide as they are many."
    >
      <Answer of={flows} rows={5}>
        {(it) => <TheMap model={model} flows={it} />}
      </Answer>
    </Section>
  );
}

/** Where things lie: along the row of stages, and across it. On a phone the row stands upright. */
interface Plane {
  readonly upright: boolean;
  readonly pitch: number;
  readonly step: number;
  readonly half: number;
}

function TheMap({ model, flows }: { readonly model: Model; readonly flows: Flows }) {
  const formats = useFormats();
  const upright = useMediaQuery('(max-width: 45em)') ?? false;
  const plane: Plane = upright
    ? { upright, pitch: 96, step: 22, half: 22 }
    : { upright, pitch: Math.max(120, 900 / model.stages.length), step: 30, half: 22 };
  const looks = model.stages.map(({ look }) => look);
  const moved = flows.flows.reduce((sum, flow) => sum + flow.people, 0);
  const map = layoutStages(
    model.stages.map(({ key }) => key),
    flows.flows,
    plane,
  );
  const along = plane.pitch * model.stages.length;
  const margin = upright ? 46 : 24;
  const [ahead, behind] = [map.ahead + margin, map.behind + margin];
  const boxHalf = upright ? 76 : Math.min(72, plane.pitch / 2 - 14);
  const across = ahead + behind + (upright ? boxHalf * 2 : plane.half * 2);
  const middle = upright ? behind + boxHalf : ahead + plane.half;
  const place = (i: number) => plane.pitch * (i + 0.5);
  const summary = moved === 0 ? 'Nobody moved in 30 days.' : `${people(formats, moved)} moved in 30 days.`;
  return (
    <figure className="stage-map">
      <figcaption className="prose">{summary}</figcaption>
      <div className="stage-map-frame">
        <svg
          viewBox={upright ? `0 0 ${across} ${along}` : `0 0 ${along} ${across}`}
          style={{ maxWidth: upright ? across : along }}
          role="img"
          aria-label={`Stages of ${model.name} and the moves between them. ${summary} All figures are in the table below.`}
        >
          <defs>
            <marker
              id="map-head"
              viewBox="0 0 8 8"
              refX="6"
              refY="4"
              markerWidth="9"
              markerHeight="9"
              markerUnits="userSpaceOnUse"
              orient="auto"
            >
              <path d="M0,0 L8,4 L0,8 z" className="map-head" />
            </marker>
          </defs>
          {map.arcs.map((arc) => (
            <ArcPath
              key={`${arc.from}-${arc.to}`}
              arc={arc}
              place={{ plane, middle, edge: upright ? boxHalf : plane.half }}
              look={looks[arc.to] ?? 'growing'}
              title={`${people(formats, arc.people)} from ${model.stages[arc.from]?.name ?? ''} to ${model.stages[arc.to]?.name ?? ''}`}
            />
          ))}
          {/* After all arcs, so that none is drawn over a number. */}
          {map.arcs.map((arc) => (
            <ArcLabel
              key={`${arc.from}-${arc.to}`}
              arc={arc}
              place={{ plane, middle, edge: upright ? boxHalf : plane.half }}
              label={formats.number(arc.people)}
            />
          ))}
          {model.stages.map((stage, i) => {
            const [x, y] = upright ? [middle, place(i)] : [place(i), middle];
            const paint = stagePaint(looks, i);
            return (
              <g key={stage.key} transform={`translate(${x - boxHalf} ${y - plane.half})`}>
                <title>{`${stage.name}: ${asSentence(stage.sentence)}`}</title>
                <rect width={boxHalf * 2} height={plane.half * 2} rx="8" className="map-stage" />
                <rect width="6" height={plane.half * 2} rx="3" style={{ fill: paint.color }} />
                <foreignObject x="12" y="3" width={boxHalf * 2 - 16} height={plane.half * 2 - 6}>
                  <div className="map-words">
                    <span className="map-name" dir="auto">
                      {stage.name}
                    </span>
                    <span className="map-people">{formats.number(stage.people)}</span>
                  </div>
                </foreignObject>
              </g>
            );
          })}
        </svg>
      </div>
      <details>
        <summary>As a table</summary>
        <MovesTable model={model} flows={flows} />
      </details>
    </figure>
  );
}

/** Where arcs leave and reach the row of stages. */
interface Place {
  readonly plane: Plane;
  readonly middle: number;
  readonly edge: number;
}

function ArcPath({
  arc,
  place,
  look,
  title,
}: {
  readonly arc: Arc;
  readonly place: Place;
  /** Of the stage that it leads to. */
  readonly look: Look;
  readonly title: string;
}) {
  const { start, end, near, side } = spanOf(arc, place);
  const far = near + side * arc.out * 1.33;
  const at = (along: number, across: number) =>
    place.plane.upright ? `${across},${along}` : `${along},${across}`;
  return (
    <g className={`map-to-${look}`}>
      <path
        d={`M${at(start, near)} C${at(start, far)} ${at(end, far)} ${at(end, near)}`}
        style={{ strokeWidth: arc.width }}
        markerEnd="url(#map-head)"
      >
        <title>{title}</title>
      </path>
    </g>
  );
}

function ArcLabel({
  arc,
  place,
  label,
}: {
  readonly arc: Arc;
  readonly place: Place;
  readonly label: string;
}) {
  const { start, end, near, side } = spanOf(arc, place);
  const { upright } = place.plane;
  const top = near + side * (arc.out + arc.width / 2);
  const between = (start + end) / 2;
  return (
    <text
      x={upright ? top + side * 7 : between}
      y={upright ? between + 4 : top + (side < 0 ? -7 : 17)}
      textAnchor={upright ? (side > 0 ? 'start' : 'end') : 'middle'}
    >
      {label}
    </text>
  );
}

/** Forward above the row, back below it; upright: forward at the right, back at the left. */
function spanOf(arc: Arc, { plane, middle, edge }: Place) {
  const side = arc.forward === plane.upright ? 1 : -1;
  const [start, end] = [arc.start + plane.pitch / 2, arc.end + plane.pitch / 2];
  return { side, start, end, near: middle + side * edge };
}

function MovesTable({ model, flows }: { readonly model: Model; readonly flows: Flows }) {
  const formats = useFormats();
  const stage = (key: string | null) => model.stages.find((one) => one.key === key);
  const name = (key: string | null, otherwise: string) =>
    key === null ? otherwise : (stage(key)?.name ?? `${key}, a stage that was taken out`);
  if (flows.flows.length === 0) return <p className="muted">Nobody moved.</p>;
  return (
    <table className="small-table">
      <thead>
        <tr>
          <th scope="col">From</th>
          <th scope="col">To</th>
          <th scope="col">People</th>
          <th scope="col">Moved by the rule</th>
        </tr>
      </thead>
      <tbody>
        {flows.flows.map((flow) => (
          <tr key={`${flow.from}-${flow.to}`}>
            <td>{name(flow.from, 'new')}</td>
            <td>{name(flow.to, 'outside every stage')}</td>
            <td>{formats.number(flow.people)}</td>
            <td>{stage(flow.to)?.sentence ?? '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
