// What is said of a time while Rapport was off.
import type { Fate, Outage } from '../api/outages.ts';
import { people, type Formats } from './format.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Worth a word: something came due meanwhile, or it was long. */
export function isTelling(outage: Outage): boolean {
  return dueIn(outage) > 0 || lengthMs(outage) >= hourMs;
}

/** Moments and messages; a message that a moment asked for is counted as the moment. */
function dueIn({ moments, messages }: Outage): number {
  return moments > 0 ? moments : messagesIn(messages);
}

/** In one line, for the banner: "312 moments came due meanwhile." */
export function dueSentence(formats: Formats, outage: Outage): string {
  const n = dueIn(outage);
  const name = outage.moments > 0 ? 'moment' : 'message';
  if (n > 0)
    return `${formats.number(n)} ${name}${n === 1 ? '' : 's'} came due meanwhile${outage.settled ? '' : ', and it is still being gone through'}.`;
  return outage.settled ? 'Nothing came due meanwhile.' : 'What came due meanwhile is being gone through.';
}

export function messagesIn(messages: Outage['messages']): number {
  return Object.values(messages).reduce((sum, n) => sum + n, 0);
}

const lengthMs = ({ from, until }: Pick<Outage, 'from' | 'until'>): number =>
  Date.parse(until) - Date.parse(from);

/** "40 seconds", "3 hours", "2 days". */
export function spanWords(formats: Formats, outage: Pick<Outage, 'from' | 'until'>): string {
  const ms = lengthMs(outage);
  const say = (n: number, name: string): string => `${formats.number(n)} ${name}${n === 1 ? '' : 's'}`;
  if (ms < minuteMs) return say(Math.round(ms / 1_000), 'second');
  if (ms < 2 * hourMs) return say(Math.round(ms / minuteMs), 'minute');
  if (ms < 2 * dayMs) return say(Math.round(ms / hourMs), 'hour');
  return say(Math.round(ms / dayMs), 'day');
}

/** "312 moments of 290 people came due meanwhile." */
export function momentsSentence(formats: Formats, { moments, people: n, settled }: Outage): string {
  if (moments === 0)
    return settled ? 'No moment came due meanwhile.' : 'What came due meanwhile is still being gone through.';
  const name = moments === 1 ? 'moment' : 'moments';
  const more = settled ? '' : ' More are being gone through.';
  return `${formats.number(moments)} ${name} of ${people(formats, n)} came due meanwhile; each was noticed afterwards, as of its own time.${more}`;
}

/** "Of 41 messages that were due, 12 were sent late, 20 were too late to be useful, 9 still wait." */
export function messagesSentence(formats: Formats, { messages }: Outage): string | null {
  const all = messagesIn(messages);
  if (all === 0) return null;
  if (all === 1)
    return `1 message was due: it ${one[fates.find((fate) => messages[fate] === 1) ?? 'waiting']}.`;
  const met = fates.filter((fate) => messages[fate] > 0);
  const [only] = met;
  if (only !== undefined && met.length === 1)
    return `${all === 2 ? 'Both' : `All ${formats.number(all)}`} messages that were due ${many[only]}.`;
  const parts = met.map(
    (fate) => `${formats.number(messages[fate])} ${messages[fate] === 1 ? one[fate] : many[fate]}`,
  );
  const last = parts.pop() ?? '';
  const listed = parts.length === 0 ? last : `${parts.join(', ')} and ${last}`;
  return `Of ${formats.number(all)} messages that were due, ${listed}.`;
}

export const fates: readonly Fate[] = ['sent', 'too_late', 'not_sent', 'waiting', 'failed'];

const one: { readonly [fate in Fate]: string } = {
  sent: 'was sent late',
  too_late: 'was not sent, being too late to be useful',
  not_sent: 'was not sent for another reason',
  waiting: 'still waits',
  failed: 'failed or is uncertain',
};
const many: { readonly [fate in Fate]: string } = {
  sent: 'were sent late',
  too_late: 'were not sent, being too late to be useful',
  not_sent: 'were not sent for other reasons',
  waiting: 'still wait',
  failed: 'failed or are uncertain',
};

/** Of one message, at its person. */
export const fateWords: { readonly [fate in Fate]: string } = {
  sent: 'Sent late.',
  too_late: 'Not sent: too late to be useful.',
  not_sent: 'Not sent.',
  waiting: 'Still waits.',
  failed: 'Failed, or uncertain.',
};
