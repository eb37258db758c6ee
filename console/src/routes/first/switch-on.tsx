// The last of the ten minutes: one sentence says who enters, the control group and the limits; then it is on.
import { Button } from '@mantine/core';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import type { FirstMessage } from '../../api/reveal.ts';
import { useCan } from '../../app/formats.tsx';
import { Note } from '../../ui/states.tsx';
import { SwitchOnForm } from '../journey-switch.tsx';

const route = getRouteApi('/shell/first-message');

export function SwitchOn({ message }: { readonly message: FirstMessage }) {
  const can = useCan();
  const navigate = useNavigate();
  const { person } = route.useSearch();
  const { journey, needs } = message;
  const back = () =>
    void navigate({ to: '/first-message', search: { journey: journey.key, person, step: undefined } });
  if (journey.active_version !== null) return <IsOn message={message} />;
  if (!can.switch_on) return <Note tone="plain">Your role may look at journeys, not switch them on.</Note>;
  return (
    <div className="stack" style={{ maxWidth: 720 }}>
      {needs.permission && (
        <Note tone="warning" title="Nobody can be mailed yet">
          No customer has agreed to messages and has an address. It can be switched on all the same: people
          enter, and every letter that is not sent says why.
        </Note>
      )}
      {needs.sender && (
        <Note tone="warning" title="Nobody has said who writes">
          Letters wait in the mailbox as from this business; live sending needs a from address and a postal
          address. <Link to="/settings/sending">Say who writes</Link>
        </Note>
      )}
      <SwitchOnForm
        journey={{ id: journey.key, name: journey.name }}
        version={undefined}
        onClose={back}
        onDone={stay}
        closeWords="Not yet"
      />
    </div>
  );
}

/** The page itself then says that it is on. */
const stay = (): void => undefined;

function IsOn({ message }: { readonly message: FirstMessage }) {
  const { journey, needs } = message;
  return (
    <div className="stack">
      <Note tone="good" title={`${journey.name} is on.`}>
        <p>
          {journey.enters}{' '}
          {needs.mode === 'live'
            ? 'Letters go to real people.'
            : 'Letters go to the built-in mailbox until you go live.'}
        </p>
      </Note>
      <div className="form-foot">
        <Button
          variant="filled"
          renderRoot={(props) => <Link to="/journeys/$id" params={{ id: journey.key }} {...props} />}
        >
          See who is on it
        </Button>
        <Button renderRoot={(props) => <Link to="/mailbox" {...props} />}>Built-in mailbox</Button>
        {needs.mode !== 'live' && (
          <Button renderRoot={(props) => <Link to="/settings/sending" {...props} />}>
            What live sending needs
          </Button>
        )}
        <Button renderRoot={(props) => <Link to="/" {...props} />}>Home</Button>
      </div>
    </div>
  );
}
