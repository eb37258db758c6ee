// Stored history for a backtest: everyone of some buckets, one after the other, in the order of events. Reads only, with a
// cursor, so that a large bucket is never in memory at once.
import type { PersonKey } from './bucket.ts';
import type { ConsentChange, Decision, EventFact, PersonHistory } from '@rapport/engine';
import { int2Array, uuidArray } from './binary-array.ts';
import { decodeFact, loadHistories } from './events.ts';
import type { Queryable } from './pool.ts';

/** Half-open. */
export interface BucketRange {
  readonly from: number;
  readonly to: number;
}

export interface HistoryQuery {
  readonly workspaceId: string;
  readonly buckets: BucketRange;
  /** Nothing is known from here on, except of those imported as of an earlier day. */
  readonly knownUntil: number;
}

const ROWS_A_FETCH = 4_000;
const SURVIVORS_AT_ONCE = 100;

/** Gives a few people at a time. The caller holds the connection; nothing else may use it meanwhile. */
export async function* readHistories(
  client: Queryable,
  query: HistoryQuery,
): AsyncGenerator<readonly PersonHistory[]> {
  await client.query('begin read only');
  // All of it will be read: not the plan that gives the first rows soonest.
  await client.query('set local cursor_tuple_fraction = 1');
  await client.query('set local jit = off');
  const merged = await loadMerged(client, query);
  const known = await loadKnown(client, query, merged);
  yield* readUnmerged(client, query, merged, known);
  yield* readSurvivors(client, query, merged, known);
  await client.query('commit');
}

/** Some parts of the people, of about so many events each, so that progress moves and threads end together. */
export async function planBuckets(
  client: Queryable,
  how: { readonly buckets: number; readonly eventsEach: number },
): Promise<readonly BucketRange[]> {
  const { rows } = await client.query<{ events: number }>(
    `select coalesce(sum(greatest(c.reltuples, 0)), 0)::float8 as events
     from pg_inherits i
     join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'events'::regclass`,
  );
  const aBucket = (rows[0]?.events ?? 0) / how.buckets;
  const each = Math.min(Math.max(1, Math.floor(how.eventsEach / Math.max(aBucket, 1))), how.buckets / 16);
  const ranges: BucketRange[] = [];
  for (let from = 0; from < how.buckets; from += each)
    ranges.push({ from, to: Math.min(from + each, how.buckets) });
  return ranges;
}

/** Who was merged away (their events are someone else's), and the keys under which a survivor's events stand. */
interface Merged {
  readonly away: ReadonlySet<string>;
  readonly keys: ReadonlyMap<string, readonly PersonKey[]>;
}

interface AliasRow {
  readonly bucket: number;
  readonly person_id: string;
  readonly survivor_bucket: number;
  readonly survivor_id: string;
}

async function loadMerged(client: Queryable, { workspaceId, buckets }: HistoryQuery): Promise<Merged> {
  const { rows } = await client.query<AliasRow>(
    `select bucket, person_id, survivor_bucket, survivor_id
     from aliases
     where workspace_id = $1
       and ((bucket >= $2 and bucket < $3) or (survivor_bucket >= $2 and survivor_bucket < $3))`,
    [workspaceId, buckets.from, buckets.to],
  );
  const inside = (bucket: number): boolean => bucket >= buckets.from && bucket < buckets.to;
  const keys = new Map<string, PersonKey[]>();
  for (const row of rows) {
    if (!inside(row.survivor_bucket)) continue;
    const own = { bucket: row.survivor_bucket, id: row.survivor_id };
    const list = keys.get(row.survivor_id) ?? [own];
    list.push({ bucket: row.bucket, id: row.person_id });
    keys.set(row.survivor_id, list);
  }
  return { away: new Set(rows.filter((r) => inside(r.bucket)).map((r) => r.person_id)), keys };
}

/** What is known of some people beside their events. */
interface Known {
  readonly asOf: ReadonlyMap<string, number>;
  readonly consents: ReadonlyMap<string, PersonHistory['consents']>;
  readonly contacts: ReadonlyMap<string, readonly number[]>;
}

async function loadKnown(client: Queryable, query: HistoryQuery, merged: Merged): Promise<Known> {
  const values = [query.workspaceId, query.buckets.from, query.buckets.to];
  const asOf = await client.query<{ person_id: string; as_of: Date }>(
    `select person_id, as_of
     from profiles
     where workspace_id = $1 and bucket >= $2 and bucket < $3 and as_of is not null`,
    values,
  );
  const consents = await client.query<ConsentRow>(
    `select person_id, due_at, body
     from decisions
     where workspace_id = $1 and bucket >= $2 and bucket < $3 and kind = 'consent_changed'
     order by person_id, seq`,
    values,
  );
  const contacts = await client.query<ContactRow>(
    `select person_id, handing_at
     from messages
     where workspace_id = $1 and bucket >= $2 and bucket < $3
       and state = 'sent' and marketing and handing_at is not null
     order by handing_at`,
    values,
  );
  const others = await loadOfOthers(client, query, merged);
  const survivorOf = (id: string): string => others.survivors.get(id) ?? id;
  return {
    asOf: new Map(asOf.rows.map((row) => [row.person_id, row.as_of.getTime()])),
    consents: consentsByPerson(consents.rows),
    contacts: contactsByPerson([...contacts.rows, ...others.contacts], survivorOf),
  };
}

/** Messages stay under the id that they were sent to: those of people merged into ours stand in other buckets. */
async function loadOfOthers(
  client: Queryable,
  { workspaceId, buckets }: HistoryQuery,
  { keys }: Merged,
): Promise<{
  readonly survivors: ReadonlyMap<string, string>;
  readonly contacts: readonly ContactRow[];
}> {
  const aliases = [...keys].flatMap(([survivor, list]) => list.slice(1).map((key) => ({ survivor, key })));
  const survivors = new Map(aliases.map(({ survivor, key }) => [key.id, survivor]));
  const outside = aliases
    .map(({ key }) => key)
    .filter((k) => k.bucket < buckets.from || k.bucket >= buckets.to);
  if (outside.length === 0) return { survivors, contacts: [] };
  const { rows } = await client.query<ContactRow>(
    `select m.person_id, m.handing_at
     from unnest($2::int2[], $3::uuid[]) u(bucket, id)
     join messages m on m.bucket = u.bucket and m.workspace_id = $1 and m.person_id = u.id
     where m.state = 'sent' and m.marketing and m.handing_at is not null`,
    [workspaceId, int2Array(outside.map((k) => k.bucket)), uuidArray(outside.map((k) => k.id))],
  );
  return { survivors, contacts: rows };
}

interface ConsentRow {
  readonly person_id: string;
  readonly due_at: Date;
  readonly body: string;
}

interface ContactRow {
  readonly person_id: string;
  readonly handing_at: Date;
}

/** What events said is said again when they are lived through. */
function consentsByPerson(rows: readonly ConsentRow[]): Known['consents'] {
  const byPerson = new Map<string, { at: number; changes: ConsentChange[] }[]>();
  for (const row of rows) {
    const decision = JSON.parse(row.body) as Decision;
    if (decision.kind !== 'consent_changed' || decision.cause.kind === 'event') continue;
    const { channel, topic, status, basis, source } = decision;
    const list = byPerson.get(row.person_id) ?? [];
    list.push({ at: row.due_at.getTime(), changes: [{ channel, topic, status, basis, source }] });
    byPerson.set(row.person_id, list);
  }
  return byPerson;
}

function contactsByPerson(
  rows: readonly ContactRow[],
  survivorOf: (id: string) => string,
): ReadonlyMap<string, readonly number[]> {
  const byPerson = new Map<string, number[]>();
  for (const row of rows) {
    const id = survivorOf(row.person_id);
    const list = byPerson.get(id) ?? [];
    list.push(row.handing_at.getTime());
    byPerson.set(id, list);
  }
  for (const list of byPerson.values()) list.sort((a, b) => a - b);
  return byPerson;
}

type EventRow = readonly [string, number, string, string, string];

async function* readUnmerged(
  client: Queryable,
  query: HistoryQuery,
  merged: Merged,
  known: Known,
): AsyncGenerator<readonly PersonHistory[]> {
  const { workspaceId, buckets } = query;
  await client.query(
    `declare histories no scroll cursor for
     select person_id, (extract(epoch from at) * 1000)::float8, message_id, name, body
     from events
     where workspace_id = $1 and bucket >= $2 and bucket < $3 and not parked
     order by bucket, person_id, at, message_id collate "C"`,
    [workspaceId, buckets.from, buckets.to],
  );
  const fetch = () =>
    client.query<EventRow[]>({ text: `fetch ${ROWS_A_FETCH} from histories`, rowMode: 'array' });
  let id = '';
  let events: EventFact[] = [];
  const isWanted = (): boolean => id !== '' && !merged.away.has(id) && !merged.keys.has(id);
  let coming = fetch();
  for (;;) {
    const rows = (await coming).rows as unknown as readonly EventRow[];
    const isLast = rows.length < ROWS_A_FETCH;
    // The next rows are made while these are lived through.
    if (!isLast) coming = fetch();
    const whole: PersonHistory[] = [];
    for (const [person, at, messageId, name, body] of rows) {
      if (person !== id) {
        if (isWanted()) whole.push(historyOf(query, known, id, events));
        id = person;
        events = [];
      }
      events.push(decodeFact({ at, messageId, name, body }));
    }
    if (isLast && isWanted()) whole.push(historyOf(query, known, id, events));
    yield whole;
    if (isLast) break;
  }
  await client.query('close histories');
}

async function* readSurvivors(
  client: Queryable,
  query: HistoryQuery,
  merged: Merged,
  known: Known,
): AsyncGenerator<readonly PersonHistory[]> {
  const survivors = [...merged.keys].sort(([a], [b]) => (a < b ? -1 : 1));
  for (let from = 0; from < survivors.length; from += SURVIVORS_AT_ONCE) {
    const some = survivors.slice(from, from + SURVIVORS_AT_ONCE);
    const histories = await loadHistories(
      client,
      query.workspaceId,
      some.map(([, keys]) => keys),
    );
    yield some.map(([id], i) => historyOf(query, known, id, histories[i] ?? []));
  }
}

function historyOf(
  query: HistoryQuery,
  known: Known,
  id: string,
  events: readonly EventFact[],
): PersonHistory {
  const asOf = known.asOf.get(id);
  return {
    id,
    events,
    consents: known.consents.get(id) ?? [],
    contacts: known.contacts.get(id) ?? [],
    // What happens on the last instant of the day as of which they are known still counts.
    knownUntil: asOf === undefined ? query.knownUntil : Math.min(asOf + 1, query.knownUntil),
  };
}
