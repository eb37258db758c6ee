// The reveal: how the relationships stand, and one real person with their timeline, stage, why, and until when.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { overviewQuery, type Overview } from '../../api/overview.ts';
import { personQuery, type PersonPage } from '../../api/people.ts';
import { revealQuery, type Reveal } from '../../api/reveal.ts';
import { useFormats, When } from '../../app/formats.tsx';
import { people } from '../../lib/format.ts';
import { Page, Section } from '../../ui/page.tsx';
import { nameOf } from '../../ui/person-name.tsx';
import { StageBars } from '../../ui/stage.tsx';
import { Answer, Empty, Note } from '../../ui/states.tsx';
import { StandingInModel } from '../person-stage.tsx';
import { FlowSteps } from './flow-steps.tsx';
import { OrderStrip } from './order-strip.tsx';
import '../person.css';
import './first.css';

const route = getRouteApi('/shell/meet');

export function MeetPage() {
  const overview = useQuery(overviewQuery);
  const reveal = useQuery(revealQuery);
  return (
    <Answer of={overview} rows={10}>
      {(it) => <Answer of={reveal}>{(seen) => <Meeting overview={it} reveal={seen} />}</Answer>}
    </Answer>
  );
}

function Meeting({ overview, reveal }: { readonly overview: Overview; readonly reveal: Reveal }) {
  const { person } = route.useSearch();
  const model = overview.models.find((one) => one.is_default) ?? overview.models[0];
  const met = reveal.people.map(({ id }) => id);
  const shown = person ?? met[0] ?? overview.quiet.next?.id;
  if (reveal.customers === 0) return <NobodyYet />;
  return (
    <Page
      title="Meet your customers"
      heading={overview.title}
      lead={<Lead overview={overview} reveal={reveal} />}
    >
      <FlowSteps at="meet" person={shown} />
      <Honesty overview={overview} reveal={reveal} />
      {model && (
        <Section title="Where they stand">
          {model.arming && <Note tone="info">The stages are still being worked out.</Note>}
          <StageBars model={model.key} label={`People by stage, ${model.name}`} stages={model.stages} />
        </Section>
      )}
      {shown ? (
        <Somebody key={shown} id={shown} reveal={reveal} overview={overview} />
      ) : (
        <Empty title="Nobody is unusually quiet today, and nobody is about to be." />
      )}
    </Page>
  );
}

function Lead({ overview, reveal }: { readonly overview: Overview; readonly reveal: Reveal }) {
  const formats = useFormats();
  if (overview.as_of)
    return (
      <>
        As of {formats.date(overview.as_of)}: the history ends there, and nothing is assumed about the days
        since. Nothing happens to these people until something new comes in, or you bring them to today.
      </>
    );
  return (
    <>
      “Unusually quiet” is measured against each person’s own rhythm
      {reveal.gap_days !== null && (
        <>
          , and against {formats.number(Math.round(reveal.gap_days))} days, which is usual here, where
          somebody has none yet
        </>
      )}
      .
    </>
  );
}

/** What the history cannot carry is said, not glossed over. */
function Honesty({ overview, reveal }: { readonly overview: Overview; readonly reveal: Reveal }) {
  const formats = useFormats();
  return (
    <>
      {reveal.little_history && (
        <Note
          tone="info"
          title={`${people(formats, reveal.rhythmic)} ordered on three days or more: a short history`}
        >
          So hardly anybody has a rhythm of their own yet.{' '}
          {reveal.gap_days === null
            ? '60 days between orders are taken as usual until more is known.'
            : 'What is usual for everyone is taken instead, and gets better with every order.'}
        </Note>
      )}
      {reveal.with_name === 0 && (
        <Note
          tone="info"
          title={
            reveal.with_email === 0
              ? 'The history holds no names and no e-mail addresses'
              : 'The history holds no names'
          }
        >
          {reveal.with_email === 0
            ? 'People are shown by their customer number, and nobody can be mailed until an address becomes known.'
            : 'People are shown by their address.'}
        </Note>
      )}
      {overview.quiet.count === 0 && (
        <Note tone="good" title="Nobody is unusually quiet today.">
          {overview.quiet.next
            ? `Next: ${nameOf(overview.quiet.next)}, ${formats.ago(overview.quiet.next.at)}, if nothing happens before.`
            : 'That is good news; nothing needs to be mended.'}
        </Note>
      )}
    </>
  );
}

function Somebody({
  id,
  reveal,
  overview,
}: {
  readonly id: string;
  readonly reveal: Reveal;
  readonly overview: Overview;
}) {
  const person = useQuery(personQuery(id));
  return <Answer of={person}>{(it) => <ThisIs person={it} reveal={reveal} overview={overview} />}</Answer>;
}

function ThisIs({
  person,
  reveal,
  overview,
}: {
  readonly person: PersonPage;
  readonly reveal: Reveal;
  readonly overview: Overview;
}) {
  const formats = useFormats();
  const name = nameOf({ ...person, user_id: idOf(person, 'user_id'), email: idOf(person, 'email') });
  const met = reveal.people.findIndex(({ id }) => id === person.id);
  const next = reveal.people[(met + 1) % Math.max(1, reveal.people.length)];
  const stage = person.stages.find((one) => one.is_default);
  const reason = reveal.people[met]?.reason;
  return (
    <Section
      title={
        <>
          This is <bdi>{name}</bdi>
        </>
      }
      actions={
        next &&
        next.id !== person.id && (
          <Button
            renderRoot={(props) => (
              <Link to="/meet" search={{ person: next.id }} replace resetScroll={false} {...props} />
            )}
          >
            Somebody else
          </Button>
        )
      }
    >
      <p className="finding">{reason ?? quietWords(person, name)}</p>
      {person.order_times.length > 0 && (
        <OrderStrip
          orders={person.order_times}
          earlier={Math.max(0, person.orders - person.order_times.length)}
          until={person.as_of ?? overview.as_of}
          quietFrom={person.quiet?.from ?? null}
        />
      )}
      {stage && <StandingInModel stage={stage} person={shortOf(name)} />}
      {person.quiet?.from && (
        <p className="sentence">
          {person.quiet.now ? 'Unusually quiet since ' : 'Would be unusually quiet from '}
          <When at={person.quiet.from} as="date" />
          {person.quiet.now ? '; an order ends it at once.' : ', if nothing happens before.'}
        </p>
      )}
      <p className="muted">
        {person.orders === 1 ? 'One order' : `Orders on ${formats.number(person.orders)} days`}.{' '}
        <Link to="/people/$id" params={{ id: person.id }}>
          Everything about {name}
        </Link>
      </p>
      <div className="form-foot">
        <Button
          variant="filled"
          renderRoot={(props) => <Link to="/first-message" search={{ person: person.id }} {...props} />}
        >
          A message that would help
        </Button>
      </div>
    </Section>
  );
}

/** As one speaks of somebody: the first word of a name, an address or number as it is. */
const shortOf = (name: string): string =>
  /@|^(?:Customer|Visitor) /.test(name) ? name : (name.split(' ')[0] ?? name);

function quietWords(person: PersonPage, name: string): string {
  const { quiet } = person;
  if (!quiet || quiet.gap_days === null || quiet.silent_days === null) return `${name} has not ordered yet.`;
  const usually = quiet.gap_is_own
    ? `${name} usually orders every ${quiet.gap_days} days.`
    : `People here usually order again after ${quiet.gap_days} days.`;
  return `${usually} It has been ${quiet.silent_days}.`;
}

const idOf = (person: PersonPage, kind: string): string | null =>
  person.identities.find((one) => one.kind === kind)?.value ?? null;

function NobodyYet() {
  return (
    <Page title="Meet your customers" lead="As soon as somebody has ordered, you meet them here.">
      <FlowSteps at="meet" />
      <Empty
        title="Nobody has ordered yet."
        action={
          <>
            <Button variant="filled" renderRoot={(props) => <Link to="/imports" {...props} />}>
              Import orders
            </Button>
            <Button renderRoot={(props) => <Link to="/" {...props} />}>The sample store, or your site</Button>
          </>
        }
      >
        A file of orders is enough.
      </Empty>
    </Page>
  );
}
