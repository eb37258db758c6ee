// What Rapport wrote while it took a load, read back from its tables and grouped by event: the baseline then writes
// exactly these rows. Reads only.
import { randomBytes } from 'node:crypto';
import type pg from 'pg';

/** The tables that taking an event touches, each compared row for row in number. */
export const comparedTables = [
  'events',
  'seen',
  'decisions',
  'memberships',
  'profiles',
  'people',
  'identities',
  'messages',
  'stage_moves',
] as const;

export interface EventToWrite {
  readonly bucket: number;
  readonly personId: string;
  readonly at: number;
  readonly receivedAt: number;
  readonly messageId: string;
  readonly name: string;
  readonly body: string;
  readonly identities: readonly { readonly bucket: number; readonly kind: string; readonly value: string }[];
  readonly seen: { readonly bucket: number; readonly messageHash: Buffer; readonly bodyHash: Buffer };
  /** What Rapport decided because of it, or, at the person's first event, because of time before it. */
  readonly decisions: readonly DecisionToWrite[];
  /** Of the person, when it changed: with one event of theirs. */
  readonly profile: ProfileToWrite | null;
}

export interface DecisionToWrite {
  readonly seq: number;
  readonly kind: string;
  readonly dueAt: number;
  readonly decidedAt: number;
  readonly body: string;
  readonly membership: MembershipToWrite | null;
  readonly move: StageMoveToWrite | null;
}

export interface StageMoveToWrite {
  readonly model: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly since: number | null;
  readonly at: number;
}

export interface MembershipToWrite {
  readonly kind: string;
  readonly of: string;
  /** null: the row goes. */
  readonly value: string | null;
  readonly since: number;
}

export interface PersonToWrite {
  readonly state: string;
  readonly programVersion: number;
  readonly wakeAt: number | null;
}

export interface ProfileToWrite {
  readonly name: string | null;
  readonly email: string | null;
  readonly userId: string | null;
  readonly orders: number;
  readonly lastOrderAt: number | null;
  readonly asOf: number | null;
}

export interface Written {
  readonly workspaceId: string;
  /** In the order in which they were taken. */
  readonly events: readonly EventToWrite[];
  /** The state each person ended with. */
  readonly people: ReadonlyMap<string, PersonToWrite>;
}

/** Everything written for events whose messageId begins with the prefix. `profilesBefore`: as they were before that. */
export async function readWritten(
  client: pg.Client,
  options: {
    readonly messagePrefix: string;
    readonly identityBucket: (kind: string, value: string) => number;
    readonly profilesBefore: ReadonlyMap<string, string>;
    /** From and to: half-open. */
    readonly decided: readonly [Date, Date];
  },
): Promise<Written> {
  const { rows: events } = await client.query<{
    bucket: number;
    workspace_id: string;
    person_id: string;
    at: Date;
    received_at: Date;
    message_id: string;
    name: string;
    body: string;
  }>(
    `select bucket, workspace_id, person_id, at, received_at, message_id, name, body
       from events where message_id like $1 order by received_at, message_id`,
    [`${options.messagePrefix}%`],
  );
  // Which hash belongs to which event does not matter to the work: as many rows, as long, in the same buckets.
  const { rows: lengths } = await client.query<{ message: number; body: number }>(
    'select length(message_hash) as message, length(body_hash) as body from seen limit 1',
  );
  const hashLengths = lengths[0] ?? { message: 32, body: 32 };
  const decisions = await readDecisions(client, options.decided);
  const ids = [...new Set(events.map((row) => row.person_id))];
  const people = await readPeople(client, ids);
  const profiles = await readProfilesToWrite(client, { ids, before: options.profilesBefore });
  const taken = new Set<string>();
  const toWrite = events.map((row): EventToWrite => {
    const first = !taken.has(row.person_id);
    taken.add(row.person_id);
    const own = decisions.get(row.message_id) ?? [];
    const profile = profiles.get(row.person_id) ?? null;
    profiles.delete(row.person_id);
    return {
      bucket: row.bucket,
      personId: row.person_id,
      at: row.at.getTime(),
      receivedAt: row.received_at.getTime(),
      messageId: row.message_id,
      name: row.name,
      body: row.body,
      identities: identitiesIn(row.body).map(([kind, value]) => ({
        bucket: options.identityBucket(kind, value),
        kind,
        value,
      })),
      seen: {
        bucket: row.bucket,
        messageHash: randomBytes(hashLengths.message),
        bodyHash: randomBytes(hashLengths.body),
      },
      decisions: first ? [...(decisions.get(`before ${row.person_id}`) ?? []), ...own] : own,
      profile,
    };
  });
  return { workspaceId: events[0]?.workspace_id ?? '', events: toWrite, people };
}

/** By messageId; those with another cause by `before <person>`. */
async function readDecisions(
  client: pg.Client,
  [from, to]: readonly [Date, Date],
): Promise<ReadonlyMap<string, readonly DecisionToWrite[]>> {
  const { rows } = await client.query<{
    person_id: string;
    seq: number;
    kind: string;
    due_at: Date;
    decided_at: Date;
    body: string;
    cause: string | null;
    cause_kind: string;
    model: string | null;
    from_stage: string | null;
    to_stage: string | null;
    since: Date | null;
    at: Date | null;
  }>(
    `select d.person_id, d.seq, d.kind, d.due_at, d.decided_at, d.body,
            d.body::json -> 'cause' ->> 'id' as cause, d.body::json -> 'cause' ->> 'kind' as cause_kind,
            s.model, s.from_stage, s.to_stage, s.since, s.at
       from decisions d
       left join stage_moves s using (bucket, workspace_id, person_id, seq)
      where d.decided_at >= $1 and d.decided_at < $2 order by d.person_id, d.seq`,
    [from, to],
  );
  const found = new Map<string, DecisionToWrite[]>();
  for (const row of rows) {
    const key = row.cause_kind === 'event' && row.cause !== null ? row.cause : `before ${row.person_id}`;
    const list = found.get(key) ?? [];
    list.push({
      seq: row.seq,
      kind: row.kind,
      dueAt: row.due_at.getTime(),
      decidedAt: row.decided_at.getTime(),
      body: row.body,
      membership: membershipIn(row),
      move:
        row.model === null || row.at === null
          ? null
          : {
              model: row.model,
              from: row.from_stage,
              to: row.to_stage,
              since: row.since?.getTime() ?? null,
              at: row.at.getTime(),
            },
    });
    found.set(key, list);
  }
  return found;
}

function membershipIn(row: {
  readonly kind: string;
  readonly due_at: Date;
  readonly body: string;
}): MembershipToWrite | null {
  const body = JSON.parse(row.body) as { segment?: string; model?: string; to?: string | null };
  const since = row.due_at.getTime();
  switch (row.kind) {
    case 'segment_joined':
      return { kind: 'segment', of: body.segment ?? '', value: '', since };
    case 'segment_left':
      return { kind: 'segment', of: body.segment ?? '', value: null, since };
    case 'stage_changed':
      return { kind: 'stage', of: body.model ?? '', value: body.to ?? null, since };
    default:
      return null;
  }
}

async function readPeople(
  client: pg.Client,
  ids: readonly string[],
): Promise<ReadonlyMap<string, PersonToWrite>> {
  const { rows } = await client.query<{
    id: string;
    state: string;
    program_version: string;
    wake_at: Date | null;
  }>('select id, state, program_version, wake_at from people where id = any($1::uuid[])', [ids]);
  return new Map(
    rows.map((row): [string, PersonToWrite] => [
      row.id,
      {
        state: row.state,
        programVersion: Number(row.program_version),
        wakeAt: row.wake_at?.getTime() ?? null,
      },
    ]),
  );
}

async function readProfilesToWrite(
  client: pg.Client,
  options: { readonly ids: readonly string[]; readonly before: ReadonlyMap<string, string> },
): Promise<Map<string, ProfileToWrite>> {
  const { rows } = await client.query<{
    person_id: string;
    name: string | null;
    email: string | null;
    user_id: string | null;
    orders: number;
    last_order_at: Date | null;
    as_of: Date | null;
    profile: string;
  }>(
    `select person_id, name, email, user_id, orders, last_order_at, as_of, r::text as profile
       from profiles r where person_id = any($1::uuid[])`,
    [options.ids],
  );
  const changed = rows.filter((row) => options.before.get(row.person_id) !== row.profile);
  return new Map(
    changed.map((row): [string, ProfileToWrite] => [
      row.person_id,
      {
        name: row.name,
        email: row.email,
        userId: row.user_id,
        orders: row.orders,
        lastOrderAt: row.last_order_at?.getTime() ?? null,
        asOf: row.as_of?.getTime() ?? null,
      },
    ]),
  );
}

/** Every profile as text, by person: to know later which ones changed. */
export async function readProfiles(client: pg.Client): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ person_id: string; profile: string }>(
    'select person_id, r::text as profile from profiles r',
  );
  return new Map(rows.map((row) => [row.person_id, row.profile]));
}

function identitiesIn(body: string): readonly (readonly [string, string])[] {
  return (JSON.parse(body) as { identities: readonly (readonly [string, string])[] }).identities;
}
