// The governor's questions and their answers in plain sentences, with this person's own numbers.
import { addressOf, consentFor } from '@rapport/engine';
import type { QuestionKey, Verdict } from '@rapport/engine';
import { channelWords } from './decision-words.ts';
import { reasonText } from './message-words.ts';
import type { AskedAround } from './sending-ask.ts';

/** "Not sent: Omar has an open complaint. …", "It would go now.", "Waits until 9:00: …" */
export function verdictWords(verdict: Verdict, around: AskedAround): string {
  if (verdict.verdict === 'send') return `It would go to ${around.name ?? 'this person'} now.`;
  const state = verdict.verdict === 'drop' ? 'dropped' : 'queued';
  return reasonText(state, verdict.reason, around.name) ?? verdict.reason;
}

export function questionWords(
  key: QuestionKey,
  against: Verdict | null,
  around: AskedAround & { readonly concerns: boolean },
): { readonly question: string; readonly text: string } {
  const question = QUESTIONS[key];
  if (!around.concerns) return { question, text: notAsked(key, around) };
  if (against !== null) return { question, text: verdictWords(against, around) };
  return { question, text: passes(key, around) };
}

export const QUESTIONS: { readonly [key in QuestionKey]: string } = {
  restored: 'Was it due before a backup was restored?',
  ended: 'Is the goal or the exit reached already?',
  address: 'Is there an address?',
  consent: 'Did they agree to this topic?',
  suppressed: 'Is the address suppressed?',
  complaint: 'Is there an open complaint?',
  shelf_life: 'Is it too late to be useful?',
  cap_day: 'Was enough sent today?',
  cap_week: 'Was enough sent in the last 7 days?',
  cap_channel: 'Was enough sent on this channel in the last 7 days?',
  quiet_hours: 'Are these quiet hours where they live?',
};

function notAsked(key: QuestionKey, { message }: AskedAround): string {
  if (key === 'ended') return 'Not asked: it was promised.';
  if (message.channel === 'webhook') return 'Not asked of a webhook: it is a call to your own system.';
  return 'Not asked: it is a service message.';
}

function passes(key: QuestionKey, around: AskedAround): string {
  const { message, person, program, names } = around;
  const { policy } = program.definition;
  switch (key) {
    case 'restored':
      return 'No.';
    case 'ended':
      return message.journey === null ? 'No: it belongs to no journey.' : 'No.';
    case 'address':
      return message.channel === 'webhook'
        ? 'The address of your system is in the journey.'
        : `Yes: ${addressOf(person.memory, message.channel) ?? ''}.`;
    case 'consent': {
      const consent = consentFor(person.standing, message.channel, message.topic);
      const topic = names.topics?.get(message.topic) ?? message.topic;
      const how = consent === null ? '' : `, ${consent.basis.replaceAll('_', ' ')}`;
      return `Yes: ${channelWords(message.channel)} about ${topic === '*' ? 'everything' : topic}${how}.`;
    }
    case 'suppressed':
    case 'complaint':
    case 'shelf_life':
      return 'No.';
    case 'cap_day':
      return `No: at most ${policy.marketing_per_day} a day over all channels.`;
    case 'cap_week':
      return `No: ${sentInWeek(around, null)} of ${policy.marketing_per_week} so far.`;
    case 'cap_channel': {
      const max = policy.per_week_by_channel[message.channel];
      return max === undefined
        ? 'No: this channel has no limit of its own.'
        : `No: ${sentInWeek(around, message.channel)} of ${max} so far.`;
    }
    case 'quiet_hours': {
      const hours = policy.quiet_hours[message.channel];
      return hours === undefined
        ? 'No: this channel has no quiet hours.'
        : `No: quiet from ${hours[0]}:00 to ${hours[1]}:00.`;
    }
  }
}

const weekMs = 7 * 86_400_000;

function sentInWeek({ person, now }: AskedAround, channel: string | null): number {
  return person.standing.sends.filter(([at, by]) => now < at + weekMs && (channel === null || channel === by))
    .length;
}
