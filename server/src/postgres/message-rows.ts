// Rows of the send ledger as decisions make them: a request becomes a row, the governor's last look and the result of
// a hand-off move it. States only move forward, except that a proven temporary failure queues again with back-off.
import type { Decision } from '@rapport/engine';
import { boolArray, instantArray, int2Array, int4Array, textArray, uuidArray } from './binary-array.ts';
import type { PersonKey } from './bucket.ts';

export type MessageChange = MessageInsert | MessageUpdate;

type Requested = Extract<Decision, { kind: 'message_requested' }>;

export interface MessageInsert {
  readonly kind: 'insert';
  readonly person: PersonKey;
  readonly decision: Requested;
}

export interface MessageUpdate {
  readonly kind: 'update';
  /** Where the row may stand: the person's bucket, or one of those merged into them. */
  readonly buckets: readonly number[];
  readonly id: string;
  readonly state: 'queued' | 'handing' | 'sent' | 'failed' | 'uncertain' | 'dropped';
  readonly reason: string | null;
  /** When to look again; null: no change. */
  readonly nextAt: number | null;
  /** Queue again after a temporary failure: `nextAt` follows from the attempts so far. */
  readonly retry: boolean;
  readonly decidedAt: number;
  readonly via: string | null;
  readonly providerId: string | null;
}

/** Waits after the 1st, 2nd, … temporary failure; the shelf life ends it. */
const RETRY_AFTER_MS: readonly number[] = [60_000, 300_000, 1_200_000, 3_600_000, 10_800_000, 21_600_000];

/** What a decision means to the ledger, or null. */
export function messageChange(
  person: PersonKey,
  aliases: readonly PersonKey[],
  decision: Decision,
): MessageChange | null {
  const buckets = [
    person.bucket,
    ...new Set(aliases.map((a) => a.bucket).filter((b) => b !== person.bucket)),
  ];
  const update = {
    kind: 'update',
    buckets,
    reason: null,
    nextAt: null,
    retry: false,
    decidedAt: decision.decided_at,
    via: null,
    providerId: null,
  } as const;
  if (decision.kind === 'message_requested') return { kind: 'insert', person, decision };
  if (decision.kind === 'message_looked') {
    const { message: id, verdict } = decision;
    if (verdict.verdict === 'send') return { ...update, id, state: 'handing' };
    if (verdict.verdict === 'drop') return { ...update, id, state: 'dropped', reason: verdict.reason };
    return { ...update, id, state: 'queued', reason: verdict.reason, nextAt: verdict.until };
  }
  if (decision.kind === 'message_result') {
    const { message: id, outcome } = decision;
    if (outcome.kind === 'sent')
      return { ...update, id, state: 'sent', via: outcome.via, providerId: outcome.provider_id };
    if (outcome.kind === 'uncertain') return { ...update, id, state: 'uncertain', reason: outcome.detail };
    if (outcome.permanent) return { ...update, id, state: 'failed', reason: outcome.code };
    return { ...update, id, state: 'queued', reason: outcome.code, retry: true };
  }
  return null;
}

export function hasMessageRow(change: MessageChange): change is MessageInsert {
  return change.kind === 'insert';
}

export function messageInserts(changes: readonly MessageInsert[]): {
  readonly text: string;
  readonly values: readonly unknown[];
} {
  const rows = changes.map(({ person, decision }) => ({
    person,
    d: decision,
    m: decision.message,
    look: decision.first_look,
  }));
  return {
    text: `insert into messages (bucket, workspace_id, person_id, id, run_id, journey_key, journey_version, node, channel, topic,
        marketing, template, webhook, offer, state, reason, next_at, requested_at, due_at, expires_at, ended_at)
      select u.bucket, $1, u.person_id, u.id, u.run_id, u.journey, u.version, u.node, u.channel, u.topic,
        u.marketing, u.template, u.webhook::jsonb, u.offer::jsonb, u.state, u.reason, u.next_at, u.requested_at, u.due_at,
        u.expires_at, u.ended_at
      from unnest($2::int2[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::int4[], $8::text[], $9::text[], $10::text[],
          $11::bool[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::timestamptz[],
          $18::timestamptz[], $19::timestamptz[], $20::timestamptz[], $21::timestamptz[])
        u(bucket, person_id, id, run_id, journey, version, node, channel, topic, marketing, template, webhook, offer,
          state, reason, next_at, requested_at, due_at, expires_at, ended_at)
      on conflict (bucket, workspace_id, id) do nothing`,
    values: [
      int2Array(rows.map((r) => r.person.bucket)),
      uuidArray(rows.map((r) => r.person.id)),
      uuidArray(rows.map((r) => r.m.id)),
      uuidArray(rows.map((r) => r.m.run)),
      textArray(rows.map((r) => r.m.journey)),
      int4Array(rows.map((r) => r.m.version)),
      textArray(rows.map((r) => r.m.node)),
      textArray(rows.map((r) => r.m.channel)),
      textArray(rows.map((r) => r.m.topic)),
      boolArray(rows.map((r) => r.m.marketing)),
      textArray(rows.map((r) => r.d.template)),
      textArray(rows.map((r) => (r.d.webhook === null ? null : JSON.stringify(r.d.webhook)))),
      textArray(rows.map((r) => (r.d.offer === null ? null : JSON.stringify(r.d.offer)))),
      textArray(rows.map((r) => (r.look.verdict === 'drop' ? 'dropped' : 'queued'))),
      textArray(rows.map((r) => (r.look.verdict === 'send' ? null : r.look.reason))),
      instantArray(rows.map((r) => (r.look.verdict === 'hold' ? r.look.until : r.d.decided_at))),
      instantArray(rows.map((r) => r.d.decided_at)),
      instantArray(rows.map((r) => r.d.due_at)),
      instantArray(rows.map((r) => r.m.expires_at)),
      instantArray(rows.map((r) => (r.look.verdict === 'drop' ? r.d.decided_at : null))),
    ],
  };
}

/** A look and a result in one transaction (the mailbox): a statement updates a row once, so the last one stands. */
function lastOfEach(
  changes: readonly MessageUpdate[],
): readonly (MessageUpdate & { readonly handingAt: number | null })[] {
  const last = new Map<string, MessageUpdate & { readonly handingAt: number | null }>();
  for (const change of changes) {
    const handingAt =
      change.state === 'handing' ? change.decidedAt : (last.get(change.id)?.handingAt ?? null);
    last.set(change.id, { ...change, handingAt });
  }
  return [...last.values()];
}

/** The attempts so far are in the row, so the wait is chosen there, among instants that were made here. */
export function messageUpdates(changes: readonly MessageUpdate[]): {
  readonly text: string;
  readonly values: readonly unknown[];
} {
  const rows = lastOfEach(changes).flatMap((change) =>
    change.buckets.map((bucket) => ({ bucket, ...change })),
  );
  const ended = (state: string): boolean => state !== 'queued' && state !== 'handing';
  const waits = RETRY_AFTER_MS.map((_, i) => `u.retry_${i + 1}`);
  const retries = waits.map((name, i) =>
    i + 1 < waits.length ? `when m.attempt <= ${i + 1} then ${name}` : `else ${name}`,
  );
  return {
    text: `update messages m
      set state = u.state, reason = u.reason,
        next_at = case when u.retry then (case ${retries.join(' ')} end) else coalesce(u.next_at, m.next_at) end,
        handing_at = coalesce(u.handing_at, m.handing_at), ended_at = u.ended_at,
        via = coalesce(u.via, m.via), provider_id = coalesce(u.provider_id, m.provider_id)
      from unnest($2::int2[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::bool[], $8::timestamptz[],
          $9::timestamptz[], $10::text[], $11::text[], ${waits.map((_, i) => `$${12 + i}::timestamptz[]`).join(', ')})
        u(bucket, id, state, reason, next_at, retry, handing_at, ended_at, via, provider_id, ${waits.map((w) => w.slice(2)).join(', ')})
      where m.bucket = u.bucket and m.workspace_id = $1 and m.id = u.id
        and m.state in ('queued', 'claimed', 'handing')`,
    values: [
      int2Array(rows.map((r) => r.bucket)),
      uuidArray(rows.map((r) => r.id)),
      textArray(rows.map((r) => r.state)),
      textArray(rows.map((r) => r.reason)),
      instantArray(rows.map((r) => r.nextAt)),
      boolArray(rows.map((r) => r.retry)),
      instantArray(rows.map((r) => r.handingAt)),
      instantArray(rows.map((r) => (ended(r.state) ? r.decidedAt : null))),
      textArray(rows.map((r) => r.via)),
      textArray(rows.map((r) => r.providerId)),
      ...RETRY_AFTER_MS.map((wait) => instantArray(rows.map((r) => r.decidedAt + wait))),
    ],
  };
}
