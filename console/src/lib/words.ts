// The screen's words for what the engine and the ledger call by codes. A code without words is shown readably, never hidden.
import type { Json } from '../api/rules.ts';
import type { Tone } from '../ui/states.tsx';
import type { IconName } from '../ui/icons.tsx';

/** `first_name` as "First name". */
export function traitName(key: string): string {
  const words = key
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[_.-]+/g, ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const identityNames: { readonly [kind: string]: string } = {
  email: 'E-mail',
  phone: 'Phone',
  user_id: 'Customer id',
  anonymous_id: 'Browser',
};

export const identityName = (kind: string): string => identityNames[kind] ?? kind;

export function valueWords(value: Json | undefined): string {
  if (value === null || value === undefined) return 'unknown';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map((each: Json) => valueWords(each)).join(', ') || 'none';
  return JSON.stringify(value);
}

const reasons: { readonly [code: string]: string } = {
  goal_reached: 'the goal was reached already',
  run_ended: 'the journey had ended for this person',
  no_address: 'there is no address for this channel',
  no_consent: 'no consent for this topic',
  suppressed: 'this address bounced, complained or was blocked',
  open_complaint: 'an open complaint; we look again when it is solved',
  cap_day: 'enough messages today',
  cap_week: 'enough messages this week',
  cap_channel: 'enough on this channel this week',
  quiet_hours: 'quiet hours where the person is',
  rate: 'its turn has not come yet',
  too_late: 'too late to be useful',
  journey_off: 'the journey was switched off',
  recipient_refused: 'there is no such mailbox',
  sample_person: 'the sample store sends nothing',
  bad_address: 'there is no such mailbox',
  recipient_deferred: 'the mailbox takes nothing at the moment',
  mailbox_full: 'the mailbox is full',
  message_refused: 'the mail server did not want this message',
  message_deferred: 'the mail server did not want this message yet',
  message_too_large: 'the message is too large',
  refused_by_policy: 'the mail server did not want mail from us',
  sender_refused: 'the mail server refused the sender',
  auth_failed: 'the mail server refused our user or password',
  tls_failed: 'no secure line to the mail server',
  server_not_found: 'the mail server was not found',
  not_connected: 'the mail server did not answer',
  protocol_error: 'the mail server answered nonsense',
  bad_template: 'the template has a mistake for this person',
  endpoint_refused: 'the endpoint said no',
  endpoint_busy: 'the endpoint is busy',
  bad_url: 'the address of the endpoint is wrong',
  private_address: 'the endpoint has a private address',
  too_many_redirects: 'the endpoint redirects too often',
};

export const reasonWords = (code: string): string => reasons[code] ?? code.replaceAll('_', ' ');

export interface StateWords {
  readonly name: string;
  readonly tone: Tone;
  readonly icon: IconName;
  readonly means: string;
}

const states: { readonly [state: string]: StateWords } = {
  queued: {
    name: 'Waiting',
    tone: 'plain',
    icon: 'clock',
    means: 'It leaves when its time comes, unless a sending rule says no.',
  },
  waiting: {
    name: 'Waiting',
    tone: 'plain',
    icon: 'clock',
    means: 'It leaves when its time comes, unless a sending rule says no.',
  },
  held: { name: 'Held', tone: 'plain', icon: 'hold', means: 'A sending rule asks to wait; we look again.' },
  claimed: {
    name: 'About to leave',
    tone: 'info',
    icon: 'clock',
    means: 'A sender has taken it and is writing it.',
  },
  handing: {
    name: 'Being handed over',
    tone: 'info',
    icon: 'messages',
    means: 'The mail server is being given the message.',
  },
  sent: { name: 'Sent', tone: 'good', icon: 'check', means: 'The mail server took it.' },
  failed: { name: 'Failed', tone: 'danger', icon: 'cross', means: 'The mail server refused it.' },
  uncertain: {
    name: 'Uncertain',
    tone: 'warning',
    icon: 'warning',
    means: 'The hand-over was interrupted. It may have left, so it is never repeated by itself.',
  },
  dropped: { name: 'Not sent', tone: 'plain', icon: 'cross', means: 'A sending rule said no.' },
  withheld: {
    name: 'Withheld',
    tone: 'info',
    icon: 'hold',
    means: 'The control group gets nothing, so that we can see whether it helps.',
  },
};

/** `via` tells what was really sent from what only went into the built-in mailbox. */
export function stateWords(state: string, via?: string | null): StateWords {
  if (state === 'sent' && via === 'mailbox') return inMailbox;
  if (state === 'sent' && via === 'webhook') return { ...known('sent'), means: 'Your system took it.' };
  return known(state);
}

const inMailbox: StateWords = {
  name: 'In the mailbox',
  tone: 'good',
  icon: 'mailbox',
  means:
    'Live sending is off, or the person belongs to the sample store, so it was kept in the built-in mailbox. It left this machine no further.',
};

function known(state: string): StateWords {
  return states[state] ?? { name: traitName(state), tone: 'plain', icon: 'info', means: '' };
}

/** The reason without the state before it, which stands beside it already: "Not sent: …". */
export function bareReason(text: string): string {
  const bare = text.replace(/^(Not sent|Waits|Failed|Held|Uncertain): /, '');
  return bare.charAt(0).toUpperCase() + bare.slice(1);
}

const runEnds: { readonly [code: string]: string } = {
  goal: 'goal reached',
  exit_rule: 'exit condition',
  exit: 'came to the end',
  left: 'taken out',
  merged: 'merged',
  withdrawn: 'withdrew',
};
export const runEndWords = (code: string): string => runEnds[code] ?? code.replaceAll('_', ' ');

const channels: { readonly [channel: string]: string } = {
  email: 'E-mail',
  sms: 'SMS',
  push: 'Push',
  webhook: 'Webhook',
  whatsapp: 'WhatsApp',
  '*': 'All channels',
};
export const channelWords = (channel: string): string => channels[channel] ?? channel;

const bases: { readonly [basis: string]: string } = {
  opted_in: 'opted in',
  existing_customer: 'existing customer',
  double_opt_in: 'confirmed by e-mail',
  unsubscribe: 'unsubscribed',
  complaint: 'marked as spam',
  preference_page: 'on the preference page',
  api: 'by the API',
  import: 'import',
  by_hand: 'written down by hand',
  by_phone: 'told us by phone',
  in_person: 'told us in person',
  in_writing: 'told us in writing',
  undone: 'taken back',
};
/** How somebody may have agreed, when a colleague writes it down. */
export const givenBases: readonly { readonly value: string; readonly label: string }[] = [
  { value: 'by_phone', label: 'They told us by phone' },
  { value: 'in_person', label: 'They told us in person' },
  { value: 'in_writing', label: 'They wrote to us' },
  { value: 'opted_in', label: 'They opted in on a form' },
  { value: 'existing_customer', label: 'Existing customer, where the law allows' },
];

const suppressions: { readonly [reason: string]: string } = {
  hard_bounce: 'there is no such mailbox',
  soft_bounces: 'it bounced five times running',
  complaint: 'they marked a letter as spam',
  by_hand: 'by hand',
};
export const suppressionWords = (reason: string): string =>
  suppressions[reason] ?? reason.replaceAll('_', ' ');
export const basisWords = (basis: string): string => bases[basis] ?? basis.replaceAll('_', ' ');
