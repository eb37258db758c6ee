// What the sending rules would say to a message now, for this person, with the facts behind each question. Reads only: the
// engine is asked on a copy, nothing is decided.
import { explainLook } from '@rapport/engine';
import type { Decision, OpenMessage } from '@rapport/engine';
import { z } from 'zod';
import { listMessageStory } from '../postgres/message-reads.ts';
import type { MessageRow } from '../postgres/message-reads.ts';
import type { HttpDeps } from './deps.ts';
import { printId } from './ids.ts';
import { loadKnown } from './known.ts';
import { reasonText } from './message-words.ts';
import { findSubject } from './person-view.ts';
import type { Subject } from './person-view.ts';
import { QUESTIONS } from './question-words.ts';
import { addressIsSuppressed, livedUpToNow } from './sending-ask.ts';
import { iso } from './wire.ts';

const answers = z.enum(['send', 'hold', 'drop']);

export const messageNowSchema = z
  .object({
    at: z.string(),
    /** `waiting`: the message itself. `again`: it has ended; the same message is asked as if it were decided now. */
    as: z.enum(['waiting', 'again']),
    answer: answers,
    reason: z.string().nullable(),
    reason_text: z.string().nullable(),
    until: z.string().nullable(),
    checks: z.array(
      z.object({
        check: z.string(),
        question: z.string(),
        /** What it would answer if it were asked alone; null: nothing stands against it. */
        against: answers.nullable(),
        until: z.string().nullable(),
        facts: z.string(),
      }),
    ),
  })
  .meta({ id: 'MessageNow' });

/** Null: the person, or the decision that asked for the message, is not there any more. */
export async function askNow(
  deps: HttpDeps,
  workspaceId: string,
  row: MessageRow,
): Promise<z.infer<typeof messageNowSchema> | null> {
  const subject = await findSubject(deps, workspaceId, printId('per', row.person_id));
  if (subject === undefined) return null;
  const at = deps.now();
  const person = await livedUpToNow(deps, workspaceId, subject);
  const waiting = person.standing.open[row.id];
  const message = waiting ?? (await asIfNow(deps, workspaceId, { row, subject, at }));
  if (message === null) return null;
  const { names } = await loadKnown(deps.pools.console, workspaceId, subject.program.definition);
  const suppressed = await addressIsSuppressed(deps, workspaceId, person, message.channel);
  const { verdict, checks } = explainLook(subject.program, person, message, { at, suppressed, names });
  const reason = verdict.verdict === 'send' ? null : verdict.reason;
  return {
    at: iso(at),
    as: waiting === undefined ? 'again' : 'waiting',
    answer: verdict.verdict,
    reason,
    reason_text: reasonText(verdict.verdict === 'drop' ? 'dropped' : 'queued', reason),
    until: verdict.verdict === 'hold' ? iso(verdict.until) : null,
    checks: checks.map(({ check, against, facts }) => ({
      check,
      question: QUESTIONS[check],
      against: against?.verdict ?? null,
      until: against?.verdict === 'hold' ? iso(against.until) : null,
      facts,
    })),
  };
}

/** The message as its decision asked for it, moved to now with its shelf life. */
async function asIfNow(
  deps: HttpDeps,
  workspaceId: string,
  of: { readonly row: MessageRow; readonly subject: Subject; readonly at: number },
): Promise<OpenMessage | null> {
  const people = [...of.subject.keys, { bucket: of.row.bucket, id: of.row.person_id }];
  const bodies = await listMessageStory(deps.pools.console, { workspaceId, people, messageId: of.row.id });
  const asked = bodies
    .map(parseDecision)
    .find((d) => d.kind === 'message_requested' && d.message.id === of.row.id);
  if (asked?.kind !== 'message_requested') return null;
  const { message } = asked;
  const handing = false;
  return { ...message, handing, at: of.at, expires_at: of.at + (message.expires_at - message.at) };
}

/** Trusts what is stored: only steps.ts writes decisions. */
export function parseDecision(body: string): Decision {
  return JSON.parse(body) as Decision;
}
