// What someone agreed to hear about, with a switch per channel and topic: a yes asks how it was given, a no needs no reason.
import { Button, Select, Switch, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { changeConsents, type ConsentChange, type PersonConsent, type PersonPage } from '../api/people.ts';
import { topicsQuery } from '../api/templates.ts';
import { useCan, useFormats, useSession } from '../app/formats.tsx';
import { consentInForce } from '../lib/consent.ts';
import type { Formats } from '../lib/format.ts';
import { basisWords, channelWords, givenBases, traitName } from '../lib/words.ts';
import { Trouble } from '../ui/states.tsx';
import { offerUndo } from '../ui/undo.tsx';

interface Line {
  readonly channel: string;
  readonly topic: string;
  readonly topicName: string;
  /** What holds, said for this topic or for more. */
  readonly consent: PersonConsent | undefined;
}

function linesOf(
  person: PersonPage,
  topics: readonly { readonly key: string; readonly name: string }[],
): readonly Line[] {
  const nameOfTopic = (key: string) =>
    key === '*' ? 'All topics' : (topics.find((one) => one.key === key)?.name ?? traitName(key));
  const unsaid = topics
    .filter(({ key }) => !person.consents.some((one) => one.channel === 'email' && one.topic === key))
    .map(({ key }) => ({ channel: 'email', topic: key }));
  return [...person.consents, ...unsaid].map(({ channel, topic }) => ({
    channel,
    topic,
    topicName: nameOfTopic(topic),
    consent: consentInForce(person.consents, channel, topic),
  }));
}

/** "given on 3 May · opted in · import". */
function consentWords({ consent, channel, topic }: Line, formats: Formats): string {
  if (!consent) return 'nothing said yet';
  const on = `${consent.status} on ${formats.date(consent.at)}`;
  if (consent.channel !== channel) return `${on} with all channels`;
  if (consent.topic !== topic) return `${on} with all topics`;
  return `${on} · ${basisWords(consent.basis)} · ${consent.source}`;
}

const toAll: Pick<ConsentChange, 'channel' | 'topic'> = { channel: '*', topic: '*' };

export function Consents({ person }: { readonly person: PersonPage }) {
  const client = useQueryClient();
  const session = useSession();
  const can = useCan();
  const topics = useQuery(topicsQuery).data?.items ?? [];
  const [giving, setGiving] = useState<Line | null>(null);
  const source = session.user?.name ?? 'console';
  const save = async (changes: readonly ConsentChange[]) => {
    await changeConsents(person.id, changes);
    await client.invalidateQueries();
  };
  // What it takes away is looked up before it is taken away.
  const change = useMutation({
    mutationFn: async (changes: readonly ConsentChange[]) => {
      const back = backOf(person, changes, source);
      await save(changes);
      return back;
    },
    onSuccess: (back, changes) => {
      setGiving(null);
      if (changes.every(({ status }) => status === 'withdrawn') && back.length > 0)
        offerUndo({
          done: changes.some(({ topic }) => topic === '*')
            ? 'Unsubscribed from everything.'
            : 'The consent is withdrawn.',
          undone: 'What was agreed holds again.',
          undo: () => save(back),
        });
    },
  });
  const withdraw = ({ channel, topic }: Pick<ConsentChange, 'channel' | 'topic'>) =>
    change.mutate([{ channel, topic, status: 'withdrawn', basis: 'by_hand', source }]);
  const lines = linesOf(person, topics);
  const agreed = lines.some(({ consent }) => consent?.status === 'given');
  return (
    <>
      {change.isError && <Trouble error={change.error} />}
      {lines.length === 0 ? (
        <p className="muted">Nothing was said about consent. Without it, no marketing message leaves.</p>
      ) : (
        <ul className="plain-list">
          {lines.map((line) => (
            <ConsentLine
              key={`${line.channel}/${line.topic}`}
              line={line}
              busy={change.isPending}
              giving={giving?.channel === line.channel && giving.topic === line.topic}
              onChange={(given) => (given ? setGiving(line) : withdraw(line))}
              onGive={(how) => {
                const { channel, topic } = line;
                const said = how.where === '' ? source : `${source}: ${how.where}`;
                change.mutate([{ channel, topic, status: 'given', basis: how.basis, source: said }]);
              }}
              onCancel={() => setGiving(null)}
            />
          ))}
        </ul>
      )}
      {can.care && agreed && (
        <div>
          <Button loading={change.isPending} onClick={() => withdraw(toAll)}>
            Unsubscribe from everything
          </Button>
        </div>
      )}
    </>
  );
}

/** What held of everything that a withdrawal took away, to be said again. */
function backOf(
  person: PersonPage,
  changes: readonly ConsentChange[],
  source: string,
): readonly ConsentChange[] {
  const covers = (one: string, other: string) => one === '*' || one === other;
  return person.consents
    .filter(
      (said) =>
        consentInForce(person.consents, said.channel, said.topic)?.status === 'given' &&
        changes.some((one) => covers(one.channel, said.channel) && covers(one.topic, said.topic)),
    )
    .map(({ channel, topic, basis, ...said }) => ({
      channel,
      topic,
      status: 'given',
      basis,
      source: said.status === 'given' ? said.source : source,
    }));
}

function ConsentLine({
  line,
  busy,
  giving,
  onChange,
  onGive,
  onCancel,
}: {
  readonly line: Line;
  readonly busy: boolean;
  readonly giving: boolean;
  readonly onChange: (given: boolean) => void;
  readonly onGive: (how: { readonly basis: string; readonly where: string }) => void;
  readonly onCancel: () => void;
}) {
  const formats = useFormats();
  const can = useCan();
  const { consent } = line;
  return (
    <li>
      <div className="row-wide consent-line">
        <div>
          <div>
            {channelWords(line.channel)}: {line.topicName}
          </div>
          <div className="muted">{consentWords(line, formats)}</div>
        </div>
        <Switch
          aria-label={`${channelWords(line.channel)}: ${line.topicName}`}
          checked={consent?.status === 'given'}
          disabled={busy || !can.care}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      </div>
      {giving && <HowGiven busy={busy} onGive={onGive} onCancel={onCancel} />}
    </li>
  );
}

/** A yes is worth what stands behind it. */
function HowGiven({
  busy,
  onGive,
  onCancel,
}: {
  readonly busy: boolean;
  readonly onGive: (how: { readonly basis: string; readonly where: string }) => void;
  readonly onCancel: () => void;
}) {
  const [basis, setBasis] = useState('by_phone');
  const [where, setWhere] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onGive({ basis, where: where.trim() });
  };
  return (
    <form onSubmit={submit} className="stack-tight note-form consent-how">
      <Select
        label="How they agreed"
        allowDeselect={false}
        data={[...givenBases]}
        value={basis}
        onChange={(next) => next !== null && setBasis(next)}
      />
      <TextInput
        label="Where and when, if you know"
        maxLength={150}
        value={where}
        onChange={(event) => setWhere(event.currentTarget.value)}
      />
      <div className="row">
        <Button type="submit" loading={busy}>
          Write down the consent
        </Button>
        <Button variant="subtle" onClick={onCancel}>
          Leave it
        </Button>
      </div>
    </form>
  );
}
