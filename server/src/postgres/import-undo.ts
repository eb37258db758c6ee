// Takes back what an import brought, some people at a time: its facts go, whoever was known by them alone goes with everything
// that is theirs, all others are lived through again without them. Contacts nobody; what was decided live stays.
import type { Decision, EventFact } from '@rapport/engine';
import { byteaArray, instantArray, int2Array, textArray, uuidArray } from './binary-array.ts';
import { identityBucket } from './bucket.ts';
import type { PersonKey } from './bucket.ts';
import { encodeEventBody, loadHistory } from './events.ts';
import { importHash } from './import-owners.ts';
import { deleteTouched, nextTouched } from './import-people.ts';
import type { Touched } from './import-people.ts';
import { saveProgress } from './imports.ts';
import type { ImportProgress, ImportRow, UndoProgress } from './imports.ts';
import { deletePeople } from './people-delete.ts';
import { historyKeys, lockPeople } from './people.ts';
import type { LockedPerson } from './people.ts';
import type { Connection } from './pool.ts';
import { newRows, writeRows } from './rows.ts';
import { establishFirst, notify, park, retrying, takeInput, writePeople } from './steps.ts';
import type { StepContext, StepDeps } from './steps.ts';

/** A transaction of bulk work holds at most this many people. */
const PEOPLE_MAX = 100;

/** Null: nobody is left. */
export async function undoBatch(deps: StepDeps, row: ImportRow): Promise<ImportProgress | null> {
  const touched = await nextTouched(deps.pool, row, PEOPLE_MAX);
  if (touched.length === 0) return null;
  const { progress, wakeAt } = await retrying(deps, row.workspace_id, (client, context) =>
    undoLocked(client, context, { row, touched }),
  );
  notify(deps, { wakeAt, messages: false });
  return progress;
}

async function undoLocked(
  client: Connection,
  context: StepContext,
  { row, touched }: { readonly row: ImportRow; readonly touched: readonly Touched[] },
): Promise<{ readonly progress: ImportProgress; readonly wakeAt: number | null }> {
  const { workspaceId } = context;
  const keys = [...new Map(touched.map(({ id, bucket }) => [id, { id, bucket }])).values()];
  const locked = await lockPeople(client, workspaceId, keys, { program: context.program });
  const people = [...new Set(locked.values())];
  const deleted = await deleteFacts(client, workspaceId, touched, people);
  const staying = await findStaying(client, workspaceId, people);
  const gone = people.filter(({ key }) => !staying.has(key.id));
  const kept = people.filter(({ key }) => staying.has(key.id));
  await settleIdentities(client, context, { row, kept, deleted });
  const rows = newRows();
  let withdrawn = 0;
  for (const person of kept) if (await refold(client, context, { row, person, rows })) withdrawn += 1;
  const wakeAt = await writePeople(client, context, kept, rows, { rearm: true });
  await deletePeople(
    client,
    workspaceId,
    gone.map(({ key }) => key),
  );
  await deleteTouched(client, row, keys);
  const undo = row.progress.undo ?? NOTHING_UNDONE;
  const progress: ImportProgress = {
    ...row.progress,
    undo: {
      of: Math.max(undo.of, undo.done + keys.length),
      done: undo.done + keys.length,
      facts: undo.facts + deleted.length,
      removed: undo.removed + gone.length,
      kept: undo.kept + kept.length,
      withdrawn: undo.withdrawn + withdrawn,
    },
  };
  if (!(await saveProgress(client, row, { from: 'undoing', progress })))
    throw new Error('the import is not being taken back any more');
  return { progress, wakeAt };
}

export const NOTHING_UNDONE: UndoProgress = {
  of: 0,
  done: 0,
  facts: 0,
  removed: 0,
  kept: 0,
  withdrawn: 0,
};

interface DeletedFact {
  readonly person_id: string;
  readonly at: Date;
  readonly message_id: string;
}

/** The facts and what remembers them, so that a second import of the same file brings them again. */
async function deleteFacts(
  client: Connection,
  workspaceId: string,
  touched: readonly Touched[],
  people: readonly LockedPerson[],
): Promise<readonly DeletedFact[]> {
  const { rows } = await client.query<DeletedFact>(
    `delete from events e
     using unnest($2::int2[], $3::uuid[], $4::timestamptz[]) u(bucket, id, at)
     where e.bucket = u.bucket and e.workspace_id = $1 and e.person_id = u.id and e.received_at = u.at
       and e.body::jsonb ->> 'trust' = 'import'
     returning e.person_id, e.at, e.message_id`,
    [
      workspaceId,
      int2Array(touched.map(({ bucket }) => bucket)),
      uuidArray(touched.map(({ id }) => id)),
      instantArray(touched.map(({ at }) => at.getTime())),
    ],
  );
  const hashes = rows.map((row) => importHash(workspaceId, row.message_id));
  // It stands under whoever had it when it came; they may have been merged since.
  const buckets = [
    ...new Set([
      ...touched.map(({ bucket }) => bucket),
      ...people.flatMap((person) => historyKeys(person).map(({ bucket }) => bucket)),
    ]),
  ];
  await client.query(
    `delete from seen
     where bucket = any($1::int2[]) and workspace_id = $2 and message_hash = any($3::bytea[])`,
    [int2Array(buckets), workspaceId, byteaArray(hashes)],
  );
  return rows;
}

/**
 * Addresses and numbers that only the file brought go with it: they may be what was wrong. Whoever would have none left keeps them,
 * by a fact that says nothing else, so that what they said by hand still finds them.
 */
async function settleIdentities(
  client: Connection,
  context: StepContext,
  what: {
    readonly row: ImportRow;
    readonly kept: readonly LockedPerson[];
    readonly deleted: readonly DeletedFact[];
  },
): Promise<void> {
  const { workspaceId, now } = context;
  const { rows: known } = await client.query<{ person_id: string; kind: string; value: string }>(
    `select person_id, kind, value from identities where workspace_id = $1 and person_id = any($2::uuid[])`,
    [workspaceId, uuidArray(what.kept.map(({ key }) => key.id))],
  );
  const rows = newRows();
  const gone: { readonly kind: string; readonly value: string }[] = [];
  for (const person of what.kept) {
    const theirs = known.filter((one) => one.person_id === person.key.id);
    const history = await loadHistory(client, workspaceId, historyKeys(person));
    const unsaid = theirs.filter(
      ({ kind, value }) =>
        !history.some(({ identities }) => identities.some(([k, v]) => k === kind && v === value)),
    );
    if (unsaid.length === 0) continue;
    if (unsaid.length < theirs.length) {
      gone.push(...unsaid);
      continue;
    }
    const keys = new Set(historyKeys(person).map(({ id }) => id));
    const first = Math.min(
      now,
      ...what.deleted.filter((one) => keys.has(one.person_id)).map(({ at }) => at.getTime()),
    );
    const fact: EventFact = {
      id: `undone:${what.row.id}:${person.key.id}`,
      at: first,
      type: 'identify',
      name: 'Identified',
      trust: 'import',
      properties: {},
      traits: {},
      identities: unsaid.map(({ kind, value }) => [kind, value] as const),
    };
    rows.events.push({
      person: person.key,
      at: fact.at,
      receivedAt: now,
      messageId: fact.id,
      name: fact.name,
      body: encodeEventBody(fact),
      parked: false,
    });
  }
  await writeRows(client, workspaceId, rows);
  await client.query(
    `delete from identities i
     using unnest($2::int2[], $3::text[], $4::text[]) u(bucket, kind, value)
     where i.bucket = u.bucket and i.workspace_id = $1 and i.kind = u.kind and i.value = u.value`,
    [
      workspaceId,
      int2Array(gone.map(({ kind, value }) => identityBucket(kind, value))),
      textArray(gone.map(({ kind }) => kind)),
      textArray(gone.map(({ value }) => value)),
    ],
  );
}

/** Causes of decisions that do not keep anybody: what the file, silence and definitions alone brought about. */
export const KEEPS_NOBODY: readonly string[] = ['import', 'definition', 'refit', 'time', 'thaw'];

/**
 * Whoever is known by something else: another fact, a merge, a message, a note, or something that was done for them by hand.
 */
async function findStaying(
  client: Connection,
  workspaceId: string,
  people: readonly LockedPerson[],
): Promise<ReadonlySet<string>> {
  const keys = people.map(({ key }) => key);
  const theirs = (table: string): string =>
    `select 1 from ${table} t where t.bucket = u.bucket and t.workspace_id = $1 and t.person_id = u.id`;
  const { rows } = await client.query<{ id: string }>(
    `select u.id
     from unnest($2::int2[], $3::uuid[]) u(bucket, id)
     where exists (${theirs('events')})
       or exists (${theirs('messages')})
       or exists (${theirs('notes')})
       or exists (${theirs('decisions')}
         and t.body::jsonb -> 'cause' ->> 'kind' <> all ($4::text[]))`,
    [
      workspaceId,
      int2Array(keys.map(({ bucket }) => bucket)),
      uuidArray(keys.map(({ id }) => id)),
      KEEPS_NOBODY,
    ],
  );
  return new Set([
    ...rows.map(({ id }) => id),
    ...people.filter(({ person }) => person.aliases.length > 0).map(({ key }) => key.id),
  ]);
}

/** Lives them through without the file; true when a consent that it had given was withdrawn. */
async function refold(
  client: Connection,
  context: StepContext,
  what: {
    readonly row: ImportRow;
    readonly person: LockedPerson;
    readonly rows: ReturnType<typeof newRows>;
  },
): Promise<boolean> {
  const { row, person, rows } = what;
  const given = await findGiven(client, context.workspaceId, { row, person });
  person.establish = true;
  try {
    await establishFirst(client, context, person);
  } catch (error) {
    // One person whom the engine cannot live through never stops the others; their memory is made anew when they are next stepped.
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    person.establish = false;
    person.touched = true;
    person.person = { ...person.person, plan: '' };
    park(rows, person, { kind: 'time' }, { reason: 'assertion', detail, now: context.now });
    return false;
  }
  const changes = given.filter(({ channel, topic, source }) => {
    const now = person.person.standing.consents[`${channel}/${topic}`];
    return now?.status === 'given' && now.source === source;
  });
  if (changes.length === 0) return false;
  const withdrawal = changes.map((change) => ({
    ...change,
    status: 'withdrawn' as const,
    basis: 'import_undone',
    source: `import imp_${row.id} taken back`,
  }));
  const taken = await takeInput(
    {},
    client,
    context,
    person,
    { kind: 'consent', changes: withdrawal },
    { silent: true, cause: { kind: 'import', id: row.id } },
  );
  if (taken.kind === 'parked')
    park(rows, person, { kind: 'consent', changes: withdrawal }, { ...taken, now: context.now });
  return taken.kind === 'stepped';
}

type Consent = Extract<Decision, { kind: 'consent_changed' }>;

/** Consents that this import gave. */
async function findGiven(
  client: Connection,
  workspaceId: string,
  { row, person }: { readonly row: ImportRow; readonly person: LockedPerson },
): Promise<readonly Consent[]> {
  if (row.options.permission === 'none') return [];
  const keys: readonly PersonKey[] = historyKeys(person);
  const { rows } = await client.query<{ body: string }>(
    `select d.body
     from unnest($2::int2[], $3::uuid[]) u(bucket, id)
     join decisions d on d.bucket = u.bucket and d.workspace_id = $1 and d.person_id = u.id
     where d.kind = 'consent_changed' and d.body::jsonb -> 'cause' ->> 'kind' = 'import'
       and d.body::jsonb -> 'cause' ->> 'id' = $4`,
    [workspaceId, int2Array(keys.map(({ bucket }) => bucket)), uuidArray(keys.map(({ id }) => id)), row.id],
  );
  // Trusts what is stored: only steps.ts writes decisions.
  return rows.map(({ body }) => JSON.parse(body) as Consent).filter(({ status }) => status === 'given');
}
