// Stored facts: how an event becomes a row and a row an event again. Append-only; nothing here changes a stored fact
// except the mark that an input was parked.
import type { EventFact } from '@rapport/engine';
import { int2Array, int4Array, uuidArray } from './binary-array.ts';
import type { PersonKey } from './bucket.ts';
import type { Queryable } from './pool.ts';

/** One row to be written. `body` is made by `encodeEventBody`. */
export interface EventRow {
  readonly person: PersonKey;
  readonly at: number;
  readonly receivedAt: number;
  readonly messageId: string;
  readonly name: string;
  readonly body: string;
  readonly parked: boolean;
}

/** JSON text of the fact without id, at and name (they have columns), with what else the sender said (`context`). */
export function encodeEventBody(fact: EventFact, context?: unknown): string {
  const { type, trust, properties, traits, identities } = fact;
  return JSON.stringify({
    type,
    trust,
    properties,
    traits,
    identities,
    ...(context === undefined ? {} : { context }),
  });
}

/** Trusts what is stored: only encodeEventBody writes it. */
export function decodeFact(row: {
  readonly at: number;
  readonly messageId: string;
  readonly name: string;
  readonly body: string;
}): EventFact {
  const body = JSON.parse(row.body) as Omit<EventFact, 'id' | 'at' | 'name'>;
  return {
    id: row.messageId,
    at: row.at,
    type: body.type,
    name: row.name,
    trust: body.trust,
    properties: body.properties,
    traits: body.traits,
    identities: body.identities,
  };
}

export function decodeEvent(row: {
  readonly at: Date;
  readonly message_id: string;
  readonly name: string;
  readonly body: string;
}): EventFact {
  return decodeFact({ at: row.at.getTime(), messageId: row.message_id, name: row.name, body: row.body });
}

/** Every stored event of a person and of those merged into them, by (own time, messageId); parked ones are left out. */
export async function loadHistory(
  client: Queryable,
  workspaceId: string,
  keys: readonly PersonKey[],
): Promise<readonly EventFact[]> {
  const { rows } = await client.query<{ at: Date; message_id: string; name: string; body: string }>({
    name: 'events_history',
    text: `select e.at, e.message_id, e.name, e.body
           from unnest($1::int2[], $2::uuid[]) u(bucket, id)
           join events e on e.bucket = u.bucket and e.workspace_id = $3 and e.person_id = u.id
           where not e.parked
           order by e.at, e.message_id collate "C"`,
    values: [int2Array(keys.map((k) => k.bucket)), uuidArray(keys.map((k) => k.id)), workspaceId],
  });
  return rows.map(decodeEvent);
}

/** The histories of many people at once, in the order of `keys`: what `loadHistory` gives for each list of keys; of events with these names alone, if told. */
export async function loadHistories(
  client: Queryable,
  workspaceId: string,
  keys: readonly (readonly PersonKey[])[],
  names: readonly string[] | null = null,
): Promise<readonly (readonly EventFact[])[]> {
  const flat = keys.flatMap((list, n) => list.map((key) => ({ key, n })));
  const histories: EventFact[][] = keys.map(() => []);
  if (flat.length === 0) return histories;
  const { rows } = await client.query<{
    n: number;
    at: Date;
    message_id: string;
    name: string;
    body: string;
  }>({
    name: 'events_histories',
    text: `select u.n, e.at, e.message_id, e.name, e.body
           from unnest($1::int2[], $2::uuid[], $3::int4[]) u(bucket, id, n)
           join events e on e.bucket = u.bucket and e.workspace_id = $4 and e.person_id = u.id
           where not e.parked and ($5::text[] is null or e.name = any($5))
           order by e.at, e.message_id collate "C"`,
    values: [
      int2Array(flat.map(({ key }) => key.bucket)),
      uuidArray(flat.map(({ key }) => key.id)),
      int4Array(flat.map(({ n }) => n)),
      workspaceId,
      names,
    ],
  });
  for (const row of rows) histories[row.n]?.push(decodeEvent(row));
  return histories;
}
