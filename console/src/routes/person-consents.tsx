// What someone agreed to hear about, with a switch per channel and topic.
import { Switch } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { changeConsents, personQuery, type PersonConsent, type PersonPage } from '../api/people.ts';
import { topicsQuery } from '../api/templates.ts';
import { useCan, useFormats, useSession } from '../app/formats.tsx';
import type { Formats } from '../lib/format.ts';
import { basisWords, channelWords, traitName } from '../lib/words.ts';
import { Trouble } from '../ui/states.tsx';

interface Line {
  readonly channel: string;
  readonly topic: string;
  readonly topicName: string;
  /** What holds: said for this topic, else for all topics of the channel. */
  readonly consent: PersonConsent | undefined;
  readonly through: 'itself' | 'all topics';
}

function linesOf(
  person: PersonPage,
  topics: readonly { readonly key: string; readonly name: string }[],
): readonly Line[] {
  const nameOfTopic = (key: string) =>
    key === '*' ? 'All topics' : (topics.find((one) => one.key === key)?.name ?? traitName(key));
  const said = person.consents.map((consent): Line => ({
    channel: consent.channel,
    topic: consent.topic,
    topicName: nameOfTopic(consent.topic),
    consent,
    through: 'itself',
  }));
  const all = person.consents.find(
    (one) => one.topic === '*' && (one.channel === 'email' || one.channel === '*'),
  );
  const unsaid = topics
    .filter((topic) => !said.some((line) => line.channel === 'email' && line.topic === topic.key))
    .map((topic): Line => ({
      channel: 'email',
      topic: topic.key,
      topicName: topic.name,
      consent: all,
      through: all ? 'all topics' : 'itself',
    }));
  return [...said, ...unsaid];
}

/** "given on 3 May · opted in · import". */
function consentWords(line: Line, formats: Formats): string {
  const { consent, through } = line;
  if (!consent) return 'nothing said yet';
  if (through === 'all topics') return `${consent.status} with all topics`;
  return `${consent.status} on ${formats.date(consent.at)} · ${basisWords(consent.basis)} · ${consent.source}`;
}

export function Consents({ person }: { readonly person: PersonPage }) {
  const client = useQueryClient();
  const session = useSession();
  const topics = useQuery(topicsQuery).data?.items ?? [];
  const change = useMutation({
    mutationFn: (line: { channel: string; topic: string; given: boolean }) =>
      changeConsents(person.id, [
        {
          channel: line.channel,
          topic: line.topic,
          status: line.given ? 'given' : 'withdrawn',
          basis: 'api',
          source: session.user?.name ?? 'console',
        },
      ]),
    onSuccess: () => client.invalidateQueries({ queryKey: personQuery(person.id).queryKey }),
  });
  const lines = linesOf(person, topics);
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
              onChange={(given) => change.mutate({ channel: line.channel, topic: line.topic, given })}
            />
          ))}
        </ul>
      )}
    </>
  );
}

function ConsentLine({
  line,
  busy,
  onChange,
}: {
  readonly line: Line;
  readonly busy: boolean;
  readonly onChange: (given: boolean) => void;
}) {
  const formats = useFormats();
  const can = useCan();
  const { consent } = line;
  return (
    <li className="row-wide consent-line">
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
    </li>
  );
}
