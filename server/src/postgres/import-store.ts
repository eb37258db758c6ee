// First half of an import: facts and people into the tables, one bounded transaction at a time, with the import's
// progress in the same commit. Identities are resolved as ingestion resolves them. Steps nobody: whoever gets a new
// fact is marked `establish` and lives through it later.

import type { EventFact } from '@rapport/engine';
import type { RefusedRow } from '../import/orders.ts';
import { int2Array, int4Array, uuidArray } from './binary-array.ts';
import { encodeEventBody } from './events.ts';
import { erasedAmong } from './erasures.ts';
import { insertIdentities } from './identities.ts';
import { hash16, importHash, resolveOwners, type Owner } from './import-owners.ts';
import { insertTouched } from './import-people.ts';
import { insertRefusals, saveProgress, type ImportProgress, type ImportRow } from './imports.ts';
import type { IncomingEvent } from './incoming.ts';
import { IdentitiesMoved } from './ingest.ts';
import type { Connection } from './pool.ts';
import { identitiesOf, type KnownIdentity } from './resolve.ts';
import { newRows } from './rows.ts';
import { findSeen, insertSeen } from './seen.ts';
import { retrying, writePeople, type StepContext, type StepDeps } from './steps.ts';

export type StoreDeps = Pick<StepDeps, 'pool' | 'programs' | 'now'> & {
  readonly newId: () => string;
  /** Key of the hashes of erased identities; without it nobody is refused for being erased. */
  readonly erasureKey?: string | undefined;
};

/** What one item of a file brings: facts about one person, all with the same identities. */
export type StoreItem = {
  readonly row: number;
  readonly raw: string;
  readonly facts: readonly EventFact[];
  /** The import's permission covers this person: they are lived through again if nothing was ever said about e-mail. */
  readonly permitted: boolean;
};

export type StoreBatch = {
  readonly items: readonly StoreItem[];
  readonly refusals: readonly RefusedRow[];
  /** Refused rows that are counted and not kept. */
  readonly refusedUnkept: number;
  /** Progress before this batch; what is counted here is added. */
  readonly progress: ImportProgress;
  /** Counters that the reading itself knows. */
  readonly read: Pick<ImportProgress, 'items' | 'identical_rows'>;
};

export type StoreOutcome =
  | { readonly kind: 'stored'; readonly progress: ImportProgress }
  | { readonly kind: 'cancelled' };

export async function storeBatch(deps: StoreDeps, row: ImportRow, batch: StoreBatch): Promise<StoreOutcome> {
  try {
    const progress = await retrying(deps, row.workspace_id, (client, context) =>
      storeLocked(client, context, { row, batch, deps }),
    );
    return { kind: 'stored', progress };
  } catch (error) {
    if (error instanceof Cancelled) return { kind: 'cancelled' };
    throw error;
  }
}

class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

type Entry = {
  readonly item: StoreItem;
  readonly owner: Owner;
  readonly fact: EventFact;
  readonly messageHash: Buffer;
  readonly bodyHash: Buffer;
};

async function storeLocked(
  client: Connection,
  context: StepContext,
  how: { readonly row: ImportRow; readonly batch: StoreBatch; readonly deps: StoreDeps },
): Promise<ImportProgress> {
  const { row, batch, deps } = how;
  const { workspaceId } = context;
  const { items, erased } = await withoutErased(client, workspaceId, batch.items, deps.erasureKey);
  const resolved = await resolveOwners(client, context, {
    events: items.map(asEvent),
    newId: deps.newId,
  });
  const { owners } = resolved;
  const entries = resolved.events.flatMap(({ owner, refused }, at): readonly Entry[] => {
    const item = items[at];
    if (item === undefined) throw new Error('an item is gone');
    if (item.permitted && isSilent(owner)) owner.hasNewConsent = true;
    const isRefused = ([kind, value]: readonly [string, string]): boolean =>
      refused.some((r) => r.kind === kind && r.value === value);
    return item.facts.map((fact) => ({
      item,
      owner,
      fact:
        refused.length === 0 ? fact : { ...fact, identities: fact.identities.filter((i) => !isRefused(i)) },
      messageHash: importHash(workspaceId, fact.id),
      bodyHash: contentHash(fact),
    }));
  });
  const { fresh, duplicates, changed } = await deduplicate(client, workspaceId, entries, resolved.expected);
  for (const { owner } of fresh) owner.hasNewFact = true;
  await writeOwners(client, context, { owners, fresh });
  const touched = [...new Set(fresh.map(({ owner }) => owner.key))];
  await insertTouched(client, row, { keys: touched, at: context.now });
  const refusals = [...batch.refusals, ...erased.map(erasedRow), ...changed.map(changedRow)];
  await insertRefusals(client, row, refusals);
  const identitiesLeft = resolved.events.reduce((sum, { refused }) => sum + refused.length, 0);
  const progress = added(batch, { fresh, duplicates, refused: refusals.length, identitiesLeft, owners });
  if (!(await saveProgress(client, row, { from: 'storing', progress }))) throw new Cancelled('cancelled');
  return progress;
}

function added(
  batch: StoreBatch,
  now: {
    readonly fresh: readonly Entry[];
    readonly duplicates: number;
    readonly refused: number;
    readonly identitiesLeft: number;
    readonly owners: readonly Owner[];
  },
): ImportProgress {
  const { progress, read } = batch;
  const named = (name: string) => now.fresh.filter(({ fact }) => fact.name === name).length;
  return {
    ...progress,
    items: read.items,
    identical_rows: read.identical_rows,
    orders: progress.orders + named('Order Completed'),
    refunds: progress.refunds + named('Order Refunded'),
    people: progress.people + now.owners.filter((owner) => owner.locked === null && owner.hasNewFact).length,
    refused: progress.refused + now.refused + batch.refusedUnkept,
    duplicates: progress.duplicates + now.duplicates,
    identities_left: progress.identities_left + now.identitiesLeft,
  };
}

/** Whoever was erased is not taken in again. */
async function withoutErased(
  client: Connection,
  workspaceId: string,
  items: readonly StoreItem[],
  key: string | undefined,
): Promise<{ readonly items: readonly StoreItem[]; readonly erased: readonly StoreItem[] }> {
  const named = items.map((item, index) => identitiesOf(asEvent(item, index)));
  const texts = await erasedAmong(client, workspaceId, { key, identities: named.flat() });
  if (texts.size === 0) return { items, erased: [] };
  const isErased = (_: StoreItem, index: number): boolean =>
    named[index]?.some(({ text }) => texts.has(text)) === true;
  return {
    items: items.filter((item, index) => !isErased(item, index)),
    erased: items.filter(isErased),
  };
}

/** What resolution asks of an event; an item's facts share their identities. */
function asEvent(item: StoreItem, index: number): IncomingEvent {
  const [fact] = item.facts;
  if (fact === undefined) throw new Error('an item without facts');
  return {
    index,
    fact,
    receivedAt: fact.at,
    context: undefined,
    previousId: null,
    body: '',
    messageHash: null,
    bodyHash: Buffer.alloc(0),
    notices: [],
    size: 0,
  };
}

/** Whether nothing was ever said about e-mail to somebody we know. */
function isSilent({ locked }: Owner): boolean {
  return locked !== null && locked.person.standing.consents['email/*'] === undefined;
}

/** New facts only. The first accepted content of an id stands; another one under it is told apart. */
async function deduplicate(
  client: Connection,
  workspaceId: string,
  entries: readonly Entry[],
  expected: readonly KnownIdentity[],
): Promise<{
  readonly fresh: readonly Entry[];
  readonly duplicates: number;
  readonly changed: readonly Entry[];
}> {
  const first = new Map<string, Entry>();
  const again: { readonly entry: Entry; readonly bodyHash: Buffer }[] = [];
  for (const entry of entries) {
    const text = entry.messageHash.toString('hex');
    const earlier = first.get(text);
    if (earlier === undefined) first.set(text, entry);
    else again.push({ entry, bodyHash: earlier.bodyHash });
  }
  const asked = [...first.values()];
  const underAliases = await findSeen(
    client,
    workspaceId,
    asked.flatMap(({ owner, messageHash }) =>
      (owner.locked?.person.aliases ?? []).map(({ bucket }) => ({ bucket, messageHash })),
    ),
  );
  const unknown = asked.filter(({ messageHash }) => !underAliases.has(messageHash.toString('hex')));
  const seen = await insertSeen(
    client,
    workspaceId,
    unknown.map(({ owner, messageHash, bodyHash }) => ({ bucket: owner.key.bucket, messageHash, bodyHash })),
    expected,
  );
  if (seen.moved) throw new IdentitiesMoved('an identity was moved meanwhile');
  const isFresh = ({ messageHash }: Entry): boolean => seen.fresh.has(messageHash.toString('hex'));
  const old = unknown.filter((entry) => !isFresh(entry));
  const stored = new Map([
    ...underAliases,
    ...(await findSeen(
      client,
      workspaceId,
      old.map(({ owner, messageHash }) => ({ bucket: owner.key.bucket, messageHash })),
    )),
  ]);
  for (const entry of asked) {
    const bodyHash = isFresh(entry) ? undefined : stored.get(entry.messageHash.toString('hex'));
    if (bodyHash !== undefined) again.push({ entry, bodyHash });
  }
  const changed = again
    .filter(({ entry, bodyHash }) => !bodyHash.equals(entry.bodyHash))
    .map(({ entry }) => entry);
  return { fresh: unknown.filter(isFresh), duplicates: again.length - changed.length, changed };
}

/** New people as blank rows, their identities, the facts, and the marks. */
async function writeOwners(
  client: Connection,
  context: StepContext,
  batch: { readonly owners: readonly Owner[]; readonly fresh: readonly Entry[] },
): Promise<void> {
  const { workspaceId, now } = context;
  const rows = newRows();
  for (const { owner, fact } of batch.fresh) {
    rows.events.push({
      person: owner.key,
      at: fact.at,
      receivedAt: now,
      messageId: fact.id,
      name: fact.name,
      body: encodeEventBody(fact),
      parked: false,
    });
  }
  const merged = batch.owners.flatMap(({ locked }) => (locked === null ? [] : [locked]));
  await writePeople(client, context, [...new Set(merged)], rows);
  const touched = batch.owners.filter((owner) => owner.hasNewFact || owner.hasNewConsent);
  await insertBlank(
    client,
    context,
    touched.filter(({ locked, hasNewFact }) => locked === null && hasNewFact),
  );
  await markPeople(
    client,
    workspaceId,
    touched.filter(({ locked }) => locked !== null),
  );
  const identities = touched
    .filter(({ hasNewFact }) => hasNewFact)
    .flatMap(({ group, key }) => group.newIdentities.map((identity) => ({ ...identity, personId: key.id })));
  if (!(await insertIdentities(client, workspaceId, identities, now))) {
    throw new IdentitiesMoved('an identity was made meanwhile');
  }
}

async function insertBlank(
  client: Connection,
  context: StepContext,
  owners: readonly Owner[],
): Promise<void> {
  if (owners.length === 0) return;
  await client.query({
    name: 'import_people_insert',
    text: `insert into people (bucket, workspace_id, id, created_at, state, program_version, establish)
           select u.bucket, $1, u.id, $2, '{}', u.version, true
           from unnest($3::int2[], $4::uuid[], $5::int4[]) u(bucket, id, version)`,
    values: [
      context.workspaceId,
      new Date(context.now),
      int2Array(owners.map(({ key }) => key.bucket)),
      uuidArray(owners.map(({ key }) => key.id)),
      int4Array(owners.map(() => context.program.version)),
    ],
  });
}

async function markPeople(client: Connection, workspaceId: string, owners: readonly Owner[]): Promise<void> {
  if (owners.length === 0) return;
  await client.query({
    name: 'import_people_mark',
    text: `update people p
           set establish = true
           from unnest($2::int2[], $3::uuid[]) u(bucket, id)
           where p.bucket = u.bucket and p.workspace_id = $1 and p.id = u.id and not p.establish`,
    values: [
      workspaceId,
      int2Array(owners.map(({ key }) => key.bucket)),
      uuidArray(owners.map(({ key }) => key.id)),
    ],
  });
}

/** What makes two facts of one id the same: a city that changed since does not change an order. */
function contentHash(fact: EventFact): Buffer {
  const content = fact.type === 'identify' ? [fact.traits] : [fact.at, fact.properties];
  return hash16(JSON.stringify([fact.name, ...content]));
}

/** Nothing of the row is kept. */
function erasedRow(item: StoreItem): RefusedRow {
  return {
    kind: 'refused',
    row: item.row,
    line: item.row,
    code: 'person_erased',
    reason: 'The row names somebody who was erased.',
    hint: 'Take them out of the system that the file comes from, too. Nothing of the row was kept.',
    raw: '',
  };
}

function changedRow({ item, fact }: Entry): RefusedRow {
  const orderId = fact.properties['order_id'];
  const what = typeof orderId === 'string' ? `Order '${orderId.slice(0, 60).toWellFormed()}'` : 'This row';
  return {
    kind: 'refused',
    row: item.row,
    line: item.row,
    code: 'order_changed',
    reason: `${what} is known with another date, amount or content; what was imported first stands.`,
    hint: 'Send refunds and corrections as live events.',
    raw: item.raw,
  };
}
