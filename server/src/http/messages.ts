// Sent messages: the ledger as a list, and one message with its whole story. Changes nothing, except what someone found
// out about an uncertain one.
import { decodePerson } from '@rapport/engine';
import type { Decision } from '@rapport/engine';
import { z } from 'zod';
import { offerCode } from '../content/code.ts';
import { ProblemError } from '../errors.ts';
import { listTemplateNames } from '../postgres/content-keys.ts';
import { findMailboxMessage } from '../postgres/mailbox.ts';
import {
  countMessages,
  findMessage,
  listMessages,
  listMessageStory,
  resolveUncertain,
} from '../postgres/message-reads.ts';
import type { CountedMessages, MessageRow } from '../postgres/message-reads.ts';
import { loadStates } from '../postgres/messages.ts';
import { personKey } from '../postgres/bucket.ts';
import type { PersonKey } from '../postgres/bucket.ts';
import { actorOf } from './auth.ts';
import { changeOther } from './changes.ts';
import { decisionSentence } from './decision-words.ts';
import type { App, HttpDeps } from './deps.ts';
import { notFound, printId, readId } from './ids.ts';
import { namesIn } from './known.ts';
import { askNow, messageNowSchema, parseDecision } from './message-now.ts';
import { reasonText } from './message-words.ts';
import { pageOf, pageQuery, readTimeCursor, toPage } from './paging.ts';
import { firstWord } from './short-name.ts';
import { findSubject } from './person-view.ts';
import { iso, isoOrNull } from './wire.ts';

const states = ['queued', 'claimed', 'handing', 'sent', 'failed', 'uncertain', 'dropped'] as const;

const messageSchema = z
  .object({
    id: z.string(),
    channel: z.string(),
    template: z.string().nullable(),
    subject: z.string().nullable(),
    topic: z.string(),
    marketing: z.boolean(),
    state: z.string(),
    reason: z.string().nullable(),
    reason_text: z.string().nullable(),
    at: z.string(),
    due_at: z.string(),
    next_at: z.string().nullable(),
    expires_at: z.string(),
    ended_at: z.string().nullable(),
    attempt: z.number().int(),
    via: z.string().nullable(),
    sent_to: z.string().nullable(),
    journey: z.string().nullable(),
    journey_name: z.string().nullable(),
    version: z.number().int().nullable(),
    node: z.string().nullable(),
    run: z.string().nullable(),
    person: z.object({ id: z.string(), name: z.string().nullable(), email: z.string().nullable() }),
  })
  .meta({ id: 'Message' });

const storySchema = z.object({
  kind: z.string(),
  at: z.string(),
  decided_at: z.string(),
  sentence: z.string(),
  because: z.object({ kind: z.string(), id: z.string().nullable() }),
  program_version: z.number().int(),
  detail: z.string().nullable(),
});

const wholeMessageSchema = messageSchema
  .extend({
    story: z.array(storySchema),
    offer: z.record(z.string(), z.unknown()).nullable(),
    webhook: z.object({ url: z.string() }).nullable(),
    provider_id: z.string().nullable(),
    in_mailbox: z.boolean(),
  })
  .meta({ id: 'MessageWithStory' });

const paramsSchema = z.object({ id: z.string().max(100) });

const filters = {
  /** `waiting`: queued, or about to be handed over. */
  state: z.enum([...states, 'waiting']).optional(),
  reason: z.string().max(64).optional(),
  journey: z.string().max(64).optional(),
  channel: z.string().max(32).optional(),
  /** Asked for in the last so many days. */
  days: z.enum(['1', '7', '30', '90']).transform(Number).optional(),
};

const summarySchema = z
  .object({
    days: z.number().int().nullable(),
    messages: z.number().int(),
    sent: z.number().int(),
    waiting: z.number().int(),
    not_sent: z.number().int(),
    failed: z.number().int(),
    uncertain: z.number().int(),
    /** What they are made of, most first; `reason` null: nothing stood against it. */
    parts: z.array(
      z.object({
        state: z.string(),
        via: z.string().nullable(),
        reason: z.string().nullable(),
        text: z.string().nullable(),
        messages: z.number().int(),
      }),
    ),
  })
  .meta({ id: 'MessageSummary' });

export function registerMessages(app: App, deps: HttpDeps): void {
  // Counting a million takes a second: several screens that ask at once get one answer.
  const counted = deps.counting.keep((of, pool) => countMessages(pool, JSON.parse(of) as CountedMessages), {
    failed: 'messages could not be counted',
  });
  app.get(
    '/api/messages',
    {
      schema: {
        tags: ['sending'],
        summary: 'The send ledger, newest first',
        querystring: pageQuery.extend({
          person: z.string().max(100).optional(),
          ...filters,
        }),
        response: { 200: pageOf(messageSchema) },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const { limit, cursor, person, state, reason, journey, channel, days } = request.query;
      const subject = person === undefined ? undefined : await findSubject(deps, workspaceId, person);
      if (person !== undefined && subject === undefined) throw notFound('person', person);
      const rows = await listMessages(deps.pools.console, {
        workspaceId,
        people: subject?.keys ?? null,
        states: statesOf(state),
        reason: reason ?? null,
        journey: journey ?? null,
        channel: channel ?? null,
        since: sinceOf(deps, days),
        before: readTimeCursor(cursor),
        limit: limit + 1,
      });
      const names = await journeyNames(deps, workspaceId);
      return toPage(rows, {
        limit,
        item: (row) => viewMessage(row, names),
        cursor: (row) => [row.requested_at.toISOString(), row.id],
      });
    },
  );

  app.get(
    '/api/messages/summary',
    {
      schema: {
        tags: ['sending'],
        summary: 'How many were sent, wait, or were not sent, and why',
        querystring: z.object({ journey: filters.journey, channel: filters.channel, days: filters.days }),
        response: { 200: summarySchema },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const { journey = null, channel = null, days = null } = request.query;
      const parts = await counted.get(
        JSON.stringify({ workspaceId, journey, channel, since: sinceHour(deps, days) }),
      );
      const sum = (of: (state: string) => boolean): number =>
        parts.reduce((total, part) => total + (of(part.state) ? part.messages : 0), 0);
      return {
        days,
        messages: sum(() => true),
        sent: sum((state) => state === 'sent'),
        waiting: sum((state) => ['queued', 'claimed', 'handing'].includes(state)),
        not_sent: sum((state) => state === 'dropped'),
        failed: sum((state) => state === 'failed'),
        uncertain: sum((state) => state === 'uncertain'),
        parts: parts.map((part) => ({ ...part, text: reasonText(part.state, part.reason) })),
      };
    },
  );

  app.get(
    '/api/messages/:id',
    {
      schema: {
        tags: ['sending'],
        summary: 'One message and its whole story',
        params: paramsSchema,
        response: { 200: wholeMessageSchema },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      return viewWhole(deps, workspaceId, await getMessage(deps, workspaceId, request.params.id));
    },
  );

  app.get(
    '/api/messages/:id/now',
    {
      schema: {
        tags: ['sending'],
        summary: 'What the sending rules would say to it now, and why; changes nothing',
        params: paramsSchema,
        response: { 200: messageNowSchema },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const now = await askNow(deps, workspaceId, await getMessage(deps, workspaceId, request.params.id));
      if (now === null) throw notFound('message', request.params.id);
      return now;
    },
  );

  app.post(
    '/api/messages/:id/resolve',
    {
      schema: {
        tags: ['sending'],
        summary: 'Say how an uncertain message ended',
        params: paramsSchema,
        body: z.strictObject({ as: z.enum(['sent', 'failed']) }),
        response: { 200: wholeMessageSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { workspaceId } = actor;
      const row = await getMessage(deps, workspaceId, request.params.id);
      const what = {
        action: 'message.resolve',
        subject: printId('msg', row.id),
        detail: { as: request.body.as },
      };
      await changeOther(deps, actor, what, async (connection) => {
        const { bucket, id } = row;
        if (await resolveUncertain(connection, { workspaceId, bucket, id, as: request.body.as })) return;
        throw new ProblemError({
          code: 'conflict',
          message: `This message is ${row.state}, not uncertain.`,
          hint: 'Only what nobody knows can be said by hand.',
        });
      });
      return viewWhole(deps, workspaceId, await getMessage(deps, workspaceId, request.params.id));
    },
  );
}

function statesOf(state: string | undefined): readonly string[] | null {
  if (state === undefined) return null;
  return state === 'waiting' ? ['queued', 'claimed'] : [state];
}

function sinceOf(deps: HttpDeps, days: number | undefined): Date | null {
  return days === undefined ? null : new Date(deps.now() - days * 86_400_000);
}

/** By whole hours, so that those who ask within one share an answer. */
function sinceHour(deps: HttpDeps, days: number | null): string | null {
  if (days === null) return null;
  return new Date(Math.floor(deps.now() / 3_600_000 - days * 24) * 3_600_000).toISOString();
}

async function getMessage(deps: HttpDeps, workspaceId: string, printed: string): Promise<MessageRow> {
  const row = await findMessage(deps.pools.console, workspaceId, readId('msg', printed));
  if (row === undefined) throw notFound('message', printed);
  return row;
}

async function viewWhole(
  deps: HttpDeps,
  workspaceId: string,
  row: MessageRow,
): Promise<z.infer<typeof wholeMessageSchema>> {
  const db = deps.pools.console;
  const program = await deps.programs.get(workspaceId);
  const people = await logsOf(deps, workspaceId, row);
  const bodies = await listMessageStory(db, { workspaceId, people, messageId: row.id });
  const mailbox = await findMailboxMessage(db, workspaceId, row.id);
  const names = { ...namesIn(program.definition), templates: await listTemplateNames(db, workspaceId) };
  const decisions = bodies.map(parseDecision).filter((decision) => messageOf(decision) === row.id);
  return {
    ...viewMessage(row, names.journeys ?? new Map()),
    story: decisions.map((decision) => ({
      kind: decision.kind,
      at: iso(decision.due_at),
      decided_at: iso(decision.decided_at),
      sentence: decisionSentence(decision, names),
      because: decision.cause,
      program_version: decision.program,
      detail: detailOf(decision),
    })),
    offer: row.offer === null ? null : { ...row.offer, code: offerCode(row.id) },
    webhook: typeof row.webhook?.url === 'string' ? { url: row.webhook.url } : null,
    provider_id: row.provider_id,
    in_mailbox: mailbox !== undefined,
  };
}

/** The log may go on under the survivor of a merge. */
async function logsOf(deps: HttpDeps, workspaceId: string, row: MessageRow): Promise<readonly PersonKey[]> {
  const own = { bucket: row.bucket, id: row.person_id };
  const states = await loadStates(deps.pools.console, workspaceId, [own]);
  const state = states.get(row.person_id);
  if (state === undefined || state === '{}') return [own];
  const person = decodePerson(state);
  return [own, personKey(person.id), ...person.aliases];
}

function messageOf(decision: Decision): string | null {
  switch (decision.kind) {
    case 'message_requested':
      return decision.message.id;
    case 'message_looked':
    case 'message_result':
      return decision.message;
    default:
      return null;
  }
}

function detailOf(decision: Decision): string | null {
  return decision.kind === 'message_result' && decision.outcome.kind !== 'sent'
    ? decision.outcome.detail
    : null;
}

async function journeyNames(deps: HttpDeps, workspaceId: string): Promise<ReadonlyMap<string, string>> {
  const program = await deps.programs.get(workspaceId);
  return namesIn(program.definition).journeys ?? new Map();
}

/** Where it would have gone is noted before the last look; only what was handed over went there. */
function wasHanded(row: MessageRow): boolean {
  return ['handing', 'sent', 'failed', 'uncertain'].includes(row.state);
}

function viewMessage(row: MessageRow, journeys: ReadonlyMap<string, string>): z.infer<typeof messageSchema> {
  return {
    id: printId('msg', row.id),
    channel: row.channel,
    template: row.template,
    subject: row.subject,
    topic: row.topic,
    marketing: row.marketing,
    state: row.state,
    reason: row.reason,
    reason_text: reasonText(row.state, row.reason, firstWord(row.person_name)),
    at: iso(row.requested_at),
    due_at: iso(row.due_at),
    next_at: row.ended_at === null ? iso(row.next_at) : null,
    expires_at: iso(row.expires_at),
    ended_at: isoOrNull(row.ended_at),
    attempt: row.attempt,
    via: wasHanded(row) ? row.via : null,
    sent_to: wasHanded(row) ? row.sent_to : null,
    journey: row.journey_key,
    journey_name: row.journey_key === null ? null : (journeys.get(row.journey_key) ?? null),
    version: row.journey_version,
    node: row.node,
    run: row.run_id === null ? null : printId('run', row.run_id),
    person: { id: printId('per', row.person_id), name: row.person_name, email: row.person_email },
  };
}
