// Switching a journey on or off: who enters, who is kept as control group, which limits hold, before anything happens.
import { Button, Modal, NumberInput, Radio } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { activate, audienceQuery, deactivate, type Audience } from '../api/journeys.ts';
import { useFormats } from '../app/formats.tsx';
import { people } from '../lib/format.ts';
import { Icon } from '../ui/icons.tsx';
import { Answer, Note, Trouble } from '../ui/states.tsx';
import './journeys.css';

export interface JourneySwitchProps {
  readonly journey: {
    readonly id: string;
    readonly name: string;
    readonly active_version: number | null;
    readonly running: number;
  };
  /** The version to switch on; the newest one without it. */
  readonly version?: number | undefined;
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function JourneySwitch({ journey, version, opened, onClose }: JourneySwitchProps) {
  const turningOff =
    journey.active_version !== null && (version === undefined || version === journey.active_version);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size="lg"
      title={turningOff ? `Switch off ${journey.name}` : `Switch on ${journey.name}`}
    >
      {turningOff ? (
        <TurnOff journey={journey} onClose={onClose} />
      ) : (
        <TurnOn journey={journey} version={version} onClose={onClose} />
      )}
    </Modal>
  );
}

type PartProps = Omit<JourneySwitchProps, 'opened'>;

function TurnOn({ journey, version, onClose }: PartProps) {
  const audience = useQuery({ ...audienceQuery(journey.id, version), staleTime: 0 });
  return (
    <Answer of={audience} rows={5}>
      {(it) => <TurnOnForm journey={journey} version={version} audience={it} onClose={onClose} />}
    </Answer>
  );
}

function TurnOnForm({ journey, version, audience, onClose }: PartProps & { readonly audience: Audience }) {
  const formats = useFormats();
  const client = useQueryClient();
  const [who, setWho] = useState<'from_now' | 'also_today'>('from_now');
  const [perDay, setPerDay] = useState<number | string>(audience.per_day_suggested || 200);
  const start = useMutation({
    mutationFn: () =>
      activate(journey.id, {
        who,
        ...(version === undefined ? {} : { version }),
        ...(who === 'also_today' ? { per_day: Number(perDay) } : {}),
      }),
    onSuccess: async () => {
      onClose();
      notifications.show({ message: `${journey.name} is on.` });
      await client.invalidateQueries();
    },
  });
  const some = audience.qualify_today > 0;
  const days = Math.ceil(audience.qualify_today / Math.max(1, Number(perDay)));
  const badPace = who === 'also_today' && !(Number(perDay) >= 1);
  return (
    <div className="stack">
      <Radio.Group
        label="Who enters"
        value={who}
        onChange={(value) => setWho(value === 'also_today' ? 'also_today' : 'from_now')}
      >
        <div className="stack-tight" style={{ marginTop: 8 }}>
          <div className="choice" data-chosen={who === 'from_now'}>
            <Radio value="from_now" label="Only people who qualify from now on" />
          </div>
          <div className="choice" data-chosen={who === 'also_today'}>
            <Radio
              value="also_today"
              disabled={!some}
              label={
                some
                  ? `Also the ${audience.estimated ? 'about ' : ''}${formats.number(audience.qualify_today)} who qualify today`
                  : 'Also those who qualify today: nobody does'
              }
            />
            {who === 'also_today' && (
              <div className="choice-more">
                <NumberInput
                  label="At most so many a day"
                  min={1}
                  max={100_000}
                  allowDecimal={false}
                  allowNegative={false}
                  maw={200}
                  value={perDay}
                  error={badPace ? 'Give a whole number of at least 1.' : undefined}
                  onChange={setPerDay}
                />
                {!badPace && (
                  <p className="muted">
                    Everyone is in after {days === 1 ? 'one day' : `${formats.number(days)} days`}.
                  </p>
                )}
              </div>
            )}
          </div>
        </div>
      </Radio.Group>
      <div className="promise">
        <p>
          <Icon name="people" /> <span>{audience.enters}</span>
        </p>
        <p>
          <Icon name="hold" />{' '}
          <span>
            {audience.control_group}
            {audience.provable?.note ? ` ${audience.provable.note}` : ''}
          </span>
        </p>
        <p>
          <Icon name="clock" /> <span>{audience.limits}</span>
        </p>
        <p>
          <Icon name="mailbox" />{' '}
          <span>
            {audience.sending.note} <Link to="/settings/sending">Sending</Link>
          </span>
        </p>
      </div>
      {start.isError && <Trouble error={start.error} />}
      <div className="form-foot">
        <Button variant="filled" loading={start.isPending} disabled={badPace} onClick={() => start.mutate()}>
          Switch on
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </div>
  );
}

function TurnOff({ journey, onClose }: PartProps) {
  const formats = useFormats();
  const client = useQueryClient();
  const [running, setRunning] = useState<'finish' | 'leave'>('finish');
  const stop = useMutation({
    mutationFn: () => deactivate(journey.id, running),
    onSuccess: async () => {
      onClose();
      notifications.show({ message: `${journey.name} is off.` });
      await client.invalidateQueries();
    },
  });
  return (
    <div className="stack">
      <p>Nobody new enters from this moment on.</p>
      {journey.running > 0 ? (
        <Radio.Group
          label={`What about the ${people(formats, journey.running)} on the way`}
          value={running}
          onChange={(value) => setRunning(value === 'leave' ? 'leave' : 'finish')}
        >
          <div className="stack-tight" style={{ marginTop: 8 }}>
            <Radio value="finish" label="They finish it" />
            <Radio value="leave" label="They leave it now; what waits is not sent" />
          </div>
        </Radio.Group>
      ) : (
        <Note tone="plain">Nobody is on the way.</Note>
      )}
      {stop.isError && <Trouble error={stop.error} />}
      <div className="form-foot">
        <Button variant="filled" loading={stop.isPending} onClick={() => stop.mutate()}>
          Switch off
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </div>
  );
}
