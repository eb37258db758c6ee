// Puts the governor's question for one message together from a person as it stands: the first look and the last.
import type { Verdict } from '../decision.ts';
import type { Draft } from '../draft.ts';
import type { Instant } from '../lib/instant.ts';
import { personZone } from '../memory/person-zone.ts';
import type { OpenMessage } from '../person.ts';
import { govern } from './governor.ts';
import type { Question } from './governor.ts';

/** Membership of this segment makes promotions wait. */
export const COMPLAINT_SEGMENT = 'open_complaint';

/** When it is decided; suppression is only known at the last look, where the lists are at hand. */
export function firstLook(draft: Draft, message: OpenMessage, at: Instant): Verdict {
  return look(draft, message, { at, suppressed: false, notBefore: null });
}

export function look(
  draft: Draft,
  message: OpenMessage,
  asked: { readonly at: Instant; readonly suppressed: boolean; readonly notBefore: Instant | null },
): Verdict {
  return govern(questionOf(draft, message, asked));
}

export function questionOf(
  draft: Draft,
  message: OpenMessage,
  asked: { readonly at: Instant; readonly suppressed: boolean; readonly notBefore: Instant | null },
): Question {
  return {
    message,
    standing: draft.standing,
    definition: draft.program.definition,
    zone: draft.program.zone,
    recipientZone: personZone(draft.memory, draft.program.zone),
    hasAddress: hasAddress(draft, message.channel),
    suppressed: asked.suppressed,
    notBefore: asked.notBefore,
    ended: runEnded(draft, message, asked.at),
    openComplaint: COMPLAINT_SEGMENT in draft.standing.segments,
    at: asked.at,
  };
}

/** Asked anew each time, also of a run that already walked to its exit: "already bought" is the reason people want to see. */
function runEnded(draft: Draft, message: OpenMessage, at: Instant): 'goal_reached' | 'run_ended' | null {
  if (message.cancelled !== null) return message.cancelled;
  if (message.journey === null || message.version === null || message.run_started_at === null) return null;
  const graph = draft.program.journeys.get(message.journey)?.versions.get(message.version);
  if (graph === undefined) return null;
  const run = { started_at: message.run_started_at };
  if (graph.goal?.exits === true && draft.ask(graph.goal.rule, at, run).holds) return 'goal_reached';
  if (graph.exitWhen !== null && draft.ask(graph.exitWhen, at, run).holds) return 'run_ended';
  return null;
}

function hasAddress(draft: Draft, channel: string): boolean {
  if (channel === 'webhook') return true;
  return addressOf(draft.memory, channel) !== null;
}

/** Where a channel reaches the person: the e-mail or phone trait, else the newest identity of that kind. */
export function addressOf(memory: Draft['memory'], channel: string): string | null {
  const kind = channel === 'email' ? 'email' : 'phone';
  const trait = memory.traits[kind];
  if (trait !== undefined) return typeof trait.v === 'string' && trait.v !== '' ? trait.v : null;
  return memory.identities[kind]?.[0] ?? null;
}
