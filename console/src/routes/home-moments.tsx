// Moments now: who becomes unusually quiet in the seven days to come if the silence goes on, day by day, and who is first.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { momentsQuery, type Moments } from '../api/week.ts';
import { useFormats, When } from '../app/formats.tsx';
import { people, type Formats } from '../lib/format.ts';
import { nameOf } from '../ui/person-name.tsx';
import { Section } from '../ui/page.tsx';
import { Answer } from '../ui/states.tsx';
import './home-now.css';

export function HomeMoments() {
  const moments = useQuery(momentsQuery);
  return (
    <Section title="Moments to come">
      <Answer of={moments} rows={4}>
        {(it) => <Coming moments={it} />}
      </Answer>
    </Section>
  );
}

function Coming({ moments }: { readonly moments: Moments }) {
  const formats = useFormats();
  const most = Math.max(1, ...moments.days.map((day) => day.people));
  return (
    <div className="stack">
      <p className="prose">{findingOf(formats, moments)}</p>
      {moments.people > 0 && (
        <ol className="day-bars" aria-label="People who become unusually quiet, by day">
          {moments.days.map(({ day, people: n }, i) => (
            <li key={day}>
              <span className="day-count">{formats.number(n)}</span>
              <span className="day-bar" style={{ height: `${(n / most) * 56}px` }} aria-hidden="true" />
              <span className="muted">{i === 0 ? 'today' : weekday(day)}</span>
            </li>
          ))}
        </ol>
      )}
      {moments.items.length > 0 && (
        <ul className="plain-list">
          {moments.items.map((one) => (
            <li key={one.id} className="now-row">
              <span>
                <Link to="/people/$id" params={{ id: one.id }} className="name-link">
                  <bdi>{nameOf(one)}</bdi>
                </Link>{' '}
                <span className="muted">
                  <When at={one.at} as="ago" />
                </span>
              </span>
              <span>{one.reason}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function findingOf(formats: Formats, { people: n, whole, until }: Moments): string {
  const span = whole ? 'in the next seven days' : `until ${formats.dateTime(until)}`;
  return n === 0
    ? `Nobody becomes unusually quiet ${span}.`
    : `${people(formats, n)} will be unusually quiet ${span} if the silence goes on.`;
}

/** `day` is a local day of the workspace: no zone may move it. */
function weekday(day: string): string {
  return new Intl.DateTimeFormat('en-GB', { weekday: 'short', timeZone: 'UTC' }).format(new Date(day));
}
