// A line through a few values, drawn small: the course, not the numbers. Whoever wants those reads the table beside it.
import './trend-line.css';

const width = 160;
const height = 40;
const margin = 3;

export interface TrendLineProps {
  /** Oldest first; gaps are left out. */
  readonly values: readonly (number | null)[];
  /** How many of the last values may still change: drawn lighter. */
  readonly settling: number;
  readonly label: string;
}

export function TrendLine({ values, settling, label }: TrendLineProps) {
  const known = values.filter((value): value is number => value !== null);
  if (known.length < 2) return null;
  const high = Math.max(...known);
  // A line, not bars: it shows the course. What hardly moves stays flat.
  const low = Math.min(...known, high - Math.abs(high) * 0.2);
  const x = (i: number) => margin + (i * (width - 2 * margin)) / (values.length - 1);
  const y = (value: number) =>
    height - margin - ((value - low) / Math.max(high - low, 1e-9)) * (height - 2 * margin);
  const points = values.flatMap((value, i) => (value === null ? [] : [{ i, at: `${x(i)},${y(value)}` }]));
  const firm = values.length - 1 - settling;
  const last = points.at(-1);
  return (
    <svg
      className="trend-line"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="xMinYMid meet"
      role="img"
      aria-label={label}
    >
      <polyline
        className="trend-firm"
        points={points
          .filter(({ i }) => i <= firm)
          .map(({ at }) => at)
          .join(' ')}
      />
      <polyline
        className="trend-settling"
        points={points
          .filter(({ i }) => i >= firm)
          .map(({ at }) => at)
          .join(' ')}
      />
      {last && <circle cx={last.at.split(',')[0]} cy={last.at.split(',')[1]} r="2.5" />}
    </svg>
  );
}
