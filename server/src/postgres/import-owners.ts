// Whose facts an import brings: identities resolved as ingestion resolves them, people locked, halves joined. Halves that
// only an import knows are moved; people who live are merged as ever. Inside the caller's transaction.

import { hash } from 'node:crypto';
import { byteaArray } from './binary-array.ts';
import { personKey, type PersonKey } from './bucket.ts';
import { countIdentities, findIdentities } from './identities.ts';
import { moveTouched } from './import-people.ts';
import type { IncomingEvent } from './incoming.ts';
import { IdentitiesMoved } from './ingest.ts';
import { mergeLocked } from './merges.ts';
import { lockPeople, type LockedPerson } from './people.ts';
import type { Connection } from './pool.ts';
import {
  identitiesOf,
  identityText,
  resolve,
  type Group,
  type IdentityKey,
  type KnownIdentity,
  type KnownPerson,
  type ResolvedEvent,
} from './resolve.ts';
import type { StepContext } from './steps.ts';

/** Whose facts these are. */
export type Owner = {
  readonly key: PersonKey;
  /** Null: made by this transaction. */
  readonly locked: LockedPerson | null;
  readonly group: Group;
  hasNewFact: boolean;
  hasNewConsent: boolean;
};

export type ResolvedOwners = {
  readonly owners: readonly Owner[];
  /** One for each event, in their order. */
  readonly events: readonly (ResolvedEvent & { readonly owner: Owner })[];
  /** Identities as they must still stand at the end: whoever moved one meanwhile makes us start again. */
  readonly expected: readonly KnownIdentity[];
};

export async function resolveOwners(
  client: Connection,
  context: StepContext,
  batch: { readonly events: readonly IncomingEvent[]; readonly newId: () => string },
): Promise<ResolvedOwners> {
  const { workspaceId } = context;
  const known = await findIdentities(client, workspaceId, keysOf(batch.events));
  const locked = await lockKnown(client, context, known);
  const resolution = resolve({
    events: batch.events,
    known,
    people: await describePeople(client, workspaceId, locked),
    strict: false,
    hasToken: () => false,
  });
  const owners = await settleOwners(client, context, {
    groups: resolution.groups,
    locked,
    newId: batch.newId,
  });
  const events = resolution.events.map((event) => {
    const owner = owners.get(event.group);
    if (owner === undefined) throw new Error('an item belongs to nobody');
    return { ...event, owner };
  });
  return { owners: [...owners.values()], events, expected: expectedOf(known, owners) };
}

/** As ingestion makes the hash of a messageId. */
export function importHash(workspaceId: string, messageId: string): Buffer {
  return hash16(`${workspaceId}\nimport\n${messageId}`);
}

export function hash16(text: string): Buffer {
  return hash('sha256', text, 'buffer').subarray(0, 16);
}

function keysOf(events: readonly IncomingEvent[]): readonly IdentityKey[] {
  const keys = new Map<string, IdentityKey>();
  for (const event of events) {
    for (const key of identitiesOf(event)) keys.set(identityText(key.kind, key.value), key);
  }
  return [...keys.values()];
}

async function lockKnown(
  client: Connection,
  context: StepContext,
  known: ReadonlyMap<string, KnownIdentity & { readonly personBucket: number }>,
): Promise<ReadonlyMap<string, LockedPerson>> {
  const keys = new Map<string, PersonKey>();
  for (const { personId, personBucket } of known.values())
    keys.set(personId, { bucket: personBucket, id: personId });
  if (keys.size === 0) return new Map();
  const locked = await lockPeople(client, context.workspaceId, [...keys.values()], {
    program: context.program,
  });
  for (const id of keys.keys()) if (!locked.has(id)) throw new IdentitiesMoved(`person ${id} is gone`);
  return locked;
}

async function describePeople(
  client: Connection,
  workspaceId: string,
  locked: ReadonlyMap<string, LockedPerson>,
): Promise<ReadonlyMap<string, KnownPerson>> {
  const counts = await countIdentities(client, workspaceId, [
    ...new Set([...locked.values()].map((p) => p.key.id)),
  ]);
  const people = new Map<string, KnownPerson>();
  for (const [asked, { key, createdAt, person }] of locked) {
    people.set(asked, {
      id: key.id,
      createdAt,
      aliases: person.aliases.length,
      hasUserId: 'user_id' in person.memory.identities,
      identities: counts.get(key.id) ?? 0,
    });
  }
  return people;
}

/** The one person of each group. Halves that only an import knows are moved; people who live are merged. */
async function settleOwners(
  client: Connection,
  context: StepContext,
  how: {
    readonly groups: readonly Group[];
    readonly locked: ReadonlyMap<string, LockedPerson>;
    readonly newId: () => string;
  },
): Promise<ReadonlyMap<Group, Owner>> {
  const owners = new Map<Group, Owner>();
  for (const group of how.groups) {
    const people = [...new Set(group.people.map((id) => how.locked.get(id)).filter((p) => p !== undefined))];
    const survivor = people.find((person) => !isBlank(person)) ?? people[0];
    for (const loser of people) {
      if (survivor === undefined || loser === survivor) continue;
      if (isBlank(loser)) await absorb(client, context.workspaceId, { survivor, loser });
      else await mergeLocked(client, context, { survivor, loser, messageId: group.cause });
    }
    owners.set(group, {
      key: survivor?.key ?? personKey(how.newId()),
      locked: survivor ?? null,
      group,
      // History that was moved here is lived through again.
      hasNewFact: people.length > 1,
      hasNewConsent: false,
    });
  }
  return owners;
}

/** Nothing but stored facts: never lived through. */
function isBlank({ establish, person }: LockedPerson): boolean {
  return establish && person.memory.events === 0 && person.standing.seq === 0 && person.aliases.length === 0;
}

/** The rows of a blank half become the survivor's, and nothing remains of it. */
async function absorb(
  client: Connection,
  workspaceId: string,
  { survivor, loser }: { readonly survivor: LockedPerson; readonly loser: LockedPerson },
): Promise<void> {
  const [from, to] = [loser.key, survivor.key];
  const { rows } = await client.query<{ message_id: string }>(
    `with gone as (
       delete from events
       where bucket = $1 and workspace_id = $2 and person_id = $3
       returning at, received_at, message_id, name, body, parked)
     insert into events (bucket, workspace_id, person_id, at, received_at, message_id, name, body, parked)
     select $4, $2, $5, at, received_at, message_id, name, body, parked
     from gone
     returning message_id`,
    [from.bucket, workspaceId, from.id, to.bucket, to.id],
  );
  const hashes = rows.map((row) => importHash(workspaceId, row.message_id));
  if (from.bucket !== to.bucket) {
    await client.query(
      `with gone as (
         delete from seen
         where bucket = $1 and workspace_id = $2 and message_hash = any($3::bytea[])
         returning message_hash, body_hash)
       insert into seen (bucket, workspace_id, message_hash, body_hash)
       select $4, $2, message_hash, body_hash
       from gone
       on conflict do nothing`,
      [from.bucket, workspaceId, byteaArray(hashes), to.bucket],
    );
  }
  await client.query(
    `update identities
     set person_bucket = $3, person_id = $4
     where workspace_id = $1 and person_id = $2`,
    [workspaceId, from.id, to.bucket, to.id],
  );
  await moveTouched(client, workspaceId, { from, to });
  await client.query('delete from people where bucket = $1 and workspace_id = $2 and id = $3', [
    from.bucket,
    workspaceId,
    from.id,
  ]);
}

/** Identities as they must still stand after what this transaction moved itself. */
function expectedOf(
  known: ReadonlyMap<string, KnownIdentity>,
  owners: ReadonlyMap<Group, Owner>,
): readonly KnownIdentity[] {
  const survivors = new Map<string, string>();
  for (const [group, { key }] of owners) for (const id of group.people) survivors.set(id, key.id);
  return [...known.values()].map((identity) => ({
    ...identity,
    personId: survivors.get(identity.personId) ?? identity.personId,
  }));
}
