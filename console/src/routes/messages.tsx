// Sent messages: what became of each, and why, in plain words.
import { Button, Select } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { journeysQuery } from '../api/journeys.ts';
import { messagesQuery, messageSummaryQuery, type MessageRow, type MessageSummary } from '../api/messages.ts';
import { itemsOf } from '../api/page.ts';
import { personQuery } from '../api/people.ts';
import { useFormats, When } from '../app/formats.tsx';
import type { TemplateNames } from '../lib/journey-words.ts';
import { bareReason, channelWords, reasonWords, stateWords } from '../lib/words.ts';
import { DataTable, LoadMore } from '../ui/data-table.tsx';
import { MessageState } from '../ui/message-state.tsx';
import { Page } from '../ui/page.tsx';
import { PersonLink } from '../ui/person-name.tsx';
import { Answer, Empty } from '../ui/states.tsx';
import { useTemplateNames } from './journey-facts.tsx';
import { MessageSummaryPicture } from './message-summary.tsx';
import './messages.css';

const route = getRouteApi('/shell/messages');
const states = ['sent', 'waiting', 'dropped', 'failed', 'uncertain'];
const channels = ['email', 'webhook'];
const periods = [
  { value: '1', label: 'Last 24 hours' },
  { value: '7', label: 'Last 7 days' },
  { value: '30', label: 'Last 30 days' },
  { value: '90', label: 'Last 90 days' },
];

export function MessagesPage() {
  const filter = route.useSearch();
  const formats = useFormats();
  const query = useInfiniteQuery({
    ...messagesQuery(filter),
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  });
  const filtered = Object.values(filter).some((one) => one !== undefined);
  return (
    <Page
      title="Sent messages"
      lead="Every message that was asked for: sent, waiting, or not sent and why. Nothing disappears without a reason."
    >
      <Filters />
      <MessageSummaryPicture />
      <Answer of={query}>
        {(data) => {
          const items = itemsOf(data);
          if (items.length === 0) return filtered ? <NoMatch /> : <NoMessage />;
          return (
            <div className="stack-tight" aria-busy={query.isPlaceholderData}>
              <MessageTable messages={items} />
              <LoadMore
                query={query}
                shown={`${formats.number(items.length)} shown${query.hasNextPage ? '' : ', all of them'}`}
              />
            </div>
          );
        }}
      </Answer>
    </Page>
  );
}

function Filters() {
  const filter = route.useSearch();
  const navigate = useNavigate();
  const journeys = useQuery(journeysQuery).data?.items ?? [];
  const reasons = useQuery(messageSummaryQuery(filter)).data?.parts ?? [];
  const person = useQuery({ ...personQuery(filter.person ?? ''), enabled: Boolean(filter.person) }).data;
  const go = (part: Partial<typeof filter>) =>
    void navigate({ to: '/messages', search: (old) => ({ ...old, ...part }), replace: true });
  return (
    <search className="message-filters">
      <Select
        aria-label="State"
        placeholder="Any state"
        clearable
        clearButtonProps={{ 'aria-label': 'Any state' }}
        data={states.map((state) => ({ value: state, label: stateWords(state).name }))}
        value={filter.state ?? null}
        onChange={(state) => go({ state: state ?? undefined, reason: undefined })}
      />
      <Select
        aria-label="Reason"
        placeholder="Any reason"
        clearable
        clearButtonProps={{ 'aria-label': 'Any reason' }}
        data={reasonChoices(reasons, filter.reason)}
        value={filter.reason ?? null}
        onChange={(reason) => go({ reason: reason ?? undefined })}
      />
      <Select
        aria-label="Journey"
        placeholder="Any journey"
        clearable
        clearButtonProps={{ 'aria-label': 'Any journey' }}
        data={journeys.map((journey) => ({ value: journey.id, label: journey.name }))}
        value={filter.journey ?? null}
        onChange={(journey) => go({ journey: journey ?? undefined })}
      />
      <Select
        aria-label="Channel"
        placeholder="Any channel"
        clearable
        clearButtonProps={{ 'aria-label': 'Any channel' }}
        data={channels.map((channel) => ({ value: channel, label: channelWords(channel) }))}
        value={filter.channel ?? null}
        onChange={(channel) => go({ channel: channel ?? undefined })}
      />
      <Select
        aria-label="Time"
        placeholder="All time"
        clearable
        clearButtonProps={{ 'aria-label': 'All time' }}
        data={periods}
        value={filter.days === undefined ? null : String(filter.days)}
        onChange={(days) => go({ days: days === null ? undefined : Number(days) })}
      />
      {filter.person && (
        <Button onClick={() => go({ person: undefined })}>
          Only {person?.name ?? 'one person'}: show everyone's
        </Button>
      )}
    </search>
  );
}

/** Those that occur, by their code; one that is asked for in the address too. */
function reasonChoices(
  parts: MessageSummary['parts'],
  asked: string | undefined,
): { readonly value: string; readonly label: string }[] {
  const codes = new Set(parts.flatMap(({ reason }) => (reason === null ? [] : [reason])));
  if (asked !== undefined) codes.add(asked);
  return [...codes].map((code) => ({ value: code, label: reasonWords(code) }));
}

function MessageTable({ messages }: { readonly messages: readonly MessageRow[] }) {
  const templates = useTemplateNames();
  return (
    <DataTable
      label="Messages"
      rows={messages}
      keyOf={(message) => message.id}
      columns={[
        {
          key: 'subject',
          label: 'Message',
          lead: true,
          render: (message) => (
            <Link to="/messages/$id" params={{ id: message.id }} className="name-link">
              {titleOf(message, templates)}
            </Link>
          ),
        },
        {
          key: 'person',
          label: 'To',
          render: (message) => <PersonLink person={message.person} />,
        },
        {
          key: 'state',
          label: 'What became of it',
          render: (message) => (
            <span>
              <MessageState state={message.state} via={message.via} />
              {message.reason && (
                <div className="muted">{bareReason(message.reason_text ?? reasonWords(message.reason))}</div>
              )}
            </span>
          ),
        },
        { key: 'at', label: 'When', render: (message) => <When at={message.ended_at ?? message.at} /> },
      ]}
    />
  );
}

/** Before it is written a message has no subject: then it is called what its template is called. */
export const titleOf = (
  message: Pick<MessageRow, 'subject' | 'template' | 'channel'>,
  templates: TemplateNames,
): string =>
  message.subject ??
  (message.template ? (templates[message.template] ?? message.template) : channelWords(message.channel));

function NoMatch() {
  return (
    <Empty
      title="No message matches."
      action={<Button renderRoot={(props) => <Link to="/messages" {...props} />}>Show all</Button>}
    />
  );
}

function NoMessage() {
  return (
    <Empty
      title="No message was asked for yet."
      action={
        <Button variant="filled" renderRoot={(props) => <Link to="/journeys" {...props} />}>
          See the journeys
        </Button>
      }
    >
      Messages come from journeys. Switch one on, and every message it asks for is listed here, also those
      that a sending rule holds back.
    </Empty>
  );
}
