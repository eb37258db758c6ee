// One person's orders on a line of time, and the silence after them: the picture behind "It has been 41 days".
import { useState } from 'react';
import { useFormats } from '../../app/formats.tsx';
import './first.css';

export interface OrderStripProps {
  /** Instants of orders, one for each day, in any order. */
  readonly orders: readonly string[];
  /** Days with orders before these. */
  readonly earlier: number;
  /** The end of the line: the day up to which the history is known, or null for now. */
  readonly until: string | null;
  readonly quietFrom: string | null;
}

const spanMin = 60 * 86_400_000;

export function OrderStrip({ orders, earlier, until, quietFrom }: OrderStripProps) {
  const formats = useFormats();
  const [now] = useState(() => Date.now());
  const isToday = until === null;
  const times = orders.map((at) => Date.parse(at)).toSorted((a, b) => a - b);
  const end = Math.max(until === null ? now : Date.parse(until), times.at(-1) ?? 0);
  const start = Math.min(times[0] ?? end, end - spanMin);
  const place = (at: number): number => 2 + (96 * (at - start)) / Math.max(1, end - start);
  const last = times.at(-1) ?? start;
  const quiet = quietFrom === null ? null : Date.parse(quietFrom);
  const isQuiet = quiet !== null && quiet <= end;
  const title = `${countWords(times.length, earlier, formats.number)}, the last on ${formats.date(new Date(last))}.`;
  return (
    <figure className="order-strip">
      <figcaption className="muted">{title}</figcaption>
      <svg width="100%" height="56" role="img" aria-label={title}>
        <line className="strip-line" x1="2%" x2={`${place(last)}%`} y1="20" y2="20" />
        <line className="strip-silence" x1={`${place(last)}%`} x2="98%" y1="20" y2="20" />
        {isQuiet && (
          <line className="strip-quiet" x1={`${place(Math.max(quiet, last))}%`} x2="98%" y1="20" y2="20" />
        )}
        {times.map((at, i) => (
          <circle key={i} className="strip-order" cx={`${place(at)}%`} cy="20" r="5">
            <title>{formats.date(new Date(at))}</title>
          </circle>
        ))}
        <text className="strip-words" x="2%" y="48">
          {formats.month(new Date(start))}
        </text>
        <text className="strip-words" x="98%" y="48" textAnchor="end">
          {isToday ? 'today' : formats.date(new Date(end))}
        </text>
      </svg>
      <details>
        <summary className="muted">The orders as a list</summary>
        <ul className="strip-list">
          {times.toReversed().map((at, i) => (
            <li key={i}>{formats.date(new Date(at))}</li>
          ))}
        </ul>
      </details>
    </figure>
  );
}

function countWords(shown: number, earlier: number, number: (value: number) => string): string {
  if (earlier > 0) return `The newest ${number(shown)} of ${number(shown + earlier)} days with an order`;
  return shown === 1 ? 'One order' : `Orders on ${number(shown)} days`;
}
