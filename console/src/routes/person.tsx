// One person: which stage and why, until when, what is known, what happened, what they agreed to.
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { bringToToday, personQuery, type PersonPage as Person } from '../api/people.ts';
import type { Erased } from '../api/person-deeds.ts';
import { useCan, useFormats, When } from '../app/formats.tsx';
import { shorten } from '@rapport/engine';
import { identityName, reasonWords, traitName, valueWords } from '../lib/words.ts';
import { Facts, Page, Section } from '../ui/page.tsx';
import { fullNameOf, nameOf } from '../ui/person-name.tsx';
import { MessageState } from '../ui/message-state.tsx';
import { Answer, Note, Trouble } from '../ui/states.tsx';
import { PersonAddresses } from './person-addresses.tsx';
import { Consents } from './person-consents.tsx';
import { ErasedPage, PersonData } from './person-data.tsx';
import { PersonHistory } from './person-history.tsx';
import { PersonJourneys } from './person-journeys.tsx';
import { PersonPoints } from './person-points.tsx';
import { PersonTags, tagsOf } from './person-tags.tsx';
import { PersonPrediction } from './person-prediction.tsx';
import { ForDevelopers, MergedRecords } from './person-records.tsx';
import { StandingInModel } from './person-stage.tsx';
import { WriteNote } from './person-notes.tsx';
import { Timeline } from './person-timeline.tsx';
import { WhyNotInSegment } from './person-why-not.tsx';
import './person.css';

const route = getRouteApi('/shell/people/$id');

const firstName = (person: Person): string => {
  const first = person.traits.find((trait) => trait.key === 'first_name' || trait.key === 'firstName')?.value;
  return typeof first === 'string' && first !== '' ? shorten(first) : callName(person);
};

const callName = (person: Person): string => nameOf(nameable(person));

const nameable = (person: Person) => ({
  id: person.id,
  name: person.name,
  email: identity(person, 'email'),
  user_id: identity(person, 'user_id'),
});

const identity = (person: Person, kind: string): string | null =>
  person.identities.find((one) => one.kind === kind)?.value ?? null;

export function PersonPage() {
  const { id } = route.useParams();
  const [erased, setErased] = useState<{ readonly id: string; readonly words: Erased } | null>(null);
  const gone = erased?.id === id;
  const person = useQuery({ ...personQuery(id), enabled: !gone });
  if (gone) return <ErasedPage erased={erased.words} />;
  return (
    <Answer of={person}>
      {(it) => <ThePerson person={it} onErased={(words) => setErased({ id, words })} />}
    </Answer>
  );
}

function ThePerson({
  person,
  onErased,
}: {
  readonly person: Person;
  readonly onErased: (erased: Erased) => void;
}) {
  const { show } = route.useSearch();
  const navigate = useNavigate();
  const can = useCan();
  const [writing, setWriting] = useState(false);
  const name = callName(person);
  const main = person.stages.find((stage) => stage.is_default) ?? person.stages[0];
  const others = person.stages.filter((stage) => stage !== main);
  return (
    <Page
      title={name}
      heading={<bdi>{fullNameOf(nameable(person))}</bdi>}
      back={{ to: '/people', label: 'People' }}
      lead={<Lead person={person} />}
    >
      {person.as_of && <AsOf person={person} />}
      <QuietFinding person={person} />
      <div className="two">
        <div className="stack" style={{ gap: 32 }}>
          <Section title="Stage, and why">
            {main ? (
              <StandingInModel stage={main} person={firstName(person)} />
            ) : (
              <p className="muted">Outside every model.</p>
            )}
            {others.map((stage) => (
              <StandingInModel key={stage.model} stage={stage} person={firstName(person)} />
            ))}
          </Section>
          <PersonHistory id={person.id} />
          <PersonPrediction id={person.id} />
          <Section
            title="What happened"
            actions={can.care && !writing && <Button onClick={() => setWriting(true)}>Write a note</Button>}
          >
            {writing && <WriteNote person={person.id} onDone={() => setWriting(false)} />}
            <Timeline
              id={person.id}
              show={show}
              onShow={(kind) =>
                void navigate({
                  to: '/people/$id',
                  params: { id: person.id },
                  search: { show: kind },
                  replace: true,
                })
              }
            />
          </Section>
        </div>
        <div className="stack" style={{ gap: 32 }}>
          <Known person={person} />
          <PersonTags person={person} />
          <Section
            title="Consent"
            note="Per channel and topic. The latest word counts; withdrawing always works."
          >
            <Consents person={person} />
          </Section>
          <PersonAddresses id={person.id} />
          <PersonPoints id={person.id} />
          <PersonJourneys person={person} />
          <Segments person={person} />
          <Messages person={person} />
          <MergedRecords id={person.id} any={person.merged_from.length > 0} />
          <PersonData id={person.id} name={name} onErased={onErased} />
          <ForDevelopers id={person.id} />
        </div>
      </div>
    </Page>
  );
}

function Lead({ person }: { readonly person: Person }) {
  const formats = useFormats();
  const email = identity(person, 'email');
  const parts = [
    email && email !== fullNameOf(nameable(person)) ? email : null,
    person.customer ? 'Customer' : 'No order yet',
    person.orders > 0 ? `${formats.number(person.orders)} ${person.orders === 1 ? 'order' : 'orders'}` : null,
    person.last_order_at ? `last on ${formats.date(person.last_order_at)}` : null,
    person.first_seen_at ? `known since ${formats.date(person.first_seen_at)}` : null,
  ];
  return <>{parts.filter((part) => part !== null).join(' · ')}</>;
}

/** The rhythm as one sentence. */
function QuietFinding({ person }: { readonly person: Person }) {
  const formats = useFormats();
  const quiet = person.quiet;
  if (!quiet?.from) return null;
  const rhythm = rhythmWords(person, quiet, formats.number);
  const then = quiet.now
    ? `Unusually quiet since ${formats.date(quiet.from)}.`
    : `Unusually quiet from ${formats.date(quiet.from)}, if the silence goes on.`;
  return (
    <p className="finding">
      {rhythm} {then}
    </p>
  );
}

/** Whoever has no rhythm of their own yet is not said to have one. */
function rhythmWords(
  person: Person,
  quiet: NonNullable<Person['quiet']>,
  number: (n: number) => string,
): string {
  if (quiet.gap_days === null || quiet.silent_days === null) return '';
  const name = firstName(person);
  const gap = Math.max(1, Math.round(quiet.gap_days));
  const silent = Math.floor(quiet.silent_days);
  const days = (n: number) => `${number(n)} ${n === 1 ? 'day' : 'days'}`;
  const usually = quiet.gap_is_own
    ? `${name} usually orders every ${gap === 1 ? 'day' : days(gap)}.`
    : `People here usually order again after ${days(gap)}.`;
  // An import's days end before today.
  if (silent === 0) return person.as_of ? usually : `${usually} ${name} ordered in the last 24 hours.`;
  return `${usually} It has been ${quiet.gap_is_own ? number(silent) : days(silent)}.`;
}

function AsOf({ person }: { readonly person: Person }) {
  const formats = useFormats();
  const can = useCan();
  const client = useQueryClient();
  const thaw = useMutation({
    mutationFn: () => bringToToday(person.id),
    onSuccess: (fresh) => {
      client.setQueryData(personQuery(person.id).queryKey, fresh);
      void client.invalidateQueries();
      notifications.show({ message: `${callName(fresh)} is now known up to today. Nobody was contacted.` });
    },
  });
  return (
    <>
      <Note
        tone="info"
        title={`As of ${person.as_of ? formats.date(person.as_of) : ''}`}
        action={
          can.care && (
            <Button loading={thaw.isPending} onClick={() => thaw.mutate()}>
              Bring to today
            </Button>
          )
        }
      >
        <p>
          The imported history ends on this day. Nothing happens to {callName(person)} until a live event
          arrives, or until you bring them to today: the days since are then lived through silently.
        </p>
      </Note>
      {thaw.isError && <Trouble error={thaw.error} onRetry={() => thaw.mutate()} />}
    </>
  );
}

const provenance = {
  declared: 'told us',
  observed: 'observed',
  imported: 'imported',
  predicted: 'predicted',
} as const;

/** A long name stands in full as the title already. */
function traitWords(person: Person, value: Person['traits'][number]['value']): string {
  const words = valueWords(value);
  return fullNameOf(nameable(person)).includes(words) ? shorten(words) : words;
}

function Known({ person }: { readonly person: Person }) {
  const formats = useFormats();
  // What stands among the identities already is not said twice.
  const traits = person.traits.filter(
    (trait) =>
      !person.identities.some((one) => one.kind === trait.key && one.value === trait.value) &&
      !(trait.key === 'tags' && tagsOf(person).length > 0),
  );
  return (
    <Section title="What we know">
      <Facts
        rows={[
          ...person.identities.map(
            (one) => [identityName(one.kind), <bdi key={one.value}>{one.value}</bdi>] as const,
          ),
          ...traits.map(
            (trait) =>
              [
                traitName(trait.key),
                <span key={trait.key}>
                  <bdi>{traitWords(person, trait.value)}</bdi>
                  <span className="muted trait-source">
                    {provenance[trait.provenance]}
                    {trait.from_browser ? ' by a browser' : ''}, {formats.date(trait.at)}
                  </span>
                </span>,
              ] as const,
          ),
          ...(person.episode.n > 1 && person.episode.since
            ? [
                [
                  'Episode',
                  `number ${person.episode.n} of this relationship, since ${formats.date(person.episode.since)}`,
                ] as const,
              ]
            : []),
          [
            'Looked at again',
            person.next_appointment_at ? (
              <When key="n" at={person.next_appointment_at} />
            ) : (
              'only when something happens'
            ),
          ],
        ]}
      />
    </Section>
  );
}

const segmentsShown = 20;

function Segments({ person }: { readonly person: Person }) {
  const formats = useFormats();
  const [whole, setWhole] = useState(false);
  const inside = useMemo(() => person.segments.map(({ key }) => key), [person.segments]);
  if (person.segments.length === 0) return null;
  const shown = whole ? person.segments : person.segments.slice(0, segmentsShown);
  return (
    <Section title="Segments">
      <ul className="plain-list">
        {shown.map((segment) => (
          <li key={segment.key} className="row-wide">
            <Link to="/segments/$key" params={{ key: segment.key }}>
              {segment.name}
            </Link>
            <span className="muted">
              since <When at={segment.since} as="date" />
              {segment.until && (
                <>
                  , may end on <When at={segment.until} as="date" />
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
      {shown.length < person.segments.length && (
        <button type="button" className="text-button" onClick={() => setWhole(true)}>
          Show all {formats.number(person.segments.length)}
        </button>
      )}
      <WhyNotInSegment id={person.id} inside={inside} />
    </Section>
  );
}

function Messages({ person }: { readonly person: Person }) {
  if (person.messages.length === 0) {
    return (
      <Section title="Messages">
        <p className="muted">No message so far.</p>
      </Section>
    );
  }
  return (
    <Section
      title="Messages"
      actions={
        <Link to="/messages" search={{ person: person.id }}>
          All
        </Link>
      }
    >
      <ul className="plain-list">
        {person.messages.slice(0, 8).map((message) => (
          <li key={message.id} className="stack-tight" style={{ gap: 2 }}>
            <div className="row-wide">
              <Link to="/messages/$id" params={{ id: message.id }}>
                {message.subject ?? message.template ?? message.channel}
              </Link>
              <MessageState state={message.state} />
            </div>
            <span className="muted">
              <When at={message.at} />
              {message.reason && <>: {reasonWords(message.reason)}</>}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
