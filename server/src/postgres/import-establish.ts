// Second half of an import: everyone who got new facts lives through their history, silently, in bounded transactions.
// The mark `people.establish` is the queue: it is set with the facts and cleared with the state, so a kill loses nothing.

import { establish } from '@rapport/engine';
import type { EventFact, Program, Stepped } from '@rapport/engine';
import { int2Array, uuidArray } from './binary-array.ts';
import type { PersonKey } from './bucket.ts';
import { establishOptions, loadEstablishing, type Establishing } from './establishing.ts';
import { decodeEvent } from './events.ts';
import { historyKeys, lockPeople, type LockedPerson } from './people.ts';
import type { Connection, Queryable } from './pool.ts';
import { newRows } from './rows.ts';
import { accept, notify, park, retrying, writePeople, type StepDeps } from './steps.ts';

export type EstablishReport = {
  /** How many were lived through now; 0: nobody is left. */
  readonly people: number;
  readonly parked: number;
};

/** A transaction of bulk work holds at most this many people. */
const PEOPLE_MAX = 200;
/** The thread is given back after this long, so that a running server keeps answering. */
const SLICE_MS = 8;

export async function countToEstablish(db: Queryable, workspaceId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count
     from people
     where workspace_id = $1 and establish and merged_into is null`,
    [workspaceId],
  );
  return rows[0]?.count ?? 0;
}

/** The next people; `pause` gives the thread back between two of them. `also` runs in the same transaction. */
export async function establishBatch(
  deps: StepDeps & { readonly pause: () => Promise<void> },
  workspaceId: string,
  also: (client: Queryable, people: number) => Promise<void>,
): Promise<EstablishReport> {
  const keys = await findMarked(deps.pool, workspaceId);
  if (keys.length === 0) return { people: 0, parked: 0 };
  let parked = 0;
  const report = await retrying(deps, workspaceId, async (client, context) => {
    parked = 0;
    const locked = await lockPeople(client, workspaceId, keys, { program: context.program });
    const people = [...new Set(locked.values())].filter((person) => person.establish);
    const how = await loadEstablishing(client, workspaceId);
    const histories = await loadHistories(client, workspaceId, people);
    const rows = newRows();
    let sliceEnd = performance.now() + SLICE_MS;
    for (const person of people) {
      const history = histories.get(person.key.id) ?? [];
      const detail = liveThrough(person, { how, history, program: context.program, now: context.now });
      if (detail !== null) {
        parked += 1;
        // Without a plan the state is folded again from the stored facts when the person is next stepped.
        accept(person, { ...person.person, plan: '' }, []);
        park(rows, person, { kind: 'time' }, { reason: 'assertion', detail, now: context.now });
      }
      person.establish = false;
      if (performance.now() > sliceEnd) {
        await deps.pause();
        sliceEnd = performance.now() + SLICE_MS;
      }
    }
    const wakeAt = await writePeople(client, context, people, rows, { rearm: true });
    await also(client, people.length);
    return { wakeAt, messages: false, people: people.length };
  });
  notify(deps, report);
  return { people: report.people, parked };
}

/** Null when all went well, else what the engine said. One person's failure never stops the others. */
function liveThrough(
  person: LockedPerson,
  given: {
    readonly how: Establishing;
    readonly history: readonly EventFact[];
    readonly program: Program;
    readonly now: number;
  },
): string | null {
  const { program, history } = given;
  let stepped: Stepped;
  try {
    stepped = establish(
      program,
      person.person,
      history,
      establishOptions(given.how, person.person, history, given.now),
    );
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  if (stepped.kind !== 'stepped') return `an imported history could not be lived through: ${stepped.kind}`;
  accept(person, stepped.person, stepped.decisions);
  return null;
}

async function findMarked(db: Queryable, workspaceId: string): Promise<readonly PersonKey[]> {
  const { rows } = await db.query<PersonKey>({
    name: 'import_marked',
    text: `select bucket, id
           from people
           where workspace_id = $1 and establish and merged_into is null
           order by bucket, id
           limit $2`,
    values: [workspaceId, PEOPLE_MAX],
  });
  return rows;
}

/** All stored facts of these people and of those merged into them, each in order of time. */
async function loadHistories(
  client: Connection,
  workspaceId: string,
  people: readonly LockedPerson[],
): Promise<ReadonlyMap<string, readonly EventFact[]>> {
  const keys = people.flatMap((person) => historyKeys(person).map((key) => ({ key, id: person.key.id })));
  const { rows } = await client.query<{
    n: number;
    at: Date;
    message_id: string;
    name: string;
    body: string;
  }>({
    name: 'import_histories',
    text: `select u.n::int, e.at, e.message_id, e.name, e.body
           from unnest($1::int2[], $2::uuid[]) with ordinality u(bucket, id, n)
           join events e on e.bucket = u.bucket and e.workspace_id = $3 and e.person_id = u.id
           where not e.parked
           order by e.at, e.message_id collate "C"`,
    values: [
      int2Array(keys.map(({ key }) => key.bucket)),
      uuidArray(keys.map(({ key }) => key.id)),
      workspaceId,
    ],
  });
  const histories = new Map<string, EventFact[]>();
  for (const row of rows) {
    const id = keys[row.n - 1]?.id ?? '';
    const history = histories.get(id);
    if (history === undefined) histories.set(id, [decodeEvent(row)]);
    else history.push(decodeEvent(row));
  }
  return histories;
}
