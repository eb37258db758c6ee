// The baseline of ingestion: the same rows by hand-written SQL, without HTTP, validation or engine. Deduplicated (seen),
// identities looked up, states read `for update`, locked and written, events, decisions, memberships, moves between
// stages and profiles written. One statement for all writes, arrays in binary: as fast as we know how to make it.
import pg from 'pg';
import {
  byteaArray,
  instantArray,
  int2Array,
  int4Array,
  textArray,
  uuidArray,
} from '../../src/postgres/binary-array.ts';
import { monotonicMs } from './statistics.ts';
import type {
  DecisionToWrite,
  EventToWrite,
  MembershipToWrite,
  PersonToWrite,
  ProfileToWrite,
  Written,
} from './written-rows.ts';

export interface BareOptions {
  readonly url: string;
  readonly batch: number;
  readonly connections: number;
}

/** Writes all of it; returns the seconds that took. */
export async function writeBare(written: Written, options: BareOptions): Promise<number> {
  const clients = Array.from(
    { length: options.connections },
    () => new pg.Client({ connectionString: options.url, application_name: 'rapport bench bare' }),
  );
  for (const client of clients) await client.connect();
  const batches: EventToWrite[][] = [];
  for (let from = 0; from < written.events.length; from += options.batch) {
    batches.push(written.events.slice(from, from + options.batch));
  }
  const begun = monotonicMs();
  let taken = 0;
  try {
    await Promise.all(
      clients.map(async (client) => {
        for (let batch = batches[taken++]; batch !== undefined; batch = batches[taken++]) {
          await writeBatch(client, written, batch);
        }
      }),
    );
    return (monotonicMs() - begun) / 1000;
  } finally {
    for (const client of clients) await client.end();
  }
}

async function writeBatch(
  client: pg.Client,
  written: Written,
  events: readonly EventToWrite[],
): Promise<void> {
  const { workspaceId } = written;
  const people = [...new Map(events.map((event) => [event.personId, event])).values()].sort(
    (a, b) => a.bucket - b.bucket || (a.personId < b.personId ? -1 : 1),
  );
  await client.query('begin');
  const identities = new Map(events.flatMap((e) => e.identities).map((i) => [`${i.kind}\n${i.value}`, i]));
  const keys = [...identities.values()];
  const { rows: known } = await client.query({
    name: 'identities',
    text: `select i.kind, i.value, i.person_bucket, i.person_id
             from unnest($2::int2[], $3::text[], $4::text[]) u(bucket, kind, value)
             join identities i on i.bucket = u.bucket and i.workspace_id = $1 and i.kind = u.kind and i.value = u.value`,
    values: [
      workspaceId,
      int2Array(keys.map((k) => k.bucket)),
      textArray(keys.map((k) => k.kind)),
      textArray(keys.map((k) => k.value)),
    ],
  });
  if (known.length !== keys.length) throw new Error('an identity is missing in the copy');
  const { rows: states } = await client.query({
    name: 'lock',
    text: `select p.id, p.state, p.program_version, p.wake_at
             from people p
             join unnest($2::int2[], $3::uuid[]) u(bucket, id) on p.bucket = u.bucket and p.id = u.id
            where p.workspace_id = $1
            order by p.bucket, p.id
              for update of p`,
    values: [workspaceId, int2Array(people.map((p) => p.bucket)), uuidArray(people.map((p) => p.personId))],
  });
  if (states.length !== people.length) throw new Error('a person is missing in the copy');
  const { rowCount: fresh } = await client.query({
    name: 'seen',
    text: `insert into seen (bucket, workspace_id, message_hash, body_hash)
           select u.bucket, $1, u.message_hash, u.body_hash
             from unnest($2::int2[], $3::bytea[], $4::bytea[]) u(bucket, message_hash, body_hash)
           on conflict do nothing
           returning message_hash`,
    values: [
      workspaceId,
      int2Array(events.map((e) => e.seen.bucket)),
      byteaArray(events.map((e) => e.seen.messageHash)),
      byteaArray(events.map((e) => e.seen.bodyHash)),
    ],
  });
  if (fresh !== events.length) throw new Error('an event was seen before in the copy');
  await writeRows(client, written, { events, people });
  await client.query('commit');
}

interface Part {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

async function writeRows(
  client: pg.Client,
  written: Written,
  batch: { readonly events: readonly EventToWrite[]; readonly people: readonly EventToWrite[] },
): Promise<void> {
  const parts: Part[] = [statesPart(batch.people, written.people), eventsPart(batch.events)];
  const decisions = batch.events.flatMap((event) => event.decisions.map((decision) => ({ event, decision })));
  if (decisions.length > 0) parts.push(decisionsPart(decisions));
  const moves = decisions.filter(({ decision }) => decision.move !== null);
  if (moves.length > 0) parts.push(movesPart(moves));
  const memberships = lastOf(decisions);
  const stay = memberships.filter((m) => m.row.value !== null);
  const go = memberships.filter((m) => m.row.value === null);
  if (stay.length > 0) parts.push(membershipsPart(stay));
  if (go.length > 0) parts.push(membershipsGonePart(go));
  const profiles = batch.events.flatMap(({ bucket, personId, profile }) =>
    profile === null ? [] : [{ bucket, personId, profile }],
  );
  if (profiles.length > 0) parts.push(profilesPart(profiles));
  const values: unknown[] = [written.workspaceId];
  const texts = parts.map((part, index) => {
    const offset = values.length - 1;
    values.push(...part.values);
    const text = part.text.replace(/\$(\d+)/g, (_, n: string) =>
      n === '1' ? '$1' : `$${Number(n) + offset}`,
    );
    return `w${index} as (${text})`;
  });
  const text = `with ${texts.join(',\n')} select count(*)::int as updated from w0`;
  const { rows } = await client.query<{ updated: number }>({
    text,
    values,
    name: parts.map((part) => part.name).join(' '),
  });
  if (rows[0]?.updated !== batch.people.length) throw new Error('not every state was written');
}

function statesPart(people: readonly EventToWrite[], states: ReadonlyMap<string, PersonToWrite>): Part {
  const rows = people.map((p) => states.get(p.personId) ?? missing());
  return {
    name: 'states',
    text: `update people p set state = u.state, program_version = u.version, wake_at = u.wake_at
             from unnest($2::int2[], $3::uuid[], $4::text[], $5::int4[], $6::timestamptz[]) u(bucket, id, state, version, wake_at)
            where p.bucket = u.bucket and p.workspace_id = $1 and p.id = u.id
           returning 1`,
    values: [
      int2Array(people.map((p) => p.bucket)),
      uuidArray(people.map((p) => p.personId)),
      textArray(rows.map((r) => r.state)),
      int4Array(rows.map((r) => r.programVersion)),
      instantArray(rows.map((r) => r.wakeAt)),
    ],
  };
}

function eventsPart(events: readonly EventToWrite[]): Part {
  return {
    name: 'events',
    text: `insert into events (bucket, workspace_id, person_id, at, received_at, message_id, name, body)
           select u.bucket, $1, u.id, u.at, u.received_at, u.message_id, u.name, u.body
             from unnest($2::int2[], $3::uuid[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::text[], $8::text[])
               u(bucket, id, at, received_at, message_id, name, body)`,
    values: [
      int2Array(events.map((e) => e.bucket)),
      uuidArray(events.map((e) => e.personId)),
      instantArray(events.map((e) => e.at)),
      instantArray(events.map((e) => e.receivedAt)),
      textArray(events.map((e) => e.messageId)),
      textArray(events.map((e) => e.name)),
      textArray(events.map((e) => e.body)),
    ],
  };
}

type Decided = { readonly event: EventToWrite; readonly decision: DecisionToWrite };

function decisionsPart(rows: readonly Decided[]): Part {
  return {
    name: 'decisions',
    text: `insert into decisions (bucket, workspace_id, person_id, seq, kind, due_at, decided_at, body)
           select u.bucket, $1, u.id, u.seq, u.kind, u.due_at, u.decided_at, u.body
             from unnest($2::int2[], $3::uuid[], $4::int4[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::text[])
               u(bucket, id, seq, kind, due_at, decided_at, body)`,
    values: [
      int2Array(rows.map((r) => r.event.bucket)),
      uuidArray(rows.map((r) => r.event.personId)),
      int4Array(rows.map((r) => r.decision.seq)),
      textArray(rows.map((r) => r.decision.kind)),
      instantArray(rows.map((r) => r.decision.dueAt)),
      instantArray(rows.map((r) => r.decision.decidedAt)),
      textArray(rows.map((r) => r.decision.body)),
    ],
  };
}

function movesPart(rows: readonly Decided[]): Part {
  return {
    name: 'moves',
    text: `insert into stage_moves (bucket, workspace_id, person_id, seq, model, from_stage, to_stage, since, at)
           select u.bucket, $1, u.id, u.seq, u.model, u.from_stage, u.to_stage, u.since, u.at
             from unnest($2::int2[], $3::uuid[], $4::int4[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[])
               u(bucket, id, seq, model, from_stage, to_stage, since, at)`,
    values: [
      int2Array(rows.map((r) => r.event.bucket)),
      uuidArray(rows.map((r) => r.event.personId)),
      int4Array(rows.map((r) => r.decision.seq)),
      textArray(rows.map((r) => r.decision.move?.model ?? '')),
      textArray(rows.map((r) => r.decision.move?.from ?? null)),
      textArray(rows.map((r) => r.decision.move?.to ?? null)),
      instantArray(rows.map((r) => r.decision.move?.since ?? null)),
      instantArray(rows.map((r) => r.decision.move?.at ?? 0)),
    ],
  };
}

type Member = { readonly event: EventToWrite; readonly row: MembershipToWrite };

/** One statement may touch a row once: the last change of the batch stands. */
function lastOf(decisions: readonly Decided[]): readonly Member[] {
  const last = new Map<string, Member>();
  for (const { event, decision } of decisions) {
    const row = decision.membership;
    if (row !== null) last.set(`${event.personId} ${row.kind} ${row.of}`, { event, row });
  }
  return [...last.values()];
}

function memberKeys(rows: readonly Member[]): readonly unknown[] {
  return [
    int2Array(rows.map((m) => m.event.bucket)),
    uuidArray(rows.map((m) => m.event.personId)),
    textArray(rows.map((m) => m.row.kind)),
    textArray(rows.map((m) => m.row.of)),
  ];
}

function membershipsPart(rows: readonly Member[]): Part {
  return {
    name: 'memberships',
    text: `insert into memberships (bucket, workspace_id, person_id, kind, "of", value, since)
           select u.bucket, $1, u.id, u.kind, u.key, u.value, u.since
             from unnest($2::int2[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
               u(bucket, id, kind, key, value, since)
           on conflict (bucket, workspace_id, person_id, kind, "of")
             do update set value = excluded.value, since = excluded.since`,
    values: [
      ...memberKeys(rows),
      textArray(rows.map((m) => m.row.value)),
      instantArray(rows.map((m) => m.row.since)),
    ],
  };
}

function membershipsGonePart(rows: readonly Member[]): Part {
  return {
    name: 'gone',
    text: `delete from memberships m
            using unnest($2::int2[], $3::uuid[], $4::text[], $5::text[]) u(bucket, id, kind, key)
            where m.bucket = u.bucket and m.workspace_id = $1 and m.person_id = u.id and m.kind = u.kind and m."of" = u.key`,
    values: memberKeys(rows),
  };
}

type Profiled = {
  readonly bucket: number;
  readonly personId: string;
  readonly profile: ProfileToWrite;
};

function profilesPart(people: readonly Profiled[]): Part {
  const rows = people.map((p) => p.profile);
  return {
    name: 'profiles',
    text: `insert into profiles (bucket, workspace_id, person_id, name, email, user_id, orders, last_order_at, as_of)
           select u.bucket, $1, u.id, u.name, u.email, u.user_id, u.orders, u.last_order_at, u.as_of
             from unnest($2::int2[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::int4[], $8::timestamptz[], $9::timestamptz[])
               u(bucket, id, name, email, user_id, orders, last_order_at, as_of)
           on conflict (bucket, workspace_id, person_id)
             do update set name = excluded.name, email = excluded.email, user_id = excluded.user_id,
               orders = excluded.orders, last_order_at = excluded.last_order_at, as_of = excluded.as_of`,
    values: [
      int2Array(people.map((p) => p.bucket)),
      uuidArray(people.map((p) => p.personId)),
      textArray(rows.map((r) => r.name)),
      textArray(rows.map((r) => r.email)),
      textArray(rows.map((r) => r.userId)),
      int4Array(rows.map((r) => r.orders)),
      instantArray(rows.map((r) => r.lastOrderAt)),
      instantArray(rows.map((r) => r.asOf)),
    ],
  };
}

function missing(): never {
  throw new Error('a person of the load has no row');
}
