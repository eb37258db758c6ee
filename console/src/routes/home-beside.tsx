// What stands beside the people on Home: who waits for an answer, what was sent and what was not and why, how the data are.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Overview } from '../api/overview.ts';
import { weekQuery } from '../api/week.ts';
import { useFormats, When } from '../app/formats.tsx';
import { Icon } from '../ui/icons.tsx';
import { Facts, Section } from '../ui/page.tsx';
import { nameOf } from '../ui/person-name.tsx';
import { Badge } from '../ui/states.tsx';
import './home-now.css';

export function HomeWaiting({ overview }: { readonly overview: Overview }) {
  const formats = useFormats();
  const { count, items } = overview.waiting;
  if (count === 0) return null;
  return (
    <Section
      title="Waiting for an answer"
      actions={
        count > items.length && (
          <Link to="/people" search={{ segment: 'open_complaint' }}>
            All {formats.number(count)}
          </Link>
        )
      }
    >
      <ul className="plain-list">
        {items.map((one) => (
          <li key={one.id} className="waiting-row">
            <Link to="/people/$id" params={{ id: one.id }} className="name-link">
              <bdi>{nameOf(one)}</bdi>
            </Link>
            <span className="muted">
              complained <When at={one.since} as="ago" />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Of each kind so many reasons are told. */
const reasonsShown = 3;

export function HomeSent({ overview }: { readonly overview: Overview }) {
  const formats = useFormats();
  const reasons = useQuery(weekQuery).data?.reasons ?? [];
  const { sent, waiting, not_sent, failed, uncertain, withheld } = overview.sent_7d;
  const isLive = overview.checklist.some(({ key, done }) => key === 'live_sending' && done);
  const rows: [string, number, 'waiting' | 'not_sent' | null][] = [
    [isLive ? 'Sent' : 'Written to the built-in mailbox', sent, null],
    ['Held for now', waiting, 'waiting'],
    ['Not sent', not_sent, 'not_sent'],
    ['Withheld from control groups', withheld, null],
    ['Failed', failed, null],
    ['Uncertain', uncertain, null],
  ];
  return (
    <Section title="Messages of seven days" actions={<Link to="/messages">All messages</Link>}>
      <dl className="sent">
        {rows
          .filter(([, n], i) => n > 0 || i === 0)
          .map(([name, n, state]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{formats.number(n)}</dd>
              {reasons
                .filter((reason) => reason.state === state)
                .slice(0, reasonsShown)
                .map((reason) => (
                  <dd key={reason.reason} className="sent-reason muted">
                    <span>
                      {reason.text.replace(/^(Not sent|Waits): (.)/, (_, __, c: string) => c.toUpperCase())}
                    </span>
                    <span>{formats.number(reason.messages)}</span>
                  </dd>
                ))}
            </div>
          ))}
      </dl>
    </Section>
  );
}

export function HomeHealth({ overview }: { readonly overview: Overview }) {
  const formats = useFormats();
  const health = overview.data_health;
  const late = health.lag_ms > 5_000;
  return (
    <Section title="Data health">
      <Facts
        figures
        rows={[
          ['Events today', formats.number(health.events_today)],
          [
            'Last event',
            health.last_event_at ? <When key="last" at={health.last_event_at} as="ago" /> : 'none yet',
          ],
          [
            'Quarantined, 7 days',
            health.quarantined_7d === 0 ? (
              <Badge key="state" tone="good" icon="check">
                none
              </Badge>
            ) : (
              <Link key="state" to="/quarantine">
                {formats.number(health.quarantined_7d)} to look at
              </Link>
            ),
          ],
          ...(health.parked > 0
            ? [
                [
                  'Parked',
                  <Link key="p" to="/quarantine" search={{ tab: 'parked' as const }}>
                    {formats.number(health.parked)} to retry
                  </Link>,
                ] as const,
              ]
            : []),
          [
            'Appointments',
            late ? (
              <Badge key="state" tone="warning" icon="clock">
                behind by {formats.number(Math.round(health.lag_ms / 1000))} s
              </Badge>
            ) : (
              <Badge key="state" tone="good" icon="check">
                on time
              </Badge>
            ),
          ],
          ...(health.imports_running > 0
            ? [
                [
                  'Imports running',
                  <Link key="i" to="/imports">
                    {formats.number(health.imports_running)}
                  </Link>,
                ] as const,
              ]
            : []),
        ]}
      />
      {overview.as_of && (
        <p className="muted row">
          <Icon name="info" size={16} /> Most people are known up to {formats.date(overview.as_of)} only.
        </p>
      )}
    </Section>
  );
}
