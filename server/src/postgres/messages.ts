// The send ledger as the sender works it: find what is due, claim, hand over, keep leases, find what a dead process
// left. The moves that follow from decisions (handing, dropped, sent, …) are written by steps.ts, in message-rows.ts.
import type { Json } from '@rapport/engine';
import { byteaArray, int2Array, int4Array, textArray, uuidArray } from './binary-array.ts';
import type { PersonKey } from './bucket.ts';
import type { Queryable } from './pool.ts';

export interface MessageKey {
  readonly bucket: number;
  readonly id: string;
}

export interface ClaimedMessage extends MessageKey {
  /** Where the person's rows were when it was asked for; they may have been merged since. */
  readonly person: PersonKey;
  readonly attempt: number;
  readonly channel: string;
  readonly topic: string;
  readonly marketing: boolean;
  readonly template: string | null;
  readonly webhook: { readonly url: string } | null;
  readonly offer: { readonly [key: string]: Json } | null;
  readonly journey: string | null;
  readonly node: string | null;
  readonly run: string | null;
  readonly requestedAt: number;
}

/** Unlocked, by the index messages_next; service messages before marketing, so that a broadcast never delays a receipt. */
export async function findDue(
  db: Queryable,
  due: {
    readonly workspaceId: string;
    readonly now: number;
    readonly channels: readonly string[];
    readonly limit: number;
  },
): Promise<readonly MessageKey[]> {
  const { rows } = await db.query<MessageKey>({
    name: 'messages_due',
    text: `(select bucket, id
            from messages
            where workspace_id = $1 and not marketing and next_at <= $2 and state in ('queued', 'claimed')
              and channel = any($3)
            order by next_at
            limit $4)
           union all
           (select bucket, id
            from messages
            where workspace_id = $1 and marketing and next_at <= $2 and state in ('queued', 'claimed')
              and channel = any($3)
            order by next_at
            limit $4)
           limit $4`,
    values: [due.workspaceId, new Date(due.now), due.channels, due.limit],
  });
  return rows;
}

/**
 * Takes what nobody else holds. A claim whose lease ran out is due again by its `next_at`, which is the lease's end.
 * On Citus the caller passes the keys of one bucket at a time.
 */
export async function claimMessages(
  db: Queryable,
  claim: {
    readonly workspaceId: string;
    readonly now: number;
    readonly leaseUntil: number;
    readonly keys: readonly MessageKey[];
  },
): Promise<readonly ClaimedMessage[]> {
  if (claim.keys.length === 0) return [];
  const { rows } = await db.query<ClaimRow>({
    name: 'messages_claim',
    text: `with free as (
             select m.bucket, m.id
             from unnest($2::int2[], $3::uuid[]) u(bucket, id)
             join messages m on m.bucket = u.bucket and m.workspace_id = $1 and m.id = u.id
             where m.state in ('queued', 'claimed') and m.next_at <= $4
             for update of m skip locked)
           update messages m
           set state = 'claimed', attempt = m.attempt + 1, lease_until = $5, next_at = $5
           from free
           where m.bucket = free.bucket and m.workspace_id = $1 and m.id = free.id
           returning m.bucket, m.id, m.person_id, m.attempt, m.channel, m.topic, m.marketing, m.template, m.webhook,
             m.offer, m.journey_key, m.node, m.run_id, m.requested_at`,
    values: [
      claim.workspaceId,
      int2Array(claim.keys.map((k) => k.bucket)),
      uuidArray(claim.keys.map((k) => k.id)),
      new Date(claim.now),
      new Date(claim.leaseUntil),
    ],
  });
  return rows.map(toClaimed);
}

export interface HandingRow extends MessageKey {
  readonly attempt: number;
  readonly channel: string;
  readonly via: 'smtp' | 'mailbox' | 'webhook' | null;
  readonly sentTo: string;
  readonly subject: string | null;
  /** `addressHash` of where it goes. */
  readonly hash: Buffer;
}

export interface StillClaimed {
  readonly id: string;
  readonly suppressed: boolean;
  /** `settings.sending` as it is in this transaction. */
  readonly sending: unknown;
}

/**
 * Inside the transaction of the last look, one statement for all it needs of the ledger: locks those that are still ours,
 * notes where they go, and says whether the address is suppressed and how sending is set.
 */
export async function lockClaimed(
  client: Queryable,
  workspaceId: string,
  rows: readonly HandingRow[],
  leaseUntil: number,
): Promise<readonly StillClaimed[]> {
  if (rows.length === 0) return [];
  const found = await client.query<{ id: string; address_hash: Buffer | null; sending: unknown }>({
    name: 'messages_lock_claimed',
    text: `update messages m
           set via = u.via, sent_to = u.sent_to, subject = u.subject, lease_until = $10
           from unnest($2::int2[], $3::uuid[], $4::int4[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bytea[])
               u(bucket, id, attempt, channel, via, sent_to, subject, hash)
             join workspaces w on w.id = $1
             left join suppressions s on s.workspace_id = $1 and s.channel = u.channel and s.address_hash = u.hash
           where m.bucket = u.bucket and m.workspace_id = $1 and m.id = u.id and m.state = 'claimed' and m.attempt = u.attempt
           returning m.id, s.address_hash, w.settings->'sending' as sending`,
    values: [
      workspaceId,
      ...keyArrays(rows),
      int4Array(rows.map((r) => r.attempt)),
      textArray(rows.map((r) => r.channel)),
      textArray(rows.map((r) => r.via)),
      textArray(rows.map((r) => r.sentTo)),
      textArray(rows.map((r) => r.subject)),
      byteaArray(rows.map((r) => r.hash)),
      new Date(leaseUntil),
    ],
  });
  return found.rows.map((row) => ({
    id: row.id,
    suppressed: row.address_hash !== null,
    sending: row.sending,
  }));
}

/** After a last look whose commit may or may not have happened: those that it did let go. Nobody else can have. */
export async function findHanding(
  db: Queryable,
  workspaceId: string,
  messages: readonly ClaimedMessage[],
): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ id: string }>({
    name: 'messages_find_handing',
    text: `select m.id
           from unnest($2::int2[], $3::uuid[], $4::int4[]) u(bucket, id, attempt)
           join messages m on m.bucket = u.bucket and m.workspace_id = $1 and m.id = u.id
           where m.state = 'handing' and m.attempt = u.attempt`,
    values: [workspaceId, ...keyArrays(messages), int4Array(messages.map((m) => m.attempt))],
  });
  return new Set(rows.map((row) => row.id));
}

/** Gives claims back; `reason` says why when it is not simply another sender's turn. */
export async function releaseClaims(
  db: Queryable,
  release: {
    readonly workspaceId: string;
    readonly keys: readonly MessageKey[];
    readonly nextAt: number;
    readonly reason: string | null;
  },
): Promise<void> {
  if (release.keys.length === 0) return;
  await db.query({
    name: 'messages_release',
    text: `update messages m
           set state = 'queued', next_at = $4, lease_until = null, reason = coalesce($5, m.reason)
           from unnest($2::int2[], $3::uuid[]) u(bucket, id)
           where m.bucket = u.bucket and m.workspace_id = $1 and m.id = u.id and m.state = 'claimed'`,
    values: [release.workspaceId, ...keyArrays(release.keys), new Date(release.nextAt), release.reason],
  });
}

/** Those of one claim that are still as it left them: another sender has another lease. */
export async function giveBackClaim(
  db: Queryable,
  claim: {
    readonly workspaceId: string;
    readonly keys: readonly MessageKey[];
    readonly leaseUntil: number;
    readonly nextAt: number;
  },
): Promise<void> {
  await db.query({
    name: 'messages_give_back',
    text: `update messages m
           set state = 'queued', next_at = $5, lease_until = null
           from unnest($2::int2[], $3::uuid[]) u(bucket, id)
           where m.bucket = u.bucket and m.workspace_id = $1 and m.id = u.id
             and m.state = 'claimed' and m.lease_until = $4`,
    values: [claim.workspaceId, ...keyArrays(claim.keys), new Date(claim.leaseUntil), new Date(claim.nextAt)],
  });
}

/** When no other sender is alive: whatever is claimed was left by one that died, and need not wait for its lease's end. */
export async function releaseAllClaims(db: Queryable, workspaceId: string, at: number): Promise<void> {
  await db.query({
    name: 'messages_release_all',
    text: `update messages
           set state = 'queued', next_at = $2, lease_until = null
           where workspace_id = $1 and state = 'claimed'`,
    values: [workspaceId, new Date(at)],
  });
}

/** Ends messages that no decision can end: their person is gone. */
export async function dropClaims(
  db: Queryable,
  drop: {
    readonly workspaceId: string;
    readonly keys: readonly MessageKey[];
    readonly reason: string;
    readonly at: number;
  },
): Promise<void> {
  if (drop.keys.length === 0) return;
  await db.query({
    name: 'messages_drop',
    text: `update messages m
           set state = 'dropped', reason = $4, ended_at = $5
           from unnest($2::int2[], $3::uuid[]) u(bucket, id)
           where m.bucket = u.bucket and m.workspace_id = $1 and m.id = u.id and m.state = 'claimed'`,
    values: [drop.workspaceId, ...keyArrays(drop.keys), drop.reason, new Date(drop.at)],
  });
}

export async function renewLeases(
  db: Queryable,
  renewal: {
    readonly workspaceId: string;
    readonly keys: readonly MessageKey[];
    readonly leaseUntil: number;
  },
): Promise<void> {
  if (renewal.keys.length === 0) return;
  await db.query({
    name: 'messages_renew',
    text: `update messages m
           set lease_until = $4
           from unnest($2::int2[], $3::uuid[]) u(bucket, id)
           where m.bucket = u.bucket and m.workspace_id = $1 and m.id = u.id and m.state = 'handing'`,
    values: [renewal.workspaceId, ...keyArrays(renewal.keys), new Date(renewal.leaseUntil)],
  });
}

export interface Orphan extends MessageKey {
  readonly person: PersonKey;
}

/** What was being handed over by a process that is gone: its lease ran out (`leaseBefore`), or nobody else is alive (null). */
export async function findOrphans(
  db: Queryable,
  wanted: { readonly workspaceId: string; readonly leaseBefore: number | null; readonly limit: number },
): Promise<readonly Orphan[]> {
  const { rows } = await db.query<{ bucket: number; id: string; person_id: string }>({
    name: 'messages_orphans',
    text: `select bucket, id, person_id
           from messages
           where workspace_id = $1 and state = 'handing' and ($2::timestamptz is null or lease_until < $2 or lease_until is null)
           limit $3`,
    values: [
      wanted.workspaceId,
      wanted.leaseBefore === null ? null : new Date(wanted.leaseBefore),
      wanted.limit,
    ],
  });
  return rows.map((row) => ({
    bucket: row.bucket,
    id: row.id,
    person: { bucket: row.bucket, id: row.person_id },
  }));
}

/** For those whose person no longer knows of them: the ledger alone says it. */
export async function markUncertain(
  client: Queryable,
  mark: {
    readonly workspaceId: string;
    readonly keys: readonly MessageKey[];
    readonly reason: string;
    readonly at: number;
  },
): Promise<void> {
  await client.query({
    name: 'messages_uncertain',
    text: `update messages m
           set state = 'uncertain', reason = $4, ended_at = $5
           from unnest($2::int2[], $3::uuid[]) u(bucket, id)
           where m.bucket = u.bucket and m.workspace_id = $1 and m.id = u.id and m.state = 'handing'`,
    values: [mark.workspaceId, ...keyArrays(mark.keys), mark.reason, new Date(mark.at)],
  });
}

function keyArrays(rows: readonly MessageKey[]): readonly [Buffer, Buffer] {
  return [int2Array(rows.map((r) => r.bucket)), uuidArray(rows.map((r) => r.id))];
}

interface ClaimRow {
  readonly bucket: number;
  readonly id: string;
  readonly person_id: string;
  readonly attempt: number;
  readonly channel: string;
  readonly topic: string;
  readonly marketing: boolean;
  readonly template: string | null;
  readonly webhook: { readonly url: string } | null;
  readonly offer: { readonly [key: string]: Json } | null;
  readonly journey_key: string | null;
  readonly node: string | null;
  readonly run_id: string | null;
  readonly requested_at: Date;
}

function toClaimed(row: ClaimRow): ClaimedMessage {
  const { person_id, journey_key, run_id, requested_at, ...same } = row;
  return {
    ...same,
    person: { bucket: row.bucket, id: person_id },
    journey: journey_key,
    run: run_id,
    requestedAt: requested_at.getTime(),
  };
}

const MERGE_HOPS_MAX = 4;

/** States as they are now, unlocked, for rendering: by the id asked for, of the survivor where people were merged. */
export async function loadStates(
  db: Queryable,
  workspaceId: string,
  people: readonly PersonKey[],
): Promise<ReadonlyMap<string, string>> {
  const states = new Map<string, string>();
  let wanted = people.map((person) => ({ asked: person.id, at: person }));
  for (let hop = 0; wanted.length > 0 && hop <= MERGE_HOPS_MAX; hop += 1) {
    const rows = await selectStates(
      db,
      workspaceId,
      wanted.map((one) => one.at),
    );
    const next: { readonly asked: string; readonly at: PersonKey }[] = [];
    for (const { asked, at } of wanted) {
      const row = rows.get(at.id);
      if (row === undefined) continue;
      if (row.merged_into === null || row.merged_bucket === null) states.set(asked, row.state);
      else next.push({ asked, at: { bucket: row.merged_bucket, id: row.merged_into } });
    }
    wanted = next;
  }
  return states;
}

interface StateRow {
  readonly id: string;
  readonly state: string;
  readonly merged_bucket: number | null;
  readonly merged_into: string | null;
}

async function selectStates(
  db: Queryable,
  workspaceId: string,
  people: readonly PersonKey[],
): Promise<ReadonlyMap<string, StateRow>> {
  const { rows } = await db.query<StateRow>({
    name: 'messages_states',
    text: `select p.id, p.state, p.merged_bucket, p.merged_into
           from unnest($2::int2[], $3::uuid[]) u(bucket, id)
           join people p on p.bucket = u.bucket and p.workspace_id = $1 and p.id = u.id`,
    values: [workspaceId, ...keyArrays(people)],
  });
  return new Map(rows.map((row) => [row.id, row]));
}
