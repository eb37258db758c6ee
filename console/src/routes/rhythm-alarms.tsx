// Personal lapse moments against the best fixed number of days, group by group, and both with one rate for everybody, which is
// seldom flattering: a table for whoever wants to know.
import type { AlarmRow, AlarmRule, Alarms } from '../api/predictions.ts';
import { useFormats } from '../app/formats.tsx';
import type { Formats } from '../lib/format.ts';

const groups: { readonly [group in AlarmRow['group']]: string } = {
  new: 'Came once',
  fast: 'Fast',
  middle: 'Middle',
  slow: 'Slow',
  everyone: 'Everyone',
};

function ruleName(formats: Formats, { kind, days }: AlarmRule): string {
  const fixed = `${formats.number(Math.round(days ?? 0))} days for all`;
  switch (kind) {
    case 'personal':
      return 'Personal moments';
    case 'fixed':
      return `${fixed}, as fair to each third`;
    case 'personal_pooled':
      return 'Personal, one threshold for all';
    case 'fixed_pooled':
      return `${fixed}, fair on average only`;
  }
}

export function AlarmsTable({ alarms, title }: { readonly alarms: Alarms; readonly title: string }) {
  const formats = useFormats();
  return (
    <div className="stack-tight rhythm-alarms">
      <h3>{title}</h3>
      {alarms.words && <p className="prose">{alarms.words}</p>}
      <div className="rhythm-scroll" role="region" aria-label={title} tabIndex={0}>
        <table className="small-table">
          <thead>
            <tr>
              <th scope="col">Group</th>
              <th scope="col">Days until noticed</th>
              <th scope="col">Called too soon</th>
              <th scope="col">Came back by themselves</th>
              <th scope="col">Lost and noticed</th>
            </tr>
          </thead>
          {alarms.rules.map((rule) => (
            <tbody key={rule.kind}>
              <tr>
                <th scope="rowgroup" colSpan={5}>
                  {ruleName(formats, rule)}
                </th>
              </tr>
              {rule.rows.map((row) => (
                <tr key={row.group}>
                  <td>{groups[row.group]}</td>
                  <td>{row.days_weighted === null ? '–' : formats.number(Math.round(row.days_weighted))}</td>
                  <td>{share(formats, row.ended_alarmed, row.ended)}</td>
                  <td>{share(formats, row.returned, row.judged)}</td>
                  <td>{share(formats, row.lost_alarmed, row.lost)}</td>
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      </div>
      <p className="muted">
        <em>Called too soon</em>: of silences that ended by themselves, those that had been called unusual;
        this is what is kept under 1 in {formats.number(Math.round(1 / alarms.cap))}.{' '}
        <em>Came back by themselves</em>: of those called, who ordered within two usual gaps (30 to 180 days).
        Days are weighted by how often people order.
      </p>
    </div>
  );
}

/** Under thirty, counts and no rate. */
function share(formats: Formats, part: number, whole: number): string {
  if (whole === 0) return '–';
  if (whole < 30) return `${formats.number(part)} of ${formats.number(whole)}`;
  return `${Math.round((100 * part) / whole)} %`;
}
