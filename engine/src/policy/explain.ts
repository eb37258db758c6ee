// What the governor would say of a message now, and each of its questions with the facts behind the answer. It asks the very
// checks that decide, and decides nothing.
import type { Verdict } from '../decision.ts';
import { Draft } from '../draft.ts';
import type { Instant } from '../lib/instant.ts';
import type { OpenMessage, Person } from '../person.ts';
import type { Program } from '../program.ts';
import type { Names } from '../rules/sentence.ts';
import { sentence } from '../rules/sentence.ts';
import { dateWords, momentWords } from '../rules/words.ts';
import { consentFor } from './consent.ts';
import { askEach, govern, sentInWeek, sentOnChannel, sentToday } from './governor.ts';
import type { Question, QuestionKey } from './governor.ts';
import { COMPLAINT_SEGMENT, questionOf } from './look.ts';

export interface CheckedQuestion {
  readonly check: QuestionKey;
  /** What stands against sending; null: nothing. */
  readonly against: Verdict | null;
  /** What is known: "2 of at most 3 in 7 days". */
  readonly facts: string;
}

export interface ExplainedLook {
  readonly verdict: Verdict;
  /** Those that concern this message, in the order in which they are asked. */
  readonly checks: readonly CheckedQuestion[];
}

/** `person` is of this program: its memory holds what the goal of the message's journey asks. */
export function explainLook(
  program: Program,
  person: Person,
  message: OpenMessage,
  asked: { readonly at: Instant; readonly suppressed: boolean; readonly names?: Names },
): ExplainedLook {
  const draft = new Draft(program, person, asked.at);
  const q = questionOf(draft, message, { ...asked, notBefore: null });
  const facts = { q, draft, names: asked.names ?? {} };
  // Only a restored backup brings the first one about: the sender knows, and says so itself.
  const checks = askEach(q).filter(({ key, concerns }) => key !== 'restored' && concerns);
  return {
    verdict: govern(q),
    checks: checks.map(({ key, against }) => ({ check: key, against, facts: factsOf(key, facts) })),
  };
}

interface Facts {
  readonly q: Question;
  readonly draft: Draft;
  readonly names: Names;
}

function factsOf(check: QuestionKey, { q, draft, names }: Facts): string {
  const { policy } = q.definition;
  switch (check) {
    case 'restored':
      return '';
    case 'ended':
      return endFacts(q, draft, names);
    case 'address':
      return q.hasAddress ? 'an address is known' : 'no address is known';
    case 'consent':
      return consentFacts(q);
    case 'suppressed':
      return q.suppressed ? 'nothing is sent to this address any more' : 'the address is not suppressed';
    case 'complaint': {
      const since = q.standing.segments[COMPLAINT_SEGMENT];
      return since === undefined ? 'no complaint is open' : `open since ${dateWords(q.zone, since)}`;
    }
    case 'shelf_life':
      return `useful until ${momentWords(q.zone, q.message.expires_at)}`;
    case 'cap_day':
      return `${sentToday(q).length} of at most ${policy.marketing_per_day} today`;
    case 'cap_week':
      return `${sentInWeek(q).length} of at most ${policy.marketing_per_week} in 7 days`;
    case 'cap_channel': {
      const max = policy.per_week_by_channel[q.message.channel];
      if (max === undefined) return 'no limit on this channel';
      return `${sentOnChannel(q).length} of at most ${max} in 7 days on this channel`;
    }
    case 'quiet_hours':
      return quietFacts(q);
  }
}

function endFacts(q: Question, draft: Draft, names: Names): string {
  const { message } = q;
  if (message.cancelled !== null)
    return message.cancelled === 'goal_reached'
      ? 'the goal was reached while it waited'
      : 'the journey ended for them while it waited';
  const graph =
    message.journey === null || message.version === null
      ? undefined
      : draft.program.journeys.get(message.journey)?.versions.get(message.version);
  const run = { started_at: message.run_started_at ?? q.at };
  const rules = [
    ...(graph?.goal?.exits === true ? [['goal', graph.goal.rule] as const] : []),
    ...(graph === undefined || graph.exitWhen === null ? [] : [['exit', graph.exitWhen] as const]),
  ];
  if (rules.length === 0) return 'no goal or exit of a journey stops it';
  return rules
    .map(([what, rule]) => {
      const holds = draft.ask(rule, q.at, run).holds;
      const reached = what === 'goal' ? 'the goal is' : 'the journey’s exit is';
      return `${reached} ${holds ? '' : 'not '}reached: ${sentence(rule.rule, names)}`;
    })
    .join('; ');
}

function consentFacts(q: Question): string {
  const consent = consentFor(q.standing, q.message.channel, q.message.topic);
  if (consent === null) return 'nothing was ever said about it';
  const said = consent.status === 'given' ? 'agreed' : 'said no';
  return `${said} on ${dateWords(q.zone, consent.at)} (${consent.basis.replaceAll('_', ' ')})`;
}

function quietFacts(q: Question): string {
  const hours = q.definition.policy.quiet_hours[q.message.channel];
  if (hours === undefined || hours[0] === hours[1]) return 'no quiet hours on this channel';
  const [from, to] = hours;
  const there = momentWords(q.recipientZone, q.at).split(', ')[1] ?? '';
  return `quiet from ${from}:00 to ${to}:00; it is ${there} where they are`;
}
