// One group commit: resolve identities → lock people → merge → deduplicate → step each person's events → write → commit.
// An event is stored together with everything it causes, or not at all. Throws what Postgres throws; the committer
// retries, halves and answers.
import { randomUUID } from 'node:crypto';
import { personKey } from './bucket.ts';
import { erasedAmong } from './erasures.ts';
import { encodeEventBody } from './events.ts';
import { countIdentities, findIdentities, insertIdentities, markIdentities } from './identities.ts';
import type { EventOutcome, IncomingEvent, Refusal, Refused } from './incoming.ts';
import { mergeLocked } from './merges.ts';
import { lockPeople, makeLocked } from './people.ts';
import type { LockedPeople, LockedPerson } from './people.ts';
import type { Connection } from './pool.ts';
import { insertQuarantine, noticeId } from './quarantine.ts';
import type { QuarantineRow } from './quarantine.ts';
import { identitiesOf, resolve } from './resolve.ts';
import type { Group, IdentityKey, KnownIdentity, KnownPerson, Resolution, ResolvedEvent } from './resolve.ts';
import { newRows } from './rows.ts';
import type { Rows } from './rows.ts';
import { findSeen, insertSeen } from './seen.ts';
import { park, takeInput, writePeople } from './steps.ts';
import type { StepContext, StepDeps, StepReport } from './steps.ts';

export interface IngestOptions {
  readonly strict: boolean;
  readonly newId: () => string;
  readonly hasToken?: (event: IncomingEvent) => boolean;
  /** Asked before strangers are made people: two commits that meet the same stranger would undo each other. */
  readonly turn?: () => Promise<'at once' | 'waited'>;
  /** Key of the hashes of erased identities; without it nobody is refused for being erased. */
  readonly erasureKey?: string | undefined;
}

export interface IngestReport extends Pick<StepReport, 'wakeAt' | 'messages'> {
  /** outcomes[i] belongs to events[i]. */
  readonly outcomes: readonly EventOutcome[];
}

/** Someone else was first with an identity or moved one: roll back and start again. */
export class IdentitiesMoved extends Error {
  override readonly name = 'IdentitiesMoved';
  readonly code = '40001';
}

/** Inside the caller's transaction. `refused` are events that never passed the door; they are kept with this commit. */
export async function ingestLocked(
  deps: Pick<StepDeps, 'silenceUpTo'>,
  client: Connection,
  context: StepContext,
  batch: {
    readonly events: readonly IncomingEvent[];
    readonly refused: readonly (Refused & { readonly source: string })[];
  },
  options: IngestOptions,
): Promise<IngestReport> {
  const { workspaceId, now } = context;
  const hasToken = options.hasToken ?? (() => false);
  const quarantine = batch.refused.map((r) => kept(r, r.source, now));
  const outcomes: EventOutcome[] = new Array(batch.events.length);
  const places = new Map<IncomingEvent, number>();
  batch.events.forEach((event, place) => {
    if (!options.strict || event.fact.trust !== 'browser' || hasToken(event) || isAnonymous(event)) {
      places.set(event, place);
      return;
    }
    const refusal = tokenNeeded();
    outcomes[place] = { kind: 'refused', refusal };
    quarantine.push(kept({ refusal, messageId: event.fact.id, body: event.body }, event.fact.trust, now));
  });
  const keys = uniqueKeys([...places.keys()]);
  let known = await findIdentities(client, workspaceId, keys);
  const strangers = known.size < keys.length;
  // Who had to wait looks again: the stranger may have been made meanwhile.
  if (strangers && (await options.turn?.()) === 'waited')
    known = await findIdentities(client, workspaceId, keys);
  if (strangers)
    await refuseErased(client, workspaceId, { places, known, outcomes, quarantine, now }, options.erasureKey);
  const events = [...places.keys()];
  let written: Pick<StepReport, 'wakeAt' | 'messages'> = { wakeAt: null, messages: false };
  if (events.length > 0) {
    const locked = await lockKnown(client, context, known);
    const resolution = resolve({
      events,
      known,
      people: await describePeople(client, workspaceId, { events, known, locked }),
      strict: options.strict,
      hasToken,
    });
    const people = await settleGroups(client, context, { resolution, locked, newId: options.newId });
    const fresh = await deduplicate(client, workspaceId, {
      resolution,
      people,
      known,
      places,
      outcomes,
      quarantine,
      now,
    });
    written = await stepAll(deps, client, context, { events: fresh, people, outcomes, quarantine });
  }
  await insertQuarantine(client, workspaceId, quarantine);
  return { outcomes, ...written };
}

/**
 * Whoever was erased is not taken in again; nothing of the event is kept. Their identities went with them: only those that nobody has
 * are asked about.
 */
async function refuseErased(
  client: Connection,
  workspaceId: string,
  batch: {
    readonly places: Map<IncomingEvent, number>;
    readonly known: ReadonlyMap<string, KnownIdentity>;
    readonly outcomes: EventOutcome[];
    readonly quarantine: QuarantineRow[];
    readonly now: number;
  },
  key: string | undefined,
): Promise<void> {
  const named = [...batch.places.keys()].flatMap(identitiesOf);
  const identities = named.filter(({ text }) => !batch.known.has(text));
  const erased = await erasedAmong(client, workspaceId, { key, identities });
  if (erased.size === 0) return;
  const refusal = erasedIdentity();
  for (const [event, place] of batch.places) {
    if (!identitiesOf(event).some(({ text }) => erased.has(text))) continue;
    batch.outcomes[place] = { kind: 'refused', refusal };
    const row = kept({ refusal, messageId: null, body: '' }, event.fact.trust, batch.now);
    batch.quarantine.push({ ...row, id: noticeId(workspaceId, refusal) });
    batch.places.delete(event);
  }
}

function isAnonymous(event: IncomingEvent): boolean {
  return event.fact.identities.some(([kind]) => kind === 'anonymous_id');
}

function uniqueKeys(events: readonly IncomingEvent[]): readonly IdentityKey[] {
  const keys = new Map<string, IdentityKey>();
  for (const event of events) {
    for (const key of identitiesOf(event)) keys.set(key.text, key);
  }
  return [...keys.values()];
}

async function lockKnown(
  client: Connection,
  context: StepContext,
  known: ReadonlyMap<string, KnownIdentity & { readonly personBucket: number }>,
): Promise<LockedPeople> {
  const keys = new Map<string, { readonly bucket: number; readonly id: string }>();
  for (const { personId, personBucket } of known.values())
    keys.set(personId, { bucket: personBucket, id: personId });
  if (keys.size === 0) return new Map();
  const locked = await lockPeople(client, context.workspaceId, [...keys.values()], {
    program: context.program,
  });
  for (const id of keys.keys()) {
    if (!locked.has(id)) throw new IdentitiesMoved(`person ${id} is gone`);
  }
  return locked;
}

/** What resolution must know of the people under lock; identities are counted only where new ones may be added. */
async function describePeople(
  client: Connection,
  workspaceId: string,
  batch: {
    readonly events: readonly IncomingEvent[];
    readonly known: ReadonlyMap<string, KnownIdentity>;
    readonly locked: LockedPeople;
  },
): Promise<ReadonlyMap<string, KnownPerson>> {
  const growing = new Set<string>();
  for (const event of batch.events) {
    const keys = identitiesOf(event).map((key) => batch.known.get(key.text));
    if (!keys.includes(undefined)) continue;
    for (const key of keys) {
      const person = key === undefined ? undefined : batch.locked.get(key.personId);
      if (person !== undefined) growing.add(person.key.id);
    }
  }
  const counts = await countIdentities(client, workspaceId, [...growing]);
  const people = new Map<string, KnownPerson>();
  for (const [asked, { key, createdAt, person }] of batch.locked) {
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

/** Makes new people, merges those who are one, writes new identities. Gives the one person of each group. */
async function settleGroups(
  client: Connection,
  context: StepContext,
  how: { readonly resolution: Resolution; readonly locked: LockedPeople; readonly newId: () => string },
): Promise<ReadonlyMap<Group, LockedPerson>> {
  const { resolution, locked } = how;
  const { workspaceId, now } = context;
  const people = new Map<Group, LockedPerson>();
  for (const group of resolution.groups) {
    const [first, ...others] = group.people.map((id) => locked.get(id)).filter((p) => p !== undefined);
    const survivor = first ?? makeLocked(personKey(how.newId()), context.program, now);
    people.set(group, survivor);
    for (const loser of others)
      await mergeLocked(client, context, { survivor, loser, messageId: group.cause });
  }
  const added = resolution.groups.flatMap((group) => {
    const person = people.get(group);
    return person === undefined
      ? []
      : group.newIdentities.map((identity) => ({ ...identity, personId: person.key.id }));
  });
  if (!(await insertIdentities(client, workspaceId, added, now)))
    throw new IdentitiesMoved('an identity was made meanwhile');
  if (!(await markIdentities(client, workspaceId, resolution.marks)))
    throw new IdentitiesMoved('an id met a user meanwhile');
  return people;
}

type Placed = ResolvedEvent & {
  readonly person: LockedPerson;
  readonly at: number;
  /** Hex of the message hash; null: the id was made here and cannot repeat. */
  readonly key: string | null;
};

/** Leaves the events that were never accepted before; the others get their outcome here. */
async function deduplicate(
  client: Connection,
  workspaceId: string,
  how: {
    readonly resolution: Resolution;
    readonly people: ReadonlyMap<Group, LockedPerson>;
    readonly known: ReadonlyMap<string, KnownIdentity>;
    readonly places: ReadonlyMap<IncomingEvent, number>;
    readonly outcomes: EventOutcome[];
    readonly quarantine: QuarantineRow[];
    readonly now: number;
  },
): Promise<readonly Placed[]> {
  const { outcomes, quarantine, now } = how;
  const repeat = (place: number, event: IncomingEvent, bodyHash: Buffer): void => {
    if (bodyHash.equals(event.bodyHash)) {
      outcomes[place] = { kind: 'duplicate' };
      return;
    }
    const refusal = reused(event);
    outcomes[place] = { kind: 'refused', refusal };
    quarantine.push(kept({ refusal, messageId: event.fact.id, body: event.body }, event.fact.trust, now));
  };
  const first = new Map<string, IncomingEvent>();
  const placed: Placed[] = [];
  for (const resolved of how.resolution.events) {
    const { event, group } = resolved;
    const at = how.places.get(event);
    const person = how.people.get(group);
    if (person === undefined || at === undefined) throw new Error('an event belongs to nobody');
    const hash = event.messageHash?.toString('hex') ?? null;
    const earlier = hash === null ? undefined : first.get(hash);
    if (earlier !== undefined) {
      repeat(at, event, earlier.bodyHash);
      continue;
    }
    if (hash !== null) first.set(hash, event);
    placed.push({ event, group, refused: resolved.refused, person, at, key: hash });
  }

  const merged = placed.flatMap(({ event: { messageHash }, person }) =>
    messageHash === null ? [] : person.person.aliases.map(({ bucket }) => ({ bucket, messageHash })),
  );
  const before = await findSeen(client, workspaceId, merged);
  const asked = placed.filter(({ key }) => key !== null && !before.has(key));
  const seen = await insertSeen(
    client,
    workspaceId,
    asked.map(({ event: { messageHash, bodyHash }, person, key }) => ({
      ...(key === null ? {} : { key }),
      bucket: person.key.bucket,
      messageHash: messageHash ?? Buffer.alloc(0),
      bodyHash,
    })),
    expected(how),
  );
  if (seen.moved) throw new IdentitiesMoved('an identity was moved meanwhile');
  const isOld = ({ key }: Placed): boolean => key !== null && !seen.fresh.has(key);
  const olds = placed.filter(isOld);
  if (olds.length === 0) return placed;
  const stored = new Map([
    ...before,
    ...(await findSeen(
      client,
      workspaceId,
      asked.filter(isOld).map(({ event, person }) => ({
        bucket: person.key.bucket,
        messageHash: event.messageHash ?? Buffer.alloc(0),
      })),
    )),
  ]);
  for (const old of olds) {
    repeat(old.at, old.event, stored.get(old.key ?? '') ?? old.event.bodyHash);
  }
  return placed.filter((p) => !isOld(p));
}

/** Identities as they must still stand: stored ones, with the marks and moves that this transaction made itself. */
function expected(how: {
  readonly resolution: Resolution;
  readonly people: ReadonlyMap<Group, LockedPerson>;
  readonly known: ReadonlyMap<string, KnownIdentity>;
}): readonly KnownIdentity[] {
  const isMoved = how.resolution.groups.some((group) => group.people.length > 1);
  if (!isMoved && how.resolution.marks.length === 0) return [...how.known.values()];
  const marks = new Map(how.resolution.marks.map((m) => [m.anonymousId, m.userId]));
  const survivors = new Map<string, string>();
  for (const [group, person] of how.people) for (const id of group.people) survivors.set(id, person.key.id);
  return [...how.known.values()].map((identity) => ({
    ...identity,
    personId: survivors.get(identity.personId) ?? identity.personId,
    userId:
      identity.kind === 'anonymous_id' ? (marks.get(identity.value) ?? identity.userId) : identity.userId,
  }));
}

async function stepAll(
  deps: Pick<StepDeps, 'silenceUpTo'>,
  client: Connection,
  context: StepContext,
  batch: {
    readonly events: readonly Placed[];
    readonly people: ReadonlyMap<Group, LockedPerson>;
    readonly outcomes: EventOutcome[];
    readonly quarantine: QuarantineRow[];
  },
): Promise<Pick<StepReport, 'wakeAt' | 'messages'>> {
  const rows = newRows();
  // A person's events are taken by own time, and as they were sent where that is the same: clients stamp a whole burst
  // with one millisecond, and consent given just before an order must count for it.
  const ordered = batch.events.toSorted((a, b) => a.event.fact.at - b.event.fact.at);
  for (const placed of ordered) {
    batch.outcomes[placed.at] = await takeEvent(deps, client, context, placed, rows);
    for (const refusal of [...placed.event.notices, ...placed.refused.map((r) => r.refusal)]) {
      const id = noticeId(context.workspaceId, refusal);
      batch.quarantine.push({
        ...kept(
          { refusal, messageId: placed.event.fact.id, body: placed.event.body },
          placed.event.fact.trust,
          context.now,
        ),
        id,
      });
    }
  }
  const people = new Set(batch.people.values());
  const wakeAt = await writePeople(client, context, [...people], rows);
  return { wakeAt, messages: rows.messages.some((m) => m.kind === 'insert' || m.state === 'queued') };
}

async function takeEvent(
  deps: Pick<StepDeps, 'silenceUpTo'>,
  client: Connection,
  context: StepContext,
  placed: Placed,
  rows: Rows,
): Promise<EventOutcome> {
  const { event, person, refused } = placed;
  const isRefused = (kind: string, value: string): boolean =>
    refused.some((r) => r.kind === kind && r.value === value);
  const fact =
    refused.length === 0
      ? event.fact
      : {
          ...event.fact,
          identities: event.fact.identities.filter(([kind, value]) => !isRefused(kind, value)),
        };
  const input = { kind: 'event', event: fact } as const;
  const taken = await takeInput(deps, client, context, person, input);
  rows.events.push({
    person: person.key,
    at: fact.at,
    receivedAt: event.receivedAt,
    messageId: fact.id,
    name: fact.name,
    body: fact === event.fact ? event.body : encodeEventBody(fact, event.context),
    parked: taken.kind === 'parked',
  });
  if (taken.kind === 'stepped') return { kind: 'stored' };
  park(rows, person, input, { ...taken, now: context.now });
  return { kind: 'parked', reason: taken.reason };
}

function tokenNeeded(): Refusal {
  return {
    code: 'token_needed',
    field: 'userId',
    message: 'A browser spoke for a user without a signed token, and strict linking is on.',
    hint: 'Send anonymousId, or the token made by your server, or switch strict linking off in the settings.',
  };
}

function erasedIdentity(): Refusal {
  return {
    code: 'erased_identity',
    field: null,
    message: 'An event names somebody who was erased.',
    hint: 'Take them out of the system that sends this too. Nothing of the event was kept.',
  };
}

function reused(event: IncomingEvent): Refusal {
  return {
    code: 'message_id_reused',
    field: 'messageId',
    message: `messageId "${event.fact.id.slice(0, 60)}" was used before for another event.`,
    hint: 'Give each event an id of its own; repeat an id only to send the very same event again.',
  };
}

function kept(
  what: { readonly refusal: Refusal; readonly messageId: string | null; readonly body: string },
  source: string,
  at: number,
): QuarantineRow {
  return { id: randomUUID(), at, source, refusal: what.refusal, messageId: what.messageId, body: what.body };
}
