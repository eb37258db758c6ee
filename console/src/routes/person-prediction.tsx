// Whether somebody is still with us, as a curve: each order lifts it, silence lowers it, and the moment at which silence becomes
// unusual lies ahead. Beside it what is to be expected. What nothing stands behind is left out, and why is said.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { personPredictionQuery, type PersonPrediction as Prediction } from '../api/predictions.ts';
import { useFormats } from '../app/formats.tsx';
import type { Formats } from '../lib/format.ts';
import { Card, Facts, Section } from '../ui/page.tsx';
import { Answer } from '../ui/states.tsx';
import './person-prediction.css';

export function PersonPrediction({ id }: { readonly id: string }) {
  const query = useQuery(personPredictionQuery(id));
  return (
    <Answer of={query}>
      {({ prediction }) => prediction !== null && <ThePrediction prediction={prediction} />}
    </Answer>
  );
}

function ThePrediction({ prediction }: { readonly prediction: Prediction }) {
  const formats = useFormats();
  const figures = rows(formats, prediction);
  const isKnown = prediction.p_alive !== null || prediction.curve.length > 1 || figures.length > 0;
  return (
    <Section
      title="Rhythm"
      actions={<Link to="/insights/rhythm">How right is this?</Link>}
      {...(prediction.p_alive === null ? { note: withoutModel[prediction.verdict] } : {})}
    >
      {isKnown && (
        <Card className="stack">
          {prediction.p_alive !== null && <p className="prose">{finding(formats, prediction)}</p>}
          {prediction.curve.length > 1 && <Curve prediction={prediction} />}
          <Facts figures rows={figures} />
        </Card>
      )}
    </Section>
  );
}

const withoutModel: { readonly [verdict in Prediction['verdict']]: string } = {
  unlearnt: 'The rhythm of your customers was not learnt yet. It is, by night, from 100 customers on.',
  too_little:
    'There are too few customers yet to learn a rhythm from; two of their own usual gaps count as quiet.',
  degenerate: 'Your orders show nobody who is lost for good, so silence is judged by gaps.',
  not_converged: 'No rhythm could be found in your orders, so silence is judged by gaps.',
  fits: '',
};

function finding(formats: Formats, { p_alive: alive, lapses, as_of: asOf }: Prediction): string {
  const chance = `The chance that they are still with us is ${percent(alive ?? 0)}.`;
  const lapse = lapses.find(({ one_in: oneIn }) => oneIn === 3);
  if (lapse === undefined) return chance;
  return Date.parse(lapse.at) <= Date.parse(asOf)
    ? `${chance} Their silence has been unusual since ${formats.date(lapse.at)}.`
    : `${chance} Their silence becomes unusual on ${formats.date(lapse.at)}.`;
}

function rows(formats: Formats, prediction: Prediction): readonly (readonly [string, string])[] {
  const { lapses, next_order: next, within, worth, currency, as_of: asOf } = prediction;
  const careful = lapses.find(({ one_in: oneIn }) => oneIn === 10);
  const found: (readonly [string, string])[] = [];
  if (next !== null)
    found.push([
      'Next order, if there is one',
      `about ${formats.date(next.at)} (${formats.date(next.from)} to ${formats.date(next.to)})`,
    ]);
  for (const { days, chance } of within)
    found.push([`An order within ${days === 365 ? 'a year' : `${days} days`}`, percent(chance)]);
  if (careful !== undefined)
    found.push([
      'Quiet enough for a discount',
      `${Date.parse(careful.at) <= Date.parse(asOf) ? 'since' : 'from'} ${formats.date(careful.at)}`,
    ]);
  if (worth !== null) {
    found.push(['Worth so far', formats.money(worth.so_far, currency)]);
    found.push([
      'Expected in a year',
      `${formats.money(worth.expected, currency)} (${formats.money(worth.low, currency)} to ${formats.money(worth.high, currency)})`,
    ]);
  }
  return found;
}

function percent(share: number): string {
  if (share > 0.99) return 'over 99 %';
  return share < 0.01 ? 'under 1 %' : `${Math.round(share * 100)} %`;
}

const width = 720;
const height = 220;
const left = 44;
const bottom = 46;
const top = 22;
const right = 8;

/** The curve, its marks, today and the lapse moments ahead. */
function Curve({ prediction }: { readonly prediction: Prediction }) {
  const formats = useFormats();
  const { curve, orders, visits, lapses, as_of: asOf } = prediction;
  const from = Date.parse(curve[0]!.at);
  const until = Date.parse(curve.at(-1)!.at);
  const x = (at: string): number =>
    left + ((Date.parse(at) - from) / Math.max(1, until - from)) * (width - left - right);
  const y = (alive: number): number => top + (1 - alive) * (height - top - bottom);
  const ground = y(0);
  const line = (points: readonly Prediction['curve'][number][]): string =>
    points.map(({ at, p_alive: alive }) => `${x(at).toFixed(1)},${y(alive).toFixed(1)}`).join(' ');
  const now = Date.parse(asOf);
  const past = curve.filter(({ at }) => Date.parse(at) <= now);
  const ahead = curve.filter(
    ({ at }) => Date.parse(at) >= (past.length > 0 ? Date.parse(past.at(-1)!.at) : 0),
  );
  const lapse = lapses.find(({ one_in: oneIn }) => oneIn === 3);
  const isWithin = (at: string): boolean => Date.parse(at) >= from && Date.parse(at) <= until;
  const label = finding(formats, prediction);
  const nowX = x(asOf);
  const lapseX = lapse === undefined ? 0 : x(lapse.at);
  return (
    <figure className="alive-curve">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
        {[0, 0.5, 1].map((share) => (
          <g key={share}>
            <line className="alive-grid" x1={left} x2={width - right} y1={y(share)} y2={y(share)} />
            <text className="alive-axis" x={left - 6} y={y(share) + 4} textAnchor="end">
              {share * 100} %
            </text>
          </g>
        ))}
        <polyline className="alive-past" points={line(past)} />
        <polyline className="alive-ahead" points={line(ahead)} />
        {visits.filter(isWithin).map((at) => (
          <line key={at} className="alive-visit" x1={x(at)} x2={x(at)} y1={ground + 4} y2={ground + 10}>
            <title>visit, {formats.date(at)}</title>
          </line>
        ))}
        {orders.filter(isWithin).map((at) => (
          <circle key={at} className="alive-order" cx={x(at)} cy={ground} r="4">
            <title>order, {formats.date(at)}</title>
          </circle>
        ))}
        <line className="alive-now" x1={nowX} x2={nowX} y1={top} y2={ground} />
        <text className="alive-axis" x={nowX} y={top - 8} textAnchor={nowX > width / 2 ? 'end' : 'start'}>
          today
        </text>
        {lapse && isWithin(lapse.at) && (
          <g>
            <line className="alive-lapse" x1={lapseX} x2={lapseX} y1={top} y2={ground} />
            <path className="alive-lapse-mark" d={`M${lapseX} ${ground - 7}l6 6-6 6-6-6z`}>
              <title>unusually quiet from {formats.dateTime(lapse.at)}</title>
            </path>
          </g>
        )}
        <text className="alive-axis" x={left} y={height - 8}>
          {formats.date(curve[0]!.at)}
        </text>
        <text className="alive-axis" x={width - right} y={height - 8} textAnchor="end">
          {formats.date(curve.at(-1)!.at)}
        </text>
      </svg>
      <figcaption className="alive-key muted">
        <span>
          <i className="key-order" /> order
        </span>
        {visits.some(isWithin) && (
          <span>
            <i className="key-visit" /> visit
          </span>
        )}
        <span>
          <i className="key-ahead" /> if the silence goes on
        </span>
        {lapse && (
          <span>
            <i className="key-lapse" /> unusually quiet
          </span>
        )}
      </figcaption>
      <details>
        <summary>As a table</summary>
        <table className="small-table">
          <thead>
            <tr>
              <th scope="col">Day</th>
              <th scope="col">Still with us</th>
            </tr>
          </thead>
          <tbody>
            {curve
              .filter((_, i) => i % Math.ceil(curve.length / 24) === 0)
              .map(({ at, p_alive: alive }) => (
                <tr key={at}>
                  <td>{formats.date(at)}</td>
                  <td>{percent(alive)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
