// The stages somebody was in, as bands over time, with their purchases below; and the same as a table.
import { useQuery } from '@tanstack/react-query';
import { lifecycleQuery, type Model } from '../api/lifecycle.ts';
import { stageHistoryQuery, type StageHistory, type StageSpan } from '../api/person-record.ts';
import { useFormats } from '../app/formats.tsx';
import { stagePaint } from '../lib/stages.ts';
import { Section } from '../ui/page.tsx';
import './person-history.css';

export function PersonHistory({ id }: { readonly id: string }) {
  const history = useQuery(stageHistoryQuery(id)).data;
  if (!history || history.since === null || history.models.length === 0) return null;
  return (
    <Section
      title="Through the stages"
      note={history.cut ? 'Only the newest moves and purchases are drawn.' : undefined}
    >
      <Bands history={history} since={history.since} />
      <AsTable history={history} />
    </Section>
  );
}

function Bands({ history, since }: { readonly history: StageHistory; readonly since: string }) {
  const formats = useFormats();
  const models = useQuery(lifecycleQuery).data?.items ?? [];
  const [start, end] = [Date.parse(since), Date.parse(history.until)];
  const place = (at: string): number =>
    end <= start ? 0 : Math.min(100, Math.max(0, ((Date.parse(at) - start) / (end - start)) * 100));
  return (
    <figure className="bands" aria-label="Stages over time; the table below says the same">
      {history.models.map(({ model: key, model_name: name, spans }) => {
        const model = models.find((one) => one.key === key);
        return (
          <div key={key}>
            {history.models.length > 1 && <p className="muted bands-name">{name}</p>}
            <div className="band" aria-hidden="true">
              {spans.map((span) => {
                const [from, to] = [place(span.from), place(span.to ?? history.until)];
                return (
                  <span
                    key={span.from + span.stage}
                    title={`${span.stage_name}: ${spanWords(span, formats.date)}`}
                    className={looksOf(model, span.stage).hatched ? 'hatched' : undefined}
                    style={{
                      left: `${from}%`,
                      width: `${to - from}%`,
                      backgroundColor: looksOf(model, span.stage).color,
                    }}
                  />
                );
              })}
            </div>
            <ul className="band-key" aria-hidden="true">
              {[...new Map(spans.map((span) => [span.stage, span.stage_name]))].map(([stage, words]) => (
                <li key={stage}>
                  <span
                    className={looksOf(model, stage).hatched ? 'stage-dot hatched' : 'stage-dot'}
                    style={{ backgroundColor: looksOf(model, stage).color }}
                  />
                  {words}
                </li>
              ))}
            </ul>
          </div>
        );
      })}
      {history.marks.length > 0 && (
        <div className="band-marks" aria-hidden="true">
          {history.marks.map((mark) => (
            <span
              key={mark.at + mark.name}
              style={{ left: `${place(mark.at)}%` }}
              title={`${mark.name}, ${formats.date(mark.at)}`}
            />
          ))}
        </div>
      )}
      <div className="row-wide muted">
        <span>{formats.date(since)}</span>
        {history.marks.length > 0 && <span>each stroke is a purchase or refund</span>}
        <span>{formats.date(history.until)}</span>
      </div>
    </figure>
  );
}

function looksOf(model: Model | undefined, stage: string) {
  const index = model?.stages.findIndex(({ key }) => key === stage) ?? -1;
  if (!model || index < 0) return { color: 'var(--stage-ended)', hatched: true };
  return stagePaint(
    model.stages.map(({ look }) => look),
    index,
  );
}

const spanWords = (span: StageSpan, date: (at: string) => string): string =>
  span.to === null ? `since ${date(span.from)}` : `${date(span.from)} to ${date(span.to)}`;

function AsTable({ history }: { readonly history: StageHistory }) {
  const formats = useFormats();
  const rows = history.models
    .flatMap(({ model_name: name, spans }) => spans.map((span) => ({ ...span, name })))
    .toSorted((a, b) => (a.from < b.from ? 1 : -1));
  return (
    <details>
      <summary>As a table</summary>
      <table className="small-table">
        <thead>
          <tr>
            <th scope="col">Stage</th>
            {history.models.length > 1 && <th scope="col">Model</th>}
            <th scope="col">From</th>
            <th scope="col">To</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name + row.from + row.stage}>
              <td>{row.stage_name}</td>
              {history.models.length > 1 && <td>{row.name}</td>}
              <td>{formats.date(row.from)}</td>
              <td>{row.to === null ? 'now' : formats.date(row.to)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
