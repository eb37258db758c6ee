// Who joined and left a segment lately: a picture a day, and the people with the reason.
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { itemsOf } from '../api/page.ts';
import { segmentHistoryQuery } from '../api/segments.ts';
import { useFormats } from '../app/formats.tsx';
import { LoadMore } from '../ui/data-table.tsx';
import { Section } from '../ui/page.tsx';
import { nameOf } from '../ui/person-name.tsx';
import { Answer, Empty } from '../ui/states.tsx';
import { TimeBars } from '../ui/time-bars.tsx';

const dayMs = 86_400_000;

/** Days without anyone are bars of no height, so that distances are true. */
function everyDay(days: readonly { readonly day: string; readonly joined: number }[]) {
  const noon = (day: string) => Date.parse(`${day}T12:00:00Z`);
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return [];
  const joined = new Map(days.map((day) => [noon(day.day), day.joined]));
  return Array.from({ length: (noon(last.day) - noon(first.day)) / dayMs + 1 }, (_, i) => {
    const at = noon(first.day) + i * dayMs;
    return { from: new Date(at).toISOString(), times: joined.get(at) ?? 0 };
  });
}

export function SegmentHistory({ segment }: { readonly segment: string }) {
  const formats = useFormats();
  const history = useInfiniteQuery(segmentHistoryQuery(segment));
  return (
    <Section title="Who joined and left">
      <Answer of={history} rows={4}>
        {(data) => {
          const items = itemsOf(data);
          const days = data.pages[0]?.days ?? [];
          const joined = days.reduce((sum, day) => sum + day.joined, 0);
          const left = days.reduce((sum, day) => sum + day.left, 0);
          if (items.length === 0) return <Empty title="Nobody has joined or left yet." />;
          return (
            <>
              <p className="prose">
                In the last 90 days people joined {formats.number(joined)} times and left{' '}
                {formats.number(left)} times.
              </p>
              {days.length > 0 && (
                <TimeBars label="Joins a day, over the last 90 days" unit="day" points={everyDay(days)} />
              )}
              <ul className="plain-list">
                {items.map((move, i) => (
                  <li key={`${move.person.id}-${move.at}-${i}`}>
                    <Link to="/people/$id" params={{ id: move.person.id }} className="name-link">
                      {nameOf(move.person)}
                    </Link>{' '}
                    {move.kind} {move.why} <span className="muted nowrap">{formats.dateTime(move.at)}</span>
                  </li>
                ))}
              </ul>
              <LoadMore query={history} shown={`${formats.number(items.length)} shown`} />
            </>
          );
        }}
      </Answer>
    </Section>
  );
}
