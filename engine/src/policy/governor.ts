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

/** The questions in their order; the first that does not pass is the answer. */
export function govern(q: Question): Verdict {
  const { message } = q;
  if (q.notBefore !== null && message.at < q.notBefore) return drop('restored');
  if (q.ended !== null && !message.promised) return drop(q.ended);
  if (!q.hasAddress) return drop('no_address');
  if (message.channel === 'webhook')
    return q.at >= message.expires_at ? drop('too_late') : { verdict: 'send' };
  if (message.marketing && !consents(q)) return drop('no_consent');
  if (q.suppressed) return drop('suppressed');
  if (message.marketing && q.openComplaint) return waitForComplaint(q);
  if (q.at >= message.expires_at) return drop('too_late');
  if (!message.marketing) return { verdict: 'send' };
  return caps(q) ?? quietHours(q) ?? { verdict: 'send' };
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

function caps(q: Question): Verdict | null {
  const { policy } = q.definition;
  const others = q.standing.sends.filter(([, , id]) => id !== q.message.id);
  const today = localDay(q.zone, q.at);
  const onToday = others.filter(([at]) => localDay(q.zone, at) === today);
  if (onToday.length >= policy.marketing_per_day) return hold('cap_day', dayStart(q.zone, today + 1));
  const inWeek = others.filter(([at]) => q.at < at + WEEK_MS);
  const weekUntil = freeAt(inWeek, policy.marketing_per_week);
  if (weekUntil !== null) return hold('cap_week', weekUntil);
  const channelMax = policy.per_week_by_channel[q.message.channel];
  if (channelMax === undefined) return null;
  const channelUntil = freeAt(
    inWeek.filter(([, channel]) => channel === q.message.channel),
    channelMax,
  );
  return channelUntil === null ? null : hold('cap_channel', channelUntil);
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
