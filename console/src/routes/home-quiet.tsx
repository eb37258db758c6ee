// Who is unusually quiet and matters most, each with the reason; and whoever is next when nobody is.
import { Link } from '@tanstack/react-router';
import type { Overview } from '../api/overview.ts';
import { useFormats, When } from '../app/formats.tsx';
import { nameOf } from '../ui/person-name.tsx';
import { Section } from '../ui/page.tsx';
import { Empty } from '../ui/states.tsx';
import './home-now.css';

export function HomeQuiet({ overview }: { readonly overview: Overview }) {
  const formats = useFormats();
  const { items, count, next } = overview.quiet;
  return (
    <Section
      title="Unusually quiet"
      actions={
        count > items.length && (
          <Link to="/people" search={{ rule: overview.quiet.rule }}>
            All {formats.number(count)}
          </Link>
        )
      }
    >
      {items.length === 0 ? (
        <Empty title="Nobody is unusually quiet today.">
          {next && (
            <>
              Next:{' '}
              <Link to="/people/$id" params={{ id: next.id }}>
                {nameOf(next)}
              </Link>
              , {formats.ago(next.at)}.
            </>
          )}
        </Empty>
      ) : (
        <ul className="plain-list quiet-list">
          {items.map((person) => (
            <li key={person.id} className="now-row">
              <Link to="/people/$id" params={{ id: person.id }} className="name-link">
                <bdi>{nameOf(person)}</bdi>
              </Link>
              <span className="muted">
                {formats.number(person.orders)} {person.orders === 1 ? 'order' : 'orders'} · quiet since{' '}
                <When at={person.since} as="date" />
              </span>
              <span className="now-reason">{person.reason}</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
