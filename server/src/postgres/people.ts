// People's rows: locked in one order (bucket, id), decoded once, followed through aliases. Never decides.
import { decodePerson, newPerson } from '@rapport/engine';
import type { Decision, EventFact, Person, Program } from '@rapport/engine';
import { int2Array, uuidArray } from './binary-array.ts';
import type { PersonKey } from './bucket.ts';
import type { Connection } from './pool.ts';

/** A person under the transaction's lock, and what has been done with them so far. Mutable inside one transaction. */
export interface LockedPerson {
  readonly key: PersonKey;
  /** Not in the table yet: this transaction makes the row. */
  readonly isNew: boolean;
  readonly createdAt: number;
  readonly storedVersion: number;
  readonly storedWakeAt: number | null;
  /** An import stored history that was not lived through yet. */
  establish: boolean;
  /** As it was under the lock: rows are written from the difference. */
  readonly before: Person;
  person: Person;
  readonly decisions: Decision[];
  /** Facts taken in this transaction and not yet stored: part of the history. */
  readonly taken: EventFact[];
  touched: boolean;
  /** Stored facts, where the caller loaded many people's at once. */
  history?: readonly EventFact[];
}

/** By the id that was asked for: an id that was merged away leads to its survivor. */
export type LockedPeople = Map<string, LockedPerson>;

interface PeopleRow {
  readonly bucket: number;
  readonly id: string;
  readonly state: string;
  readonly program_version: number;
  /** Seconds since 1970: a number is read many times faster than a text with a calendar in it. */
  readonly created_s: number;
  readonly wake_s: number | null;
  readonly establish: boolean;
  readonly merged_bucket: number | null;
  readonly merged_into: string | null;
}

/** Chains are collapsed when merging, so one hop is the rule; more would be a bug. */
const ALIAS_HOPS_MAX = 4;

/**
 * Locks the rows for the rest of the transaction. Ids that do not exist are left out. `skipLocked` leaves out what others
 * hold (the clock). Two keys may lead to one person.
 */
export async function lockPeople(
  client: Connection,
  workspaceId: string,
  keys: readonly PersonKey[],
  options: { readonly program: Program; readonly skipLocked?: boolean },
): Promise<LockedPeople> {
  const locked: LockedPeople = new Map();
  const byId = new Map<string, LockedPerson>();
  let wanted: readonly { readonly asked: readonly string[]; readonly key: PersonKey }[] = keys.map((key) => ({
    asked: [key.id],
    key,
  }));
  for (let hop = 0; wanted.length > 0; hop += 1) {
    if (hop > ALIAS_HOPS_MAX) throw new Error('a chain of merges does not end');
    const rows = await selectForUpdate(
      client,
      workspaceId,
      wanted.map((w) => w.key),
      options.skipLocked ?? false,
    );
    const next: { readonly asked: readonly string[]; readonly key: PersonKey }[] = [];
    for (const { asked, key } of wanted) {
      const row = rows.get(key.id);
      if (row === undefined) continue;
      if (row.merged_into !== null && row.merged_bucket !== null) {
        next.push({ asked: [...asked, key.id], key: { bucket: row.merged_bucket, id: row.merged_into } });
        continue;
      }
      let person = byId.get(row.id);
      if (person === undefined) {
        person = toLocked(row, options.program);
        byId.set(row.id, person);
      }
      for (const id of asked) locked.set(id, person);
      locked.set(row.id, person);
    }
    wanted = next;
  }
  return locked;
}

/** A person that this transaction makes. */
export function makeLocked(key: PersonKey, program: Program, now: number): LockedPerson {
  const person = newPerson(program, key.id, now);
  return {
    key,
    isNew: true,
    createdAt: now,
    storedVersion: 0,
    storedWakeAt: null,
    establish: false,
    before: person,
    person,
    decisions: [],
    taken: [],
    touched: false,
  };
}

/** Where the facts of a person stand: under their own key and under the keys of those merged into them. */
export function historyKeys(locked: LockedPerson): readonly PersonKey[] {
  return [locked.key, ...locked.person.aliases];
}

function toLocked(row: PeopleRow, program: Program): LockedPerson {
  const createdAt = Math.round(row.created_s * 1_000);
  const person = row.state === '{}' ? newPerson(program, row.id, createdAt) : decodePerson(row.state);
  return {
    key: { bucket: row.bucket, id: row.id },
    isNew: false,
    createdAt,
    storedVersion: row.program_version,
    storedWakeAt: row.wake_s === null ? null : Math.round(row.wake_s * 1_000),
    establish: row.establish,
    before: person,
    person,
    decisions: [],
    taken: [],
    touched: false,
  };
}

async function selectForUpdate(
  client: Connection,
  workspaceId: string,
  keys: readonly PersonKey[],
  skipLocked: boolean,
): Promise<ReadonlyMap<string, PeopleRow>> {
  const { rows } = await client.query<PeopleRow>({
    name: skipLocked ? 'people_lock_skip' : 'people_lock',
    text: `select p.bucket, p.id, p.state, p.program_version::int, extract(epoch from p.created_at)::float8 as created_s,
             extract(epoch from p.wake_at)::float8 as wake_s, p.establish,
             p.merged_bucket, p.merged_into
           from unnest($1::int2[], $2::uuid[]) u(bucket, id)
           join people p on p.bucket = u.bucket and p.workspace_id = $3 and p.id = u.id
           order by p.bucket, p.id
           for update of p ${skipLocked ? 'skip locked' : ''}`,
    values: [int2Array(keys.map((k) => k.bucket)), uuidArray(keys.map((k) => k.id)), workspaceId],
  });
  return new Map(rows.map((row) => [row.id, row]));
}
