// What the summary of messages says, in one sentence. Pure.
import type { MessageSummary } from '../api/messages.ts';
import type { Formats } from './format.ts';
import { bareReason } from './words.ts';

/** "812 of 1,204 messages were sent in the last 30 days; 380 were not, most often: they did not agree to this topic." */
export function summaryFinding(summary: MessageSummary, formats: Formats): string {
  const when = summary.days === null ? '' : ` ${daysWords(summary.days)}`;
  const notSent = summary.not_sent + summary.failed;
  const went = summary.parts.some((part) => part.via === 'mailbox')
    ? 'were sent or went to the mailbox'
    : 'were sent';
  const sent = `${formats.number(summary.sent)} of ${formats.number(summary.messages)} messages ${went}${when}`;
  if (notSent === 0) return `${sent}${waits(summary, formats)}.`;
  const [why] = summary.parts.filter((part) => part.state === 'dropped' || part.state === 'failed');
  const said = why?.text ? bareReason(why.text).replace(/\.$/, '') : '';
  const most = said === '' ? '' : `, most often because ${said.charAt(0).toLowerCase()}${said.slice(1)}`;
  return `${sent}; ${formats.number(notSent)} were not${most}.`;
}

const waits = (summary: MessageSummary, formats: Formats): string =>
  summary.waiting === 0 ? '' : `; ${formats.number(summary.waiting)} wait`;

export const daysWords = (days: number): string =>
  days === 1 ? 'in the last 24 hours' : `in the last ${days} days`;
