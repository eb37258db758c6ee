// The five figures of Home: the number, what it is, over whom, against what; why there is none where there is none.
import { useQuery } from '@tanstack/react-query';
import { figuresQuery, type FigureBeside, type FigureCard, type Figures } from '../api/figures.ts';
import { useFormats } from '../app/formats.tsx';
import type { Formats } from '../lib/format.ts';
import { Section } from '../ui/page.tsx';
import { Answer } from '../ui/states.tsx';
import { TrendLine } from '../ui/trend-line.tsx';
import './home-figures.css';

export function HomeFigures() {
  const figures = useQuery(figuresQuery);
  const formats = useFormats();
  const at = figures.data?.worked_out_at;
  return (
    <Section
      title="How it goes"
      note={
        at && (
          <>
            Over everyone, worked out {formats.ago(at)}. The last 30 days are still settling: late events
            change them.
          </>
        )
      }
    >
      <Answer of={figures} rows={3}>
        {(it) => (it.worked_out_at === null ? <p className="muted">Being worked out…</p> : <Cards of={it} />)}
      </Answer>
    </Section>
  );
}

function Cards({ of }: { readonly of: Figures }) {
  return (
    <ul className="figures">
      {of.cards.map((card) => (
        <FigureTile key={card.key} card={card} currency={of.currency} />
      ))}
    </ul>
  );
}

function FigureTile({ card, currency }: { readonly card: FigureCard; readonly currency: string }) {
  const formats = useFormats();
  const show = (value: number | null | undefined) => figureText(formats, card.unit, value, currency);
  const change = changeWords(card, show);
  return (
    <li className="figure">
      <h3>{card.name}</h3>
      <p className="figure-value">{show(card.value)}</p>
      {card.low !== null && card.high !== null && card.value !== null && (
        <p className="muted">
          between {show(card.low)} and {show(card.high)}
        </p>
      )}
      <p className={card.empty ? 'figure-why' : 'muted'}>{card.empty ?? overWords(formats, card)}</p>
      {change && <p>{change}</p>}
      {card.beside.map((beside) => (
        <p key={beside.name} className="muted">
          {besideWords(formats, beside, currency)}
        </p>
      ))}
      <TrendLine
        values={card.trend.map(({ value }) => value)}
        settling={1}
        label={`${card.name} over the last year: from ${show(firstOf(card))} to ${show(card.value)}`}
      />
      <details>
        <summary>What it is</summary>
        <p className="muted">{card.definition}</p>
        {firstOf(card) !== null && <TrendTable card={card} show={show} />}
      </details>
    </li>
  );
}

function TrendTable({
  card,
  show,
}: {
  readonly card: FigureCard;
  readonly show: (value: number | null) => string;
}) {
  const formats = useFormats();
  return (
    <table className="small-table">
      <caption className="hidden-visually">{card.name} over the last year</caption>
      <thead>
        <tr>
          <th scope="col">As of</th>
          <th scope="col">Value</th>
        </tr>
      </thead>
      <tbody>
        {card.trend.toReversed().map(({ day, value }) => (
          <tr key={day}>
            <td>{formats.date(day)}</td>
            <td>{show(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function firstOf(card: FigureCard): number | null {
  return card.trend.find(({ value }) => value !== null)?.value ?? null;
}

function figureText(
  formats: Formats,
  unit: FigureCard['unit'],
  value: number | null | undefined,
  currency: string,
): string {
  if (value === null || value === undefined) return '–';
  switch (unit) {
    case 'share':
      return formats.share(value);
    case 'points':
      return formats.number(Math.round(value));
    case 'minor_units':
      return formats.money(value, currency);
  }
}

function overWords(formats: Formats, { unit, numerator, denominator }: FigureCard): string {
  if (denominator === null) return '';
  if (unit === 'share' && numerator !== null)
    return `${formats.number(numerator)} of ${formats.number(denominator)} people`;
  return unit === 'points'
    ? `${formats.number(denominator)} answers`
    : `mean of ${formats.number(denominator)} customers`;
}

function changeWords(card: FigureCard, show: (value: number | null) => string): string | null {
  const { before, value } = card;
  if (before === null || before.value === null || value === null) return null;
  const now = show(value);
  const then = show(before.value);
  if (now === then) return `The same as ${before.label}.`;
  return `${value > before.value ? 'Up' : 'Down'} from ${then}, ${before.label}.`;
}

function besideWords(formats: Formats, beside: FigureBeside, currency: string): string {
  const { name, unit, value, numerator, denominator } = beside;
  if (value !== null && value !== undefined) return `${figureText(formats, unit, value, currency)} ${name}`;
  if (denominator) return `${formats.number(numerator ?? 0)} of ${formats.number(denominator)}: ${name}`;
  return `– ${name}`;
}
