// "A message that would help": the best ready journey for this history, what it would have done, its letters as a real person would
// read them, and what is needed before it can go. Its last step switches it on.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { firstMessageQuery, type FirstMessage } from '../../api/reveal.ts';
import { useCan, useFormats } from '../../app/formats.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Answer, Badge, Note } from '../../ui/states.tsx';
import { FlowSteps } from './flow-steps.tsx';
import { Letter } from './letter.tsx';
import { LookBack } from './look-back.tsx';
import { SwitchOn } from './switch-on.tsx';
import './first.css';

const route = getRouteApi('/shell/first-message');

export function FirstMessagePage() {
  const { journey } = route.useSearch();
  const message = useQuery(firstMessageQuery(journey));
  return (
    <Answer of={message} rows={10}>
      {(it) => <TheMessage message={it} />}
    </Answer>
  );
}

function TheMessage({ message }: { readonly message: FirstMessage }) {
  const { person, step } = route.useSearch();
  const { journey } = message;
  if (step === 'switch')
    return (
      <Page title={`Switch on ${journey.name}`} lead={journey.description}>
        <FlowSteps at="switch" journey={journey.key} person={person} />
        <SwitchOn message={message} />
      </Page>
    );
  return (
    <Page
      title="A message that would help"
      heading={`A message that would help: ${journey.name}`}
      lead={message.why}
    >
      <FlowSteps at="message" journey={journey.key} person={person} />
      {journey.active_version !== null && (
        <Note tone="good" title={`${journey.name} is on.`}>
          <Link to="/journeys/$id" params={{ id: journey.key }}>
            See who is on it
          </Link>
        </Note>
      )}
      <Section title="What it would have done">
        <LookBack key={journey.key} message={message} />
      </Section>
      <Letter message={message} />
      <Needs message={message} />
      <div className="form-foot">
        <Button
          variant="filled"
          renderRoot={(props) => (
            <Link
              to="/first-message"
              search={{ journey: journey.key, person, step: 'switch' as const }}
              {...props}
            />
          )}
        >
          Switch it on
        </Button>
        <span className="muted">The next page says who enters, before anything happens.</span>
      </div>
      <Others message={message} />
    </Page>
  );
}

/** Permission and sender: without them everything can be looked at, and nothing leaves. */
function Needs({ message }: { readonly message: FirstMessage }) {
  const formats = useFormats();
  const can = useCan();
  const { mailable, customers, needs, frozen } = message;
  return (
    <Section title="Before it can go">
      <ul className="needs">
        <Need ok={!needs.permission} name="Permission">
          {formats.number(mailable.customers)} of {formats.number(customers)} customers agreed to messages and
          have an e-mail address
          {mailable.customers > 0 && mailable.quiet > 0 && (
            <>, {formats.number(mailable.quiet)} of them unusually quiet</>
          )}
          .{' '}
          {needs.permission && needs.import && (
            <>
              <Link to="/imports/$id" params={{ id: needs.import.id }}>
                {needs.import.file_name}
              </Link>{' '}
              came without a permission. If you have one, <Link to="/imports">import it once more</Link> and
              say so; nothing is counted twice.
            </>
          )}
        </Need>
        <Need ok={!needs.sender} name="Who writes">
          {needs.sender ? (
            <>
              A from address and a postal address are missing; the law asks for both.{' '}
              {can.administer && <Link to="/settings/sending">Say who writes</Link>}
            </>
          ) : (
            'From address and postal address are set.'
          )}
        </Need>
        <Need ok name="Where it goes">
          {needs.mode === 'live' ? (
            <>Live sending is on: letters go to real people.</>
          ) : needs.mode === 'test' ? (
            <>Test mode: only your allow-list gets letters, all others go to the built-in mailbox.</>
          ) : (
            <>
              To the built-in mailbox. Nothing leaves until you switch on live sending, which is a step of its
              own.
            </>
          )}{' '}
          {can.administer && <Link to="/settings/sending">Sending</Link>}
        </Need>
        {frozen > 0 && (
          <Need ok={false} name="As of an earlier day">
            {formats.number(frozen)} of {formats.number(customers)} customers are known up to an earlier day
            only. Nothing happens to them until something new comes in, or you bring them to today.
          </Need>
        )}
      </ul>
    </Section>
  );
}

function Need({
  ok,
  name,
  children,
}: {
  readonly ok: boolean;
  readonly name: string;
  readonly children: ReactNode;
}) {
  return (
    <li>
      {ok ? (
        <Badge tone="good">
          <Icon name="check" />
        </Badge>
      ) : (
        <Badge tone="warning">
          <Icon name="warning" />
        </Badge>
      )}
      <div>
        <strong>{name}</strong>
        <span className="hidden-visually">{ok ? ' (there)' : ' (missing)'}</span>
        <p>{children}</p>
      </div>
    </li>
  );
}

function Others({ message }: { readonly message: FirstMessage }) {
  const { person } = route.useSearch();
  if (message.others.length === 0) return null;
  return (
    <Section title="Others that are ready">
      <ul className="plain-list">
        {message.others.map(({ key, name, why }) => (
          <li key={key}>
            <Link to="/first-message" search={{ journey: key, person }} className="name-link">
              {name}
            </Link>
            <p>{why}</p>
          </li>
        ))}
      </ul>
    </Section>
  );
}
