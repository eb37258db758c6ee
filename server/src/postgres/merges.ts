// Two people who turn out to be one: the engine merges the states, here the rows follow. The other's events, messages
// and decisions keep their key; everything that leads to them leads to the survivor. Chains are collapsed at once.
import { mergePeople } from '@rapport/engine';
import { int2Array, uuidArray } from './binary-array.ts';
import { loadHistory } from './events.ts';
import { historyKeys } from './people.ts';
import type { LockedPerson } from './people.ts';
import type { Connection } from './pool.ts';
import { accept, establishFirst } from './steps.ts';
import type { StepContext } from './steps.ts';

/** Merges `loser` into `survivor`; both are locked. The survivor's rows are written with the batch. */
export async function mergeLocked(
  client: Connection,
  context: StepContext,
  pair: { readonly survivor: LockedPerson; readonly loser: LockedPerson; readonly messageId: string },
): Promise<void> {
  const { survivor, loser, messageId } = pair;
  await establishFirst(client, context, survivor);
  await establishFirst(client, context, loser);
  const stored = await loadHistory(client, context.workspaceId, [
    ...historyKeys(survivor),
    ...historyKeys(loser),
  ]);
  const merged = mergePeople(context.program, survivor.person, loser.person, {
    now: context.now,
    cause: { kind: 'merge', id: messageId },
    loserBucket: loser.key.bucket,
    history: [...stored, ...survivor.taken, ...loser.taken],
  });
  if (merged.kind !== 'stepped') throw new Error(`a merge ended as ${merged.kind}`);
  accept(survivor, merged.person, merged.decisions);
  loser.touched = false;
  await writeMerge(client, context, { survivor, loser, messageId });
}

async function writeMerge(
  client: Connection,
  context: StepContext,
  {
    survivor,
    loser,
    messageId,
  }: { readonly survivor: LockedPerson; readonly loser: LockedPerson; readonly messageId: string },
): Promise<void> {
  const { workspaceId, now } = context;
  const to = [survivor.key.bucket, survivor.key.id] as const;
  // Everyone who was merged into the loser before, and the loser.
  const gone = historyKeys(loser);
  const goneValues = [int2Array(gone.map((k) => k.bucket)), uuidArray(gone.map((k) => k.id))] as const;
  await client.query(
    `update people p
     set merged_bucket = $4, merged_into = $5, wake_at = null, establish = false
     from unnest($2::int2[], $3::uuid[]) u(bucket, id)
     where p.bucket = u.bucket and p.workspace_id = $1 and p.id = u.id`,
    [workspaceId, ...goneValues, ...to],
  );
  await client.query(
    `insert into aliases (bucket, workspace_id, person_id, survivor_bucket, survivor_id, at, reason)
     select u.bucket, $1, u.id, $4, $5, $6, $7
     from unnest($2::int2[], $3::uuid[]) u(bucket, id)
     on conflict (bucket, workspace_id, person_id)
       do update set survivor_bucket = excluded.survivor_bucket, survivor_id = excluded.survivor_id`,
    [workspaceId, ...goneValues, ...to, new Date(now), `event:${messageId}`],
  );
  await client.query(
    `update identities
     set person_bucket = $3, person_id = $4
     where workspace_id = $1 and person_id = $2`,
    [workspaceId, loser.key.id, ...to],
  );
  // What lists show of the loser is the survivor's from now on.
  for (const table of ['memberships', 'profiles'] as const) {
    await client.query(`delete from ${table} where bucket = $1 and workspace_id = $2 and person_id = $3`, [
      loser.key.bucket,
      workspaceId,
      loser.key.id,
    ]);
  }
}
