// The one place that decides whether a message goes now, later or never. Pure; asked when it is decided and again at the last look.
import type { Definition, PolicyDefinition } from '../definition.ts';
import type { DropReason, HoldReason, Verdict } from '../decision.ts';
import { DAY_MS, HOUR_MS } from '../lib/instant.ts';
import type { Instant } from '../lib/instant.ts';
import { parseDuration } from '../lib/duration.ts';
import { dayStart, localDay, localHour, nextLocalHour } from '../lib/zone.ts';
import type { Zone } from '../lib/zone.ts';
import type { OpenMessage, Standing } from '../person.ts';
import { consentFor } from './consent.ts';

/** An open complaint is looked at again this often. */
const COMPLAINT_LOOK_MS = 6 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;

export const DEFAULT_POLICY: PolicyDefinition = {
  marketing_per_day: 1,
  marketing_per_week: 3,
  per_week_by_channel: { sms: 1, whatsapp: 1 },
  quiet_hours: { sms: [20, 9], push: [20, 9] },
  shelf_life: 'PT72H',
  complaint_wait: 'P14D',
};

export interface Question {
  readonly message: OpenMessage;
  readonly standing: Standing;
  readonly definition: Definition;
  readonly zone: Zone;
  /** The recipient's own, or else the workspace's. */
  readonly recipientZone: Zone;
  readonly hasAddress: boolean;
  readonly suppressed: boolean;
  /** Messages asked for before this instant do not go: they may have gone before a backup was restored. */
  readonly notBefore: Instant | null;
  /** Goal or exit of the run, asked now. */
  readonly ended: 'goal_reached' | 'run_ended' | null;
  readonly openComplaint: boolean;
  readonly at: Instant;
}

/** What is asked, in this order. Closed. */
export type QuestionKey =
  | 'restored'
  | 'ended'
  | 'address'
  | 'consent'
  | 'suppressed'
  | 'complaint'
  | 'shelf_life'
  | 'cap_day'
  | 'cap_week'
  | 'cap_channel'
  | 'quiet_hours';

interface Asked {
  readonly key: QuestionKey;
  /** Not asked of a message of another sort: a webhook has no consent, service no caps. */
  readonly concerns: (message: OpenMessage) => boolean;
  /** What stands against it; null: nothing. */
  readonly answer: (q: Question) => Verdict | null;
}

const all = (): boolean => true;
const isLetter = (message: OpenMessage): boolean => message.channel !== 'webhook';
const isMarketing = (message: OpenMessage): boolean => isLetter(message) && message.marketing;

const QUESTIONS: readonly Asked[] = [
  {
    key: 'restored',
    concerns: all,
    answer: (q) => (q.notBefore !== null && q.message.at < q.notBefore ? drop('restored') : null),
  },
  {
    key: 'ended',
    concerns: (message) => !message.promised,
    answer: (q) => (q.ended === null ? null : drop(q.ended)),
  },
  { key: 'address', concerns: all, answer: (q) => (q.hasAddress ? null : drop('no_address')) },
  { key: 'consent', concerns: isMarketing, answer: (q) => (consents(q) ? null : drop('no_consent')) },
  { key: 'suppressed', concerns: isLetter, answer: (q) => (q.suppressed ? drop('suppressed') : null) },
  {
    key: 'complaint',
    concerns: isMarketing,
    answer: (q) => (q.openComplaint ? waitForComplaint(q) : null),
  },
  {
    key: 'shelf_life',
    concerns: all,
    answer: (q) => (q.at >= q.message.expires_at ? drop('too_late') : null),
  },
  { key: 'cap_day', concerns: isMarketing, answer: capDay },
  { key: 'cap_week', concerns: isMarketing, answer: capWeek },
  { key: 'cap_channel', concerns: isMarketing, answer: capChannel },
  { key: 'quiet_hours', concerns: isMarketing, answer: quietHours },
];

/** The questions in their order; the first that does not pass is the answer. */
export function govern(q: Question): Verdict {
  for (const question of QUESTIONS) {
    const against = question.concerns(q.message) ? question.answer(q) : null;
    if (against !== null) return against;
  }
  return { verdict: 'send' };
}

/** Every question with its own answer, also those after the first that does not pass; for showing. `against` null: it passes. */
export interface AnsweredQuestion {
  readonly key: QuestionKey;
  readonly concerns: boolean;
  readonly against: Verdict | null;
}

export function askEach(q: Question): readonly AnsweredQuestion[] {
  return QUESTIONS.map(({ key, concerns, answer }) => {
    const isAsked = concerns(q.message);
    return { key, concerns: isAsked, against: isAsked ? answer(q) : null };
  });
}

/** Marketing needs a given consent for its topic and channel, or for all of them. */
function consents(q: Question): boolean {
  return consentFor(q.standing, q.message.channel, q.message.topic)?.status === 'given';
}

function waitForComplaint(q: Question): Verdict {
  const patience = q.message.at + (parseDuration(q.definition.policy.complaint_wait) ?? 14 * DAY_MS);
  if (q.at >= patience) return drop('open_complaint');
  return hold('open_complaint', Math.min(patience, q.at + COMPLAINT_LOOK_MS));
}

function othersSent(q: Question): Standing['sends'] {
  return q.standing.sends.filter(([, , id]) => id !== q.message.id);
}

function capDay(q: Question): Verdict | null {
  const isFull = sentToday(q).length >= q.definition.policy.marketing_per_day;
  return isFull ? hold('cap_day', dayStart(q.zone, localDay(q.zone, q.at) + 1)) : null;
}

/** Marketing other than this message, on the workspace's present day. */
export function sentToday(q: Question): Standing['sends'] {
  const today = localDay(q.zone, q.at);
  return othersSent(q).filter(([at]) => localDay(q.zone, at) === today);
}

function capWeek(q: Question): Verdict | null {
  const until = freeAt(sentInWeek(q), q.definition.policy.marketing_per_week);
  return until === null ? null : hold('cap_week', until);
}

function capChannel(q: Question): Verdict | null {
  const max = q.definition.policy.per_week_by_channel[q.message.channel];
  if (max === undefined) return null;
  const until = freeAt(sentOnChannel(q), max);
  return until === null ? null : hold('cap_channel', until);
}

export function sentInWeek(q: Question): Standing['sends'] {
  return othersSent(q).filter(([at]) => q.at < at + WEEK_MS);
}

export function sentOnChannel(q: Question): Standing['sends'] {
  return sentInWeek(q).filter(([, channel]) => channel === q.message.channel);
}

/** When the oldest of the sends that fill a weekly cap falls out of the week; null when the cap is not full. */
function freeAt(sends: readonly (readonly [Instant, string, string])[], max: number): Instant | null {
  if (sends.length < max) return null;
  const times = sends.map(([at]) => at).sort((a, b) => a - b);
  const oldest = times[times.length - Math.max(max, 1)];
  return (oldest ?? 0) + WEEK_MS;
}

function quietHours(q: Question): Verdict | null {
  const hours = q.definition.policy.quiet_hours[q.message.channel];
  if (hours === undefined || hours[0] === hours[1]) return null;
  const zone = q.recipientZone;
  const [from, to] = hours;
  const hour = localHour(zone, q.at);
  const quiet = from < to ? hour >= from && hour < to : hour >= from || hour < to;
  return quiet ? hold('quiet_hours', nextLocalHour(zone, q.at, to)) : null;
}

function drop(reason: DropReason): Verdict {
  return { verdict: 'drop', reason };
}

function hold(reason: HoldReason, until: Instant): Verdict {
  return { verdict: 'hold', reason, until };
}
