// The last seven days in the server's three sentences, each leading to what it speaks of.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { weekQuery, type Week } from '../api/week.ts';
import { Section } from '../ui/page.tsx';
import { Answer } from '../ui/states.tsx';
import './home-now.css';

type About = Week['sentences'][number]['about'];

const leads: { readonly [about in About]: ReactNode } = {
  orders: (
    <Link to="/figures/$key" params={{ key: 'customer_value' }}>
      All customers
    </Link>
  ),
  quiet: (
    <Link to="/segments/$key" params={{ key: 'quiet' }}>
      Who and when
    </Link>
  ),
  messages: <Link to="/messages">Every message</Link>,
};

export function HomeWeek() {
  const week = useQuery(weekQuery);
  return (
    <Section title="The last seven days">
      <Answer of={week} rows={3}>
        {({ sentences }) => (
          <ul className="week">
            {sentences.map(({ about, text }) => (
              <li key={about}>
                <span className="week-words">{text}</span> {leads[about]}
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </Section>
  );
}
