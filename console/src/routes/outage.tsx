// A time while Rapport was off: how long, how much came due, and person by person what became of it.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { outagePeopleQuery, outageQuery, type Outage, type OutagePerson } from '../api/outages.ts';
import { itemsOf } from '../api/page.ts';
import { useFormats, When } from '../app/formats.tsx';
import { people } from '../lib/format.ts';
import {
  fates,
  fateWords,
  messagesIn,
  messagesSentence,
  momentsSentence,
  spanWords,
} from '../lib/outage-words.ts';
import { LoadMore } from '../ui/data-table.tsx';
import { Facts, Page, Section } from '../ui/page.tsx';
import { PersonLink } from '../ui/person-name.tsx';
import { Answer, Empty, Note } from '../ui/states.tsx';
import './home-now.css';

const route = getRouteApi('/shell/outages/$id');

export function OutagePage() {
  const { id } = route.useParams();
  const formats = useFormats();
  const outage = useQuery(outageQuery(id));
  const found = outage.data;
  return (
    <Page
      title="While Rapport was off"
      heading={found ? `Rapport was off for ${spanWords(formats, found)}` : 'While Rapport was off'}
      back={{ to: '/', label: 'Home' }}
      lead={
        found && (
          <>
            From <When at={found.from} /> until <When at={found.until} />.{' '}
            {/* While it is gone through, the note below says so. */}
            {(found.settled || found.moments > 0) &&
              momentsSentence(formats, { ...found, settled: true })}{' '}
            {messagesSentence(formats, found)}
          </>
        )
      }
    >
      <Answer of={outage} rows={4}>
        {(it) => (
          <>
            {!it.settled && (
              <Note tone="info" title="It is still being gone through.">
                <p>
                  What your shop kept while Rapport was off comes in first, then each moment in its order. The
                  numbers below grow until that is done.
                </p>
              </Note>
            )}
            <What outage={it} />
            <Who id={id} />
          </>
        )}
      </Answer>
    </Page>
  );
}

const names = {
  sent: 'Sent late',
  too_late: 'Not sent, too late to be useful',
  not_sent: 'Not sent, other reasons',
  waiting: 'Still waiting',
  failed: 'Failed or uncertain',
} as const;

function What({ outage }: { readonly outage: Outage }) {
  const formats = useFormats();
  const messages = messagesIn(outage.messages);
  const somebody = (n: number): string => (n === 0 ? 'nobody' : people(formats, n));
  return (
    <Section
      title="What became of it"
      note="Nothing happens twice and nothing is dated anew: a moment counts from when it was due. A message past its shelf life is not sent."
    >
      <Facts
        figures
        rows={[
          ['Moments', outage.moments === 0 ? 'none' : formats.number(outage.moments)],
          ['Moved to another stage', somebody(outage.moved)],
          ['Entered a journey', somebody(outage.entered)],
          ...(messages === 0
            ? [['Messages due', 'none'] as const]
            : fates
                .filter((fate) => outage.messages[fate] > 0)
                .map((fate) => [names[fate], formats.number(outage.messages[fate])] as const)),
        ]}
      />
    </Section>
  );
}

function Who({ id }: { readonly id: string }) {
  const formats = useFormats();
  const query = useInfiniteQuery(outagePeopleQuery(id));
  return (
    <Section title="For whom">
      <Answer of={query}>
        {(data) => {
          const items = itemsOf(data);
          if (items.length === 0) return <Empty title="Nobody had anything due." />;
          return (
            <>
              <ul className="plain-list">
                {items.map((one) => (
                  <Person key={one.id} person={one} />
                ))}
              </ul>
              <LoadMore
                query={query}
                shown={`${people(formats, items.length)} shown${query.hasNextPage ? '' : ', all there are'}`}
              />
            </>
          );
        }}
      </Answer>
    </Section>
  );
}

function Person({ person }: { readonly person: OutagePerson }) {
  return (
    <li className="now-row">
      <span>
        <PersonLink person={person} />{' '}
        <span className="muted">
          due <When at={person.due_at} />
        </span>
      </span>
      {person.happened.map((one, i) => (
        <span key={i}>{one.sentence}</span>
      ))}
      {person.messages.map((one) => (
        <span key={one.id}>
          <Link to="/messages/$id" params={{ id: one.id }}>
            {one.template ?? 'A message'}
          </Link>
          : {one.reason ?? fateWords[one.fate]}
        </span>
      ))}
    </li>
  );
}
