// How often something happened, per day or week: bars from zero with the highest one named, and the table behind them.
import { useFormats } from '../app/formats.tsx';
import './time-bars.css';

export interface TimeBarsProps {
  readonly label: string;
  readonly unit: 'day' | 'week';
  readonly points: readonly { readonly from: string; readonly times: number }[];
}

const width = 720;
const height = 120;

export function TimeBars({ label, unit, points }: TimeBarsProps) {
  const formats = useFormats();
  const most = Math.max(1, ...points.map(({ times }) => times));
  const step = width / Math.max(1, points.length);
  return (
    <figure className="time-bars">
      <p className="muted time-bars-most">
        at most {formats.number(most)} a {unit}
      </p>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label} preserveAspectRatio="none">
        {points.map(({ from, times }, i) => (
          <rect
            key={from}
            x={i * step + step * 0.1}
            width={step * 0.8}
            y={height - (times / most) * height}
            height={(times / most) * height}
          >
            <title>
              {formats.date(from)}: {formats.number(times)}
            </title>
          </rect>
        ))}
      </svg>
      <div className="row-wide muted">
        <span>{points[0] && formats.date(points[0].from)}</span>
        <span>{points.length > 1 && formats.date(points[points.length - 1]?.from ?? '')}</span>
      </div>
      <details>
        <summary>As a table</summary>
        <table className="small-table">
          <thead>
            <tr>
              <th scope="col">{unit === 'day' ? 'Day' : 'Week from'}</th>
              <th scope="col">Times</th>
            </tr>
          </thead>
          <tbody>
            {points.map(({ from, times }) => (
              <tr key={from}>
                <td>{formats.date(from)}</td>
                <td>{formats.number(times)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
