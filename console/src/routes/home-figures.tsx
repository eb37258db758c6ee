// The five figures of Home: the number, what it is, over whom, against what; why there is none where there is none.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { figuresQuery, type FigureCard, type Figures } from '../api/figures.ts';
import { useFormats } from '../app/formats.tsx';
import { besideWords, changeWords, figureText, firstOf, overWords } from '../lib/figure-words.ts';
import { channelWords } from '../lib/words.ts';
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
  const hasPeople = card.denominator !== null && card.denominator > 0;
  const over = card.denominator === null ? '' : overWords(formats, card);
  return (
    <li className="figure">
      <h3>{card.name}</h3>
      <p className="figure-value">{show(card.value)}</p>
      {card.low !== null && card.high !== null && (
        <p className="muted">
          between {show(card.low)} and {show(card.high)}
        </p>
      )}
      {card.empty && <p className="figure-why">{card.empty}</p>}
      {hasPeople && (
        <p>
          <Link to="/figures/$key" params={{ key: card.key }}>
            {over}
          </Link>
        </p>
      )}
      {change && <p>{change}</p>}
      {besideOnHome(card).map((beside) => {
        const words = besideWords(formats, { ...beside, name: channelWords(beside.name) }, currency);
        return (
          <p key={beside.name} className="muted">
            {beside.key ? (
              <Link to="/figures/$key" params={{ key: beside.key }} className="plain-link">
                {words}
              </Link>
            ) : (
              words
            )}
          </p>
        );
      })}
      <div className="figure-foot">
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
      </div>
    </li>
  );
}

/** Of what is expected the longest time ahead; the shorter ones stand on Rhythm. */
function besideOnHome({ beside }: FigureCard): FigureCard['beside'] {
  return beside.filter(
    ({ key }, i) => key === undefined || beside.findLastIndex((one) => one.key === key) === i,
  );
}

export function TrendTable({
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
