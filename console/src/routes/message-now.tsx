// What would become of this message if it were asked now: the answer of the sending rules, and every question with its facts.
import { useQuery } from '@tanstack/react-query';
import { messageNowQuery, type MessageNow as Now, type MessageStory } from '../api/messages.ts';
import { When } from '../app/formats.tsx';
import { asSentence } from '../lib/format.ts';
import { bareReason } from '../lib/words.ts';
import { Icon } from '../ui/icons.tsx';
import { Section } from '../ui/page.tsx';
import { Answer } from '../ui/states.tsx';
import '../ui/explanation.css';

/** Of what has gone out nothing is to be decided any more. */
const settled = new Set(['sent', 'handing', 'uncertain']);

export function MessageNow({ message }: { readonly message: MessageStory }) {
  if (settled.has(message.state)) return null;
  return <Asked id={message.id} />;
}

function Asked({ id }: { readonly id: string }) {
  const now = useQuery(messageNowQuery(id));
  return (
    <Section title="If it were asked now" note="Asking changes nothing, and sends nothing.">
      <Answer of={now}>
        {(it) => (
          <>
            <p className="finding">
              <Words now={it} />
            </p>
            <ul className="why" aria-label="The questions of the sending rules">
              {it.checks.map((one) => (
                <li key={one.check} data-holds={one.against === null}>
                  <div className="why-line">
                    <Icon name={one.against === null ? 'check' : 'cross'} size={16} />
                    <span className="why-words">
                      {one.question}
                      <span className="why-facts">
                        {one.against === null ? (
                          asSentence(one.facts)
                        ) : (
                          <strong className="against">{asSentence(one.facts)}</strong>
                        )}
                      </span>
                      {one.until && (
                        <span className="why-facts">
                          It would wait until <When at={one.until} />.
                        </span>
                      )}
                    </span>
                  </div>
                </li>
              ))}
            </ul>
          </>
        )}
      </Answer>
    </Section>
  );
}

function Words({ now }: { readonly now: Now }) {
  const it = now.as === 'again' ? 'The same message' : 'It';
  const reason = now.reason_text === null ? null : asSentence(bareReason(now.reason_text));
  switch (now.answer) {
    case 'send':
      return <>{it} would go now.</>;
    case 'hold':
      return (
        <>
          {it} would wait
          {now.until && (
            <>
              {' '}
              until <When at={now.until} />
            </>
          )}
          . {reason}
        </>
      );
    case 'drop':
      return (
        <>
          {it} would not be sent. {reason}
        </>
      );
  }
}
