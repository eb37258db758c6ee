// What to do next, in the order in which it helps. Done steps stay, ticked.
import { Link, type LinkProps } from '@tanstack/react-router';
import { Icon } from '../ui/icons.tsx';
import './home.css';

interface Step {
  readonly title: string;
  readonly why: string;
  readonly to: NonNullable<LinkProps['to']>;
  /** Another way to the same end. */
  readonly or?: { readonly words: string; readonly to: NonNullable<LinkProps['to']> };
}

const steps: { readonly [key: string]: Step } = {
  import_or_connect: {
    title: 'Bring in your customers',
    why: 'Import orders, or',
    to: '/imports',
    or: { words: 'connect your site', to: '/settings/connect' },
  },
  journey_on: {
    title: 'Switch on a journey',
    why: 'See what would help first, and what it would have done last year;',
    to: '/first-message',
    or: { words: 'or choose among all of them', to: '/journeys' },
  },
  sender_set: {
    title: 'Say who writes',
    why: 'A from address and a postal address; the law asks for both.',
    to: '/settings/sending',
  },
  live_sending: {
    title: 'Send for real',
    why: 'Until then, everything goes to the built-in mailbox.',
    to: '/settings/sending',
  },
};

export function Checklist({
  steps: given,
}: {
  readonly steps: readonly { readonly key: string; readonly done: boolean }[];
}) {
  const known = given.flatMap(({ key, done }) => {
    const step = steps[key];
    return step ? [{ key, done, ...step }] : [];
  });
  return (
    <ol className="checklist">
      {known.map((step) => (
        <li key={step.key} data-done={step.done}>
          <span className="check-mark">{step.done && <Icon name="check" size={14} />}</span>
          <div>
            {step.done ? <span>{step.title}</span> : <Link to={step.to}>{step.title}</Link>}
            <span className="hidden-visually">{step.done ? ' (done)' : ' (to do)'}</span>
            {!step.done && (
              <p className="muted">
                {step.why}
                {step.or && (
                  <>
                    {' '}
                    <Link to={step.or.to}>{step.or.words}</Link>.
                  </>
                )}
              </p>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}
