// The last seven days in three computed sentences: who ordered, who became quiet and who came back, what was sent and what was not
// and why. Each says a finding or that there is none, and leads to the people or messages it speaks of.
import { z } from 'zod';
import { findFigures } from '../postgres/figures.ts';
import { loadSent } from '../postgres/overview.ts';
import { countTurns, listSentReasons } from '../postgres/week.ts';
import type { SentReason, Turns } from '../postgres/week.ts';
import { actorOf } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import { reasonText } from './message-words.ts';
import { describeSending } from './sending-state.ts';
import { moneyWords, numberWords, peopleWords } from './week-words.ts';
import { iso, isoOrNull } from './wire.ts';

const weekSchema = z
  .object({
    since: z.string(),
    /** Some of it is minutes old, and counted afresh now: ask again in a moment. */
    counting: z.boolean(),
    /** Of when the first sentence is; null: orders are still being counted. */
    orders_as_of: z.string().nullable(),
    sentences: z.array(z.object({ about: z.enum(['orders', 'quiet', 'messages']), text: z.string() })),
    /** Why messages wait or were not sent, the commonest first. */
    reasons: z.array(
      z.object({
        state: z.enum(['waiting', 'not_sent']),
        reason: z.string(),
        text: z.string(),
        messages: z.number().int(),
      }),
    ),
  })
  .meta({ id: 'Week' });

const weekMs = 7 * 24 * 3_600_000;
const quietSegment = 'quiet';

export function registerWeek(app: App, deps: HttpDeps): void {
  const db = deps.pools.console;
  const since = (): Date => new Date(deps.now() - weekMs);
  const turns = deps.counting.keep<Turns>(
    (workspaceId, pool) => countTurns(pool, { workspaceId, segment: quietSegment, since: since() }),
    { failed: 'who became quiet this week could not be counted' },
  );
  app.get(
    '/api/week',
    {
      schema: {
        tags: ['overview'],
        summary: 'The last seven days in three sentences',
        response: { 200: weekSchema },
      },
    },
    async (request): Promise<z.infer<typeof weekSchema>> => {
      const { workspaceId } = actorOf(request);
      const { definition } = await deps.programs.get(workspaceId);
      const [stored, turned, sent, reasons, sending] = await Promise.all([
        findFigures(db, workspaceId),
        turns.latest(workspaceId),
        loadSent(db, { workspaceId, since: since() }),
        listSentReasons(db, { workspaceId, since: since() }),
        describeSending(deps, workspaceId),
      ]);
      return {
        since: iso(since()),
        counting: turned.counting,
        orders_as_of: isoOrNull(stored?.worked_out_at ?? null),
        sentences: [
          ...(stored === null
            ? []
            : [{ about: 'orders' as const, text: ordersSentence(stored.results.week, definition.currency) }]),
          { about: 'quiet' as const, text: quietSentence(turned.value) },
          {
            about: 'messages' as const,
            text: messagesSentence({ ...sent, isLive: sending.mode === 'live' }, reasons),
          },
        ],
        reasons: reasons.map(({ state, reason, messages }) => ({
          state,
          reason,
          text: reasonText(state === 'not_sent' ? 'dropped' : 'queued', reason) ?? reason,
          messages,
        })),
      };
    },
  );
}

interface Ordered {
  readonly people: number;
  readonly first: number;
  readonly worth: number;
}

export function ordersSentence(
  { now, before }: { readonly now: Ordered; readonly before: Ordered },
  currency: string,
): string {
  if (now.people === 0) {
    return before.people === 0
      ? 'Nobody ordered in the last seven days, nor in the seven before.'
      : `Nobody ordered in the last seven days; ${peopleWords(before.people)} did in the seven before.`;
  }
  const change = now.people - before.people;
  const compared =
    change === 0
      ? 'as many as in the seven before'
      : `${numberWords(Math.abs(change))} ${change > 0 ? 'more' : 'fewer'} than in the seven before`;
  const worth = now.worth > 0 ? ` for ${moneyWords(now.worth, currency)}` : '';
  const first =
    now.first === 0 ? 'nobody for the first time' : `${numberWords(now.first)} for the first time`;
  return `${peopleWords(now.people)} ordered in the last seven days${worth}, ${compared}; ${first}.`;
}

export function quietSentence({ joined, left }: Turns): string {
  if (joined === 0 && left === 0) return 'Nobody became unusually quiet, and nobody who was came back.';
  const became =
    joined === 0 ? 'Nobody became unusually quiet' : `${peopleWords(joined)} became unusually quiet`;
  if (left === 0) return `${became}; nobody who was came back.`;
  return `${became}; ${numberWords(left)} who had been ${left === 1 ? 'is' : 'are'} no longer.`;
}

interface Sent {
  readonly sent: number;
  readonly waiting: number;
  readonly not_sent: number;
  readonly isLive: boolean;
}

export function messagesSentence(sent: Sent, reasons: readonly SentReason[]): string {
  const { sent: went, waiting, not_sent: stayed, isLive } = sent;
  if (went + waiting + stayed === 0) return 'No journey asked for a message.';
  const messages = (n: number): string => (n === 1 ? '1 message' : `${numberWords(n)} messages`);
  const was = (n: number): string => (n === 1 ? 'was' : 'were');
  const parts = [
    went === 0
      ? 'No message was sent'
      : `${messages(went)} ${was(went)} ${isLive ? 'sent' : 'written to the built-in mailbox'}`,
  ];
  if (waiting > 0) parts.push(`${numberWords(waiting)} ${waiting === 1 ? 'waits' : 'wait'}`);
  if (stayed > 0) parts.push(`${numberWords(stayed)} ${was(stayed)} not sent`);
  const [most] = reasons.filter(({ state }) => state === 'not_sent');
  const why = most === undefined ? undefined : reasonClause(most.reason);
  if (stayed === 0 || most === undefined || why === undefined) return `${joined(parts)}.`;
  const mostly = most.messages === stayed ? 'because' : 'mostly because';
  return `${joined(parts)}, ${mostly} ${why}.`;
}

function joined(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}

/** "Not sent: they did not agree to this topic." as the end of a sentence. */
function reasonClause(reason: string): string | undefined {
  const text = reasonText('dropped', reason);
  return text?.startsWith('Not sent: ') ? text.slice('Not sent: '.length).replace(/\.$/, '') : undefined;
}
