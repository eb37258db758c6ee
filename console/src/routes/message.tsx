// The whole story of one message: why it was asked for, what the sending rules said, and how it ended.
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { messageQuery, resolveMessage, type MessageStory } from '../api/messages.ts';
import { useCan, When } from '../app/formats.tsx';
import { bareReason, channelWords, reasonWords, stateWords, traitName, valueWords } from '../lib/words.ts';
import { asSentence } from '../lib/format.ts';
import { MessageState } from '../ui/message-state.tsx';
import { Facts, Page, Section } from '../ui/page.tsx';
import { PersonLink } from '../ui/person-name.tsx';
import { Answer, Note, Trouble } from '../ui/states.tsx';
import { useTemplateNames } from './journey-facts.tsx';
import { MessageNow } from './message-now.tsx';
import { titleOf } from './messages.tsx';

const route = getRouteApi('/shell/messages/$id');

export function MessagePage() {
  const { id } = route.useParams();
  const message = useQuery({
    ...messageQuery(id),
    refetchInterval: (query) => (query.state.data?.ended_at ? false : 5_000),
  });
  return <Answer of={message}>{(it) => <TheMessage message={it} />}</Answer>;
}

function TheMessage({ message }: { readonly message: MessageStory }) {
  const templates = useTemplateNames();
  return (
    <Page
      title={titleOf(message, templates)}
      back={{ to: '/messages', label: 'Sent messages' }}
      lead={
        <>
          To <PersonLink person={message.person} />
          {message.sent_to && <> at {message.sent_to}</>}
        </>
      }
      actions={
        message.in_mailbox && (
          <Button renderRoot={(props) => <Link to="/mailbox/$id" params={{ id: message.id }} {...props} />}>
            Read it
          </Button>
        )
      }
    >
      <Outcome message={message} />
      <div className="two">
        <Section title="Its story">
          <ol className="plain-list">
            {message.story.map((step, i) => (
              <li key={i}>
                <div className="sentence">{step.sentence}</div>
                <div className="muted">
                  <When at={step.at} />
                </div>
              </li>
            ))}
          </ol>
        </Section>
        <Section title="Facts">
          <Details message={message} />
        </Section>
      </div>
      <MessageNow message={message} />
    </Page>
  );
}

function Outcome({ message }: { readonly message: MessageStory }) {
  const words = stateWords(message.state, message.via);
  const waiting = message.state === 'queued' && message.next_at !== null;
  const reason = message.reason ? (message.reason_text ?? reasonWords(message.reason)) : null;
  return (
    <Note tone={words.tone} title={words.name}>
      <p>
        {reason ? asSentence(bareReason(reason)) : words.means}
        {waiting && message.next_at && (
          <>
            {' '}
            We look again <When at={message.next_at} as="ago" />, on <When at={message.next_at} />.
          </>
        )}
      </p>
      {message.state === 'uncertain' && <Resolve id={message.id} />}
    </Note>
  );
}

function Resolve({ id }: { readonly id: string }) {
  const client = useQueryClient();
  const can = useCan();
  const resolve = useMutation({
    mutationFn: (as: 'sent' | 'failed') => resolveMessage(id, as),
    onSuccess: () => client.invalidateQueries(),
  });
  if (!can.define) return null;
  return (
    <div className="stack-tight">
      <p>Ask your mail provider what became of it, then say so here.</p>
      <div className="row">
        <Button loading={resolve.isPending} onClick={() => resolve.mutate('sent')}>
          It was sent
        </Button>
        <Button loading={resolve.isPending} onClick={() => resolve.mutate('failed')}>
          It was not
        </Button>
      </div>
      {resolve.isError && <Trouble error={resolve.error} />}
    </div>
  );
}

const ways: { readonly [via: string]: string } = {
  smtp: 'the mail server',
  mailbox: 'the built-in mailbox',
  webhook: 'a webhook',
};

function Details({ message }: { readonly message: MessageStory }) {
  return (
    <Facts
      rows={[
        ['State', <MessageState key="s" state={message.state} via={message.via} />],
        ['Channel', channelWords(message.channel)],
        ['Topic', message.marketing ? message.topic : `${message.topic} (a service message)`],
        ...(message.template
          ? [
              [
                'Template',
                <Link key="t" to="/templates/$key" params={{ key: message.template }}>
                  {message.template}
                </Link>,
              ] as const,
            ]
          : []),
        ...(message.journey
          ? [
              [
                'Journey',
                <Link
                  key="j"
                  to="/journeys/$id"
                  params={{ id: message.journey }}
                  search={{ node: message.node ?? undefined }}
                >
                  {message.journey_name ?? message.journey}
                </Link>,
              ] as const,
            ]
          : []),
        ['Asked for', <When key="a" at={message.at} />],
        ['Due', <When key="d" at={message.due_at} />],
        ['Useful until', <When key="e" at={message.expires_at} />],
        ...(message.ended_at ? [['Ended', <When key="n" at={message.ended_at} />] as const] : []),
        ...(message.via ? [['By', ways[message.via] ?? message.via] as const] : []),
        ...(message.webhook ? [['To', message.webhook.url] as const] : []),
        ...Object.entries(message.offer ?? {}).map(
          ([key, value]) => [`Offer: ${traitName(key).toLowerCase()}`, valueWords(value)] as const,
        ),
        ...(message.attempt > 1 ? [['Attempts', String(message.attempt)] as const] : []),
        ...(message.provider_id
          ? [['Provider’s id', <code key="p">{message.provider_id}</code>] as const]
          : []),
      ]}
    />
  );
}
