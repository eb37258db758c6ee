// "What would happen to this message for this person now": choose both, and read the questions from top to bottom.
import { Button, Select } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { journeyQuery, journeysQuery, type Journey } from '../api/journeys.ts';
import { personQuery } from '../api/people.ts';
import { sendingAnswerQuery, type SendingAnswer } from '../api/sending.ts';
import { When } from '../app/formats.tsx';
import { nodeLabel } from '../lib/journey-words.ts';
import { shorten } from '@rapport/engine';
import { Icon } from '../ui/icons.tsx';
import { Section } from '../ui/page.tsx';
import { PersonPicker } from '../ui/person-picker.tsx';
import { Answer, Empty, Note, type Tone } from '../ui/states.tsx';
import { useTemplateNames } from './journey-facts.tsx';

const route = getRouteApi('/shell/settings/rules');

export function SendingAsk() {
  const { person, letter } = route.useSearch();
  const navigate = useNavigate();
  const go = (part: { person?: string | undefined; letter?: string | undefined }) =>
    void navigate({ to: '/settings/rules', search: (old) => ({ ...old, ...part }), replace: true });
  const known = useQuery({ ...personQuery(person ?? ''), enabled: person !== undefined }).data;
  const letters = useLetters();
  return (
    <Section
      title="What would happen to this message for this person now?"
      note="It is only asked: nothing is sent and nothing is changed."
    >
      <div className="ask-form">
        {person === undefined ? (
          <PersonPicker label="Person" onPick={(one) => go({ person: one.id })} />
        ) : (
          <div className="ask-person">
            <span className="ask-label">Person</span>
            <span className="row">
              <Link to="/people/$id" params={{ id: person }} className="name-link">
                <bdi>{known?.name ? shorten(known.name) : 'This person'}</bdi>
              </Link>
              <Button size="xs" onClick={() => go({ person: undefined })}>
                Another
              </Button>
            </span>
          </div>
        )}
        <Select
          label="Message"
          placeholder="Choose a message of a journey"
          searchable
          data={letters}
          value={letter ?? null}
          onChange={(value) => go({ letter: value ?? undefined })}
        />
      </div>
      {person === undefined || letter === undefined ? (
        <Empty title="Choose a person and a message.">
          Then every question of the sending rules is answered for them, in the order in which they are asked.
        </Empty>
      ) : (
        <TheAnswer person={person} letter={letter} />
      )}
    </Section>
  );
}

/** Messages of all journeys, by journey; the value is `journey/node`. */
function useLetters(): { group: string; items: { value: string; label: string }[] }[] {
  const templates = useTemplateNames();
  const journeys = useQuery(journeysQuery).data?.items ?? [];
  const graphs = useQueries({
    queries: journeys.map((journey) => ({ ...journeyQuery(journey.id), refetchInterval: false as const })),
  });
  const found = graphs.flatMap(({ data }): Journey[] => (data ? [data] : []));
  return found.map((journey) => ({
    group: journey.name,
    items: Object.entries(journey.graph.nodes)
      .filter(([, node]) => node.kind === 'email' || node.kind === 'webhook')
      .map(([key, node]) => ({
        value: `${journey.id}/${key}`,
        label: nodeLabel(node, journey.labels[key], templates),
      })),
  }));
}

const looks: {
  readonly [answer in SendingAnswer['answer']]: { readonly tone: Tone; readonly title: string };
} = {
  send: { tone: 'good', title: 'It would go now' },
  hold: { tone: 'info', title: 'It would wait' },
  drop: { tone: 'warning', title: 'It would not be sent' },
  withheld: { tone: 'info', title: 'It would be withheld' },
};

function TheAnswer({ person, letter }: { readonly person: string; readonly letter: string }) {
  const [journey = '', node = ''] = letter.split('/');
  const answer = useQuery(sendingAnswerQuery({ person, journey, node }));
  return (
    <Answer of={answer} rows={8}>
      {(it) => (
        <div className="stack" aria-live="polite">
          <Note tone={looks[it.answer].tone} title={looks[it.answer].title}>
            <p>
              {it.text}{' '}
              {it.until && (
                <>
                  We look again <When at={it.until} />.
                </>
              )}
            </p>
            {it.answer === 'send' && <p className="muted">{it.sending.note}</p>}
          </Note>
          <Questions answer={it} />
        </div>
      )}
    </Answer>
  );
}

const marks = {
  passes: { icon: 'check', word: 'nothing against it' },
  hold: { icon: 'hold', word: 'waits' },
  drop: { icon: 'cross', word: 'not sent' },
  not_asked: { icon: 'info', word: 'not asked' },
} as const;

function Questions({ answer }: { readonly answer: SendingAnswer }) {
  return (
    <ol className="ask-questions" aria-label="The questions in their order">
      {answer.questions.map((one) => (
        <li key={one.key} data-answer={one.answer} data-decides={one.decides}>
          <Icon name={marks[one.answer].icon} size={16} />
          <div>
            <strong>{one.question}</strong>{' '}
            <span className="hidden-visually">({marks[one.answer].word})</span>
            {one.decides && <span className="badge badge-plain">this decides</span>}
            <div className="muted">{one.text}</div>
          </div>
        </li>
      ))}
    </ol>
  );
}
