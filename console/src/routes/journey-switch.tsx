// Switching a journey on or off: who enters, who is kept as control group, which limits hold, before anything happens.
import { Button, Checkbox, Modal, NumberInput, Radio } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import {
  activate,
  addVersion,
  audienceQuery,
  deactivate,
  readJourney,
  type Audience,
} from '../api/journeys.ts';
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
        <SwitchOnForm journey={journey} version={version} onClose={onClose} />
      )}
    </Modal>
  );
}

type PartProps = Omit<JourneySwitchProps, 'opened'>;

export interface SwitchOnFormProps {
  readonly journey: { readonly id: string; readonly name: string };
  readonly version?: number | undefined;
  readonly onClose: () => void;
  /** After it is on; `onClose` without it. */
  readonly onDone?: () => void;
  readonly closeWords?: string;
}

/** Who enters, the control group and the limits, and the button. */
export function SwitchOnForm(props: SwitchOnFormProps) {
  const audience = useQuery({ ...audienceQuery(props.journey.id, props.version), staleTime: 0 });
  return (
    <Answer of={audience} rows={5}>
      {(it) => <TurnOnForm {...props} audience={it} />}
    </Answer>
  );
}

function TurnOnForm({
  journey,
  version,
  audience,
  onClose,
  onDone = onClose,
  closeWords = 'Cancel',
}: SwitchOnFormProps & { readonly audience: Audience }) {
  const formats = useFormats();
  const client = useQueryClient();
  const [who, setWho] = useState<'from_now' | 'also_today'>('from_now');
  const [perDay, setPerDay] = useState<number | string>(audience.per_day_suggested || 200);
  const [uncontrolled, setUncontrolled] = useState(false);
  const start = useMutation({
    mutationFn: async () => {
      const made = uncontrolled ? await withoutControlGroup(journey.id, version) : version;
      return activate(journey.id, {
        who,
        ...(made === undefined ? {} : { version: made }),
        ...(who === 'also_today' ? { per_day: Number(perDay) } : {}),
      });
    },
    onSuccess: async () => {
      onDone();
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
            {uncontrolled
              ? 'There is no control group: everyone gets the messages, and what the journey causes is not measured.'
              : audience.control_group}
            {audience.provable?.note && !uncontrolled ? ` ${audience.provable.note}` : ''}
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
      {audience.hold_out > 0 && isUnprovable(audience) && (
        <Checkbox
          label="Without a control group"
          checked={uncontrolled}
          onChange={(event) => setUncontrolled(event.currentTarget.checked)}
        />
      )}
      {start.isError && <Trouble error={start.error} />}
      <div className="form-foot">
        <Button variant="filled" loading={start.isPending} disabled={badPace} onClick={() => start.mutate()}>
          Switch on
        </Button>
        <Button onClick={onClose}>{closeWords}</Button>
      </div>
    </div>
  );
}

const provableFrom = 2_000;

/** Too few enter in a year for a control group to say anything. */
function isUnprovable({ provable }: Audience): boolean {
  const entrants = provable?.entrants_a_year ?? null;
  return entrants !== null && entrants < provableFrom;
}

/** Versions are immutable: the same way through, without a control group, is a new one. */
async function withoutControlGroup(id: string, version: number | undefined): Promise<number> {
  const { graph } = await readJourney(id, version);
  return (await addVersion(id, { ...graph, hold_out: 0 })).version;
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
