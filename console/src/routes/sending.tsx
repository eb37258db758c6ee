// Where e-mail goes, and who it is from. Going live is a switch of its own, with its sentence before it.
import { Button, Modal, Radio, TagsInput, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { changeSending, checkSender, sendingQuery, type Sending, type SendingMode } from '../api/sending.ts';
import { useCan } from '../app/formats.tsx';
import { fieldError } from '../lib/fields.ts';
import { CopyField } from '../ui/copy-field.tsx';
import { Page, Section } from '../ui/page.tsx';
import { Answer, Badge, Note, Trouble, type Tone } from '../ui/states.tsx';
import type { IconName } from '../ui/icons.tsx';
import './journeys.css';

export function SendingPage() {
  const sending = useQuery({ ...sendingQuery, refetchOnWindowFocus: false });
  return (
    <Page
      title="Sending"
      lead="Where e-mail goes, and who it is from. Setting an SMTP server never starts mailing: that is the switch below."
    >
      <Answer of={sending}>
        {(it) => (
          <div className="two">
            <div className="stack" style={{ gap: 32 }}>
              <Mode sending={it} />
              <Sender sending={it} />
            </div>
            <div className="stack" style={{ gap: 32 }}>
              <Checklist sending={it} />
              {it.webhook_secret && (
                <Section
                  title="Webhooks"
                  note="Calls to your own systems are signed with this secret, as Standard Webhooks describe."
                >
                  <CopyField label="Secret" value={it.webhook_secret} secret />
                </Section>
              )}
            </div>
          </div>
        )}
      </Answer>
    </Page>
  );
}

const modes: readonly { readonly mode: SendingMode; readonly name: string; readonly means: string }[] = [
  {
    mode: 'mailbox',
    name: 'Built-in mailbox',
    means: 'Nothing leaves. Every message is kept in the mailbox, as it would have been sent.',
  },
  {
    mode: 'test',
    name: 'Test',
    means: 'Addresses on the allow-list get real messages; all others go to the mailbox.',
  },
  { mode: 'live', name: 'Live', means: 'Every message goes to the mail server.' },
];

function Mode({ sending }: { readonly sending: Sending }) {
  const can = useCan();
  const client = useQueryClient();
  const [wanted, setWanted] = useState<SendingMode>(sending.mode);
  const [allow, setAllow] = useState<string[]>([...sending.allow]);
  const [asking, setAsking] = useState(false);
  const save = useMutation({
    mutationFn: () => changeSending({ mode: wanted, allow }),
    onSuccess: (fresh) => {
      setAsking(false);
      client.setQueryData(sendingQuery.queryKey, fresh);
      setWanted(fresh.mode);
      void client.invalidateQueries();
      notifications.show({
        message:
          fresh.mode === 'live'
            ? 'Live sending is on.'
            : fresh.mode === 'test'
              ? 'Test mode is on.'
              : 'Nothing leaves now: messages go to the mailbox.',
      });
    },
  });
  const changed = wanted !== sending.mode || allow.join() !== sending.allow.join();
  const go = () => (wanted === 'live' && sending.mode !== 'live' ? setAsking(true) : save.mutate());
  return (
    <Section title="Where messages go">
      {!sending.smtp.configured && (
        <Note tone="info">
          <p>
            No mail server is set. Start Rapport with <code>SMTP_URL=smtp://user:password@host:587</code> to
            use one.
          </p>
        </Note>
      )}
      <Radio.Group
        aria-label="Where messages go"
        value={wanted}
        onChange={(value) => setWanted(modes.find((one) => one.mode === value)?.mode ?? 'mailbox')}
      >
        <div className="stack-tight">
          {modes.map((one) => (
            <div key={one.mode} className="choice" data-chosen={wanted === one.mode}>
              <Radio
                value={one.mode}
                disabled={!can.administer}
                label={
                  <>
                    {one.name}
                    {sending.mode === one.mode && <span className="muted"> (now)</span>}
                  </>
                }
                description={one.means}
              />
              {one.mode === 'test' && wanted === 'test' && (
                <div className="choice-more">
                  <TagsInput
                    label="Allow-list"
                    description="Addresses, or whole domains as @shop.example. Press Enter after each."
                    value={allow}
                    error={fieldError(save.error, '/allow')}
                    splitChars={[',', ' ', ';']}
                    onChange={setAllow}
                    clearable={false}
                  />
                </div>
              )}
            </div>
          ))}
        </div>
      </Radio.Group>
      {save.isError && <Trouble error={save.error} />}
      {can.administer && (
        <div className="form-foot">
          <Button variant="filled" disabled={!changed} loading={save.isPending} onClick={go}>
            {wanted === 'live' ? 'Go live' : 'Use this'}
          </Button>
        </div>
      )}
      <Modal opened={asking} onClose={() => setAsking(false)} title="Go live">
        <div className="stack">
          <p className="prose">
            From now on, every message goes to real people through {sending.smtp.host ?? 'the mail server'},
            from {sending.from ? `${sending.from.name} <${sending.from.address}>` : 'the from address'}.
            Messages that wait now leave too, unless they are too late to be useful.
          </p>
          {sending.checklist.some((one) => one.state === 'missing' || one.state === 'warning') && (
            <Note tone="warning">The checklist has open points. Mail may land in spam.</Note>
          )}
          {save.isError && <Trouble error={save.error} />}
          <div className="form-foot">
            <Button variant="filled" loading={save.isPending} onClick={() => save.mutate()}>
              Send to real people
            </Button>
            <Button onClick={() => setAsking(false)}>Not yet</Button>
          </div>
        </div>
      </Modal>
    </Section>
  );
}

function Sender({ sending }: { readonly sending: Sending }) {
  const can = useCan();
  const client = useQueryClient();
  const [name, setName] = useState(sending.from?.name ?? '');
  const [address, setAddress] = useState(sending.from?.address ?? '');
  const [replyTo, setReplyTo] = useState(sending.reply_to ?? '');
  const [postal, setPostal] = useState(sending.postal_address ?? '');
  const save = useMutation({
    mutationFn: () =>
      changeSending({ from: { name, address }, reply_to: replyTo || null, postal_address: postal }),
    onSuccess: (fresh) => {
      client.setQueryData(sendingQuery.queryKey, fresh);
      void client.invalidateQueries({ queryKey: ['overview'] });
      notifications.show({ message: 'The sender is saved.' });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const off = !can.administer;
  return (
    <Section title="Who writes">
      <form onSubmit={submit} className="form">
        <TextInput
          label="Name"
          placeholder="Blue Door Tea"
          required
          withAsterisk={false}
          disabled={off}
          value={name}
          error={fieldError(save.error, '/from/name')}
          onChange={(e) => setName(e.currentTarget.value)}
        />
        <TextInput
          label="From address"
          type="email"
          placeholder="hello@shop.example"
          required
          withAsterisk={false}
          disabled={off}
          value={address}
          error={fieldError(save.error, '/from/address')}
          onChange={(e) => setAddress(e.currentTarget.value)}
        />
        <TextInput
          label="Replies go to"
          type="email"
          description="Empty: to the from address"
          disabled={off}
          value={replyTo}
          error={fieldError(save.error, '/reply_to')}
          onChange={(e) => setReplyTo(e.currentTarget.value)}
        />
        <Textarea
          label="Postal address"
          description="The law asks for it in every marketing message"
          autosize
          minRows={2}
          required
          withAsterisk={false}
          disabled={off}
          value={postal}
          error={fieldError(save.error, '/postal_address')}
          onChange={(e) => setPostal(e.currentTarget.value)}
        />
        {save.isError && <Trouble error={save.error} />}
        {!off && (
          <div className="form-foot">
            <Button type="submit" loading={save.isPending}>
              Save the sender
            </Button>
          </div>
        )}
      </form>
    </Section>
  );
}

const checkWords: {
  readonly [state in Sending['checklist'][number]['state']]: {
    readonly tone: Tone;
    readonly icon: IconName;
    readonly word: string;
  };
} = {
  ok: { tone: 'good', icon: 'check', word: 'fine' },
  missing: { tone: 'warning', icon: 'cross', word: 'missing' },
  warning: { tone: 'warning', icon: 'warning', word: 'look at it' },
  unknown: { tone: 'plain', icon: 'info', word: 'not checked' },
};
const checkNames: { readonly [key: string]: string } = {
  from: 'From address',
  postal_address: 'Postal address',
  smtp: 'Mail server',
  spf: 'SPF',
  dkim: 'DKIM',
  dmarc: 'DMARC',
};

function Checklist({ sending }: { readonly sending: Sending }) {
  const client = useQueryClient();
  const check = useMutation({
    mutationFn: checkSender,
    onSuccess: (fresh) => client.setQueryData(sendingQuery.queryKey, fresh),
  });
  return (
    <Section
      title="Sender checklist"
      actions={
        <Button size="xs" loading={check.isPending} onClick={() => check.mutate()}>
          Check the domain
        </Button>
      }
    >
      {check.isError && <Trouble error={check.error} />}
      <ul className="plain-list">
        {sending.checklist.map((one) => (
          <li key={one.key}>
            <div className="row-wide">
              <strong>{checkNames[one.key] ?? one.key}</strong>
              <Badge tone={checkWords[one.state].tone} icon={checkWords[one.state].icon}>
                {checkWords[one.state].word}
              </Badge>
            </div>
            <p className="muted">{one.note}</p>
          </li>
        ))}
      </ul>
    </Section>
  );
}
