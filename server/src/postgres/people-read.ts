// Reading people: lists by keyset (page 20,000 costs what page 1 costs), one person with all that is stored about them, and
// their timeline. Never changes a person: that is steps.ts.
import { bucketOf } from './bucket.ts';
import type { PersonKey } from './bucket.ts';
import type { Queryable } from './pool.ts';

export interface PersonRow {
  readonly bucket: number;
  readonly id: string;
  readonly created_at: Date;
  readonly name: string | null;
  readonly email: string | null;
  readonly user_id: string | null;
  readonly phone: string | null;
  readonly orders: number;
  readonly last_order_at: Date | null;
  readonly as_of: Date | null;
  /** What the list is ordered by: newest first. */
  readonly sorted_at: Date;
}

export interface PeopleFilter {
  readonly workspaceId: string;
  readonly stage: { readonly model: string; readonly stage: string } | null;
  readonly segment: string | null;
  readonly before: { readonly at: Date; readonly id: string } | null;
  readonly limit: number;
}

/**
 * With a stage or segment: ordered by how long they have been there (index memberships_of). Without any: by newest person (index
 * people_newest). Searches are in people-search.ts. The page is found on narrow rows first
 * and only then joined to what is shown: joining before the limit took 0.9 s instead of 0.2 s for two filters over 300,000 people.
 */
export async function listPeople(db: Queryable, filter: PeopleFilter): Promise<readonly PersonRow[]> {
  const parameters: unknown[] = [filter.workspaceId];
  const add = (value: unknown): string => `$${parameters.push(value)}`;
  const [first, ...others] = membershipFilters(filter);
  const row =
    first === undefined
      ? { alias: 'p', id: 'p.id', sortedAt: 'p.created_at' }
      : { alias: 'm', id: 'm.person_id', sortedAt: 'm.since' };
  const where: string[] = [`${row.alias}.workspace_id = $1`];
  let from = 'people p';
  if (first === undefined) where.push('p.merged_into is null');
  else {
    from = 'memberships m';
    where.push(`m.kind = ${add(first.kind)} and m."of" = ${add(first.of)} and m.value = ${add(first.value)}`);
  }
  for (const other of others) {
    // `|| ''` keeps the planner from walking the whole segment per row, which it does before the first ANALYZE (30 s on
    // 23,570 people): left with bucket and person, it takes the primary key.
    where.push(`exists (
      select 1 from memberships o
       where o.bucket = ${row.alias}.bucket and o.workspace_id = $1 and o.person_id = ${row.id}
         and o.kind || '' = ${add(other.kind)} and o."of" || '' = ${add(other.of)} and o.value = ${add(other.value)})`);
  }
  if (filter.before !== null) {
    where.push(
      `(${row.sortedAt}, ${row.id}) < (${add(filter.before.at)}::timestamptz, ${add(filter.before.id)}::uuid)`,
    );
  }
  const { rows } = await db.query<PersonRow>(
    `select p.bucket, p.id, p.created_at, f.name, f.email, f.user_id, f.phone, coalesce(f.orders, 0) as orders,
            f.last_order_at, f.as_of, page.sorted_at
       from (
         select ${row.alias}.bucket, ${row.id} as id, ${row.sortedAt} as sorted_at
           from ${from}
          where ${where.join('\n            and ')}
          order by ${row.sortedAt} desc, ${row.id} desc
          limit ${add(filter.limit)}
       ) as page
       join people p on p.bucket = page.bucket and p.workspace_id = $1 and p.id = page.id
       left join profiles f on f.bucket = page.bucket and f.workspace_id = $1 and f.person_id = page.id
      order by page.sorted_at desc, page.id desc`,
    parameters,
  );
  return rows;
}

export function membershipFilters(
  filter: Pick<PeopleFilter, 'stage' | 'segment'>,
): readonly { readonly kind: 'stage' | 'segment'; readonly of: string; readonly value: string }[] {
  return [
    ...(filter.stage === null
      ? []
      : [{ kind: 'stage' as const, of: filter.stage.model, value: filter.stage.stage }]),
    ...(filter.segment === null ? [] : [{ kind: 'segment' as const, of: filter.segment, value: '' }]),
  ];
}

export async function findPeople(
  db: Queryable,
  workspaceId: string,
  keys: readonly PersonKey[],
): Promise<readonly PersonRow[]> {
  if (keys.length === 0) return [];
  const { rows } = await db.query<PersonRow>(
    `select p.bucket, p.id, p.created_at, f.name, f.email, f.user_id, f.phone, coalesce(f.orders, 0) as orders,
            f.last_order_at, f.as_of, p.created_at as sorted_at
       from unnest($2::int2[], $3::uuid[]) as u (bucket, id)
       join people p on p.bucket = u.bucket and p.workspace_id = $1 and p.id = u.id
       left join profiles f on f.bucket = p.bucket and f.workspace_id = p.workspace_id and f.person_id = p.id`,
    [workspaceId, keys.map(({ bucket }) => bucket), keys.map(({ id }) => id)],
  );
  return rows;
}

export interface MembershipRow {
  readonly person_id: string;
  readonly kind: 'stage' | 'segment';
  readonly of: string;
  readonly value: string;
  readonly since: Date;
}

export async function listMemberships(
  db: Queryable,
  workspaceId: string,
  keys: readonly PersonKey[],
): Promise<readonly MembershipRow[]> {
  if (keys.length === 0) return [];
  const { rows } = await db.query<MembershipRow>(
    `select m.person_id, m.kind, m."of", m.value, m.since
       from unnest($2::int2[], $3::uuid[]) as u (bucket, id)
       join memberships m on m.bucket = u.bucket and m.workspace_id = $1 and m.person_id = u.id
      order by m.kind, m."of"`,
    [workspaceId, keys.map(({ bucket }) => bucket), keys.map(({ id }) => id)],
  );
  return rows;
}

export interface StoredPerson {
  readonly bucket: number;
  readonly id: string;
  readonly created_at: Date;
  readonly state: string;
  readonly program_version: number;
}

/** The person behind an id, also one that was merged away; undefined when there is none. */
export async function findPerson(
  db: Queryable,
  workspaceId: string,
  id: string,
): Promise<StoredPerson | undefined> {
  let key: PersonKey = { bucket: bucketOf(id), id };
  // Chains are collapsed when people are merged; a few hops cover one that is being written.
  for (let hop = 0; hop < 5; hop += 1) {
    const { rows } = await db.query<
      StoredPerson & { readonly merged_bucket: number | null; readonly merged_into: string | null }
    >(
      `select bucket, id, created_at, state, program_version, merged_bucket, merged_into
         from people
        where bucket = $1 and workspace_id = $2 and id = $3`,
      [key.bucket, workspaceId, key.id],
    );
    const [row] = rows;
    if (row === undefined) return undefined;
    if (row.merged_into === null || row.merged_bucket === null) return row;
    key = { bucket: row.merged_bucket, id: row.merged_into };
  }
  return undefined;
}

export interface IdentityRow {
  readonly kind: string;
  readonly value: string;
  readonly trust: string;
  readonly created_at: Date;
}

export async function listIdentities(
  db: Queryable,
  person: { readonly workspaceId: string; readonly bucket: number; readonly id: string },
): Promise<readonly IdentityRow[]> {
  const { rows } = await db.query<IdentityRow>(
    `select kind, value, trust, created_at
       from identities
      where workspace_id = $1 and person_id = $2
      order by kind, created_at desc, value
      limit 200`,
    [person.workspaceId, person.id],
  );
  return rows;
}

export interface PersonMessageRow {
  readonly id: string;
  readonly channel: string;
  readonly template: string | null;
  readonly subject: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly requested_at: Date;
  readonly journey_key: string | null;
  readonly node: string | null;
}

/** The newest 20, under the person's own id and those merged into it. */
export async function listPersonMessages(
  db: Queryable,
  workspaceId: string,
  keys: readonly PersonKey[],
): Promise<readonly PersonMessageRow[]> {
  const { rows } = await db.query<PersonMessageRow>(
    `select m.id, m.channel, m.template, m.subject, m.state, m.reason, m.requested_at, m.journey_key, m.node
       from unnest($2::int2[], $3::uuid[]) as u (bucket, id)
       join messages m on m.bucket = u.bucket and m.workspace_id = $1 and m.person_id = u.id
      order by m.requested_at desc, m.id desc
      limit 20`,
    [workspaceId, keys.map(({ bucket }) => bucket), keys.map(({ id }) => id)],
  );
  return rows;
}

/** A place on the timeline. At one instant decisions stand above the events that caused them, and notes below. */
export interface TimelinePlace {
  readonly at: Date;
  readonly kind: 'decision' | 'event' | 'note';
  /** messageId, `seq:person`, or the note's id. */
  readonly id: string;
}

/** null: all of them. Events by patterns of their names. */
export interface TimelineKinds {
  readonly events: readonly string[] | null;
  readonly decisions: readonly string[] | null;
}

export interface TimelineEventRow {
  readonly at: Date;
  readonly received_at: Date;
  readonly message_id: string;
  readonly name: string;
  readonly body: string;
  readonly parked: boolean;
}

export async function listPersonEvents(
  db: Queryable,
  page: {
    readonly workspaceId: string;
    readonly keys: readonly PersonKey[];
    readonly before: TimelinePlace | null;
    readonly kinds: TimelineKinds;
    readonly limit: number;
  },
): Promise<readonly TimelineEventRow[]> {
  const { before, kinds } = page;
  if (kinds.events?.length === 0) return [];
  // After a decision at an instant come the events of that same instant.
  const { rows } = await db.query<TimelineEventRow>(
    `select e.at, e.received_at, e.message_id, e.name, e.body, e.parked
       from unnest($2::int2[], $3::uuid[]) as u (bucket, id)
       join events e on e.bucket = u.bucket and e.workspace_id = $1 and e.person_id = u.id
      where ($4::timestamptz is null or e.at < $4 or (e.at = $4 and ($5::text is null or e.message_id < $5)))
        and ($7::text[] is null or e.name like any($7))
      order by e.at desc, e.message_id desc
      limit $6`,
    [
      page.workspaceId,
      page.keys.map(({ bucket }) => bucket),
      page.keys.map(({ id }) => id),
      before?.at ?? null,
      // Below a note of the same instant stands no event of it.
      before === null || before.kind === 'decision' ? null : before.kind === 'event' ? before.id : '',
      page.limit,
      kinds.events,
    ],
  );
  return rows;
}

export interface TimelineDecisionRow {
  readonly person_id: string;
  readonly seq: number;
  readonly kind: string;
  readonly due_at: Date;
  readonly decided_at: Date;
  readonly body: string;
}

export async function listPersonDecisions(
  db: Queryable,
  page: {
    readonly workspaceId: string;
    readonly keys: readonly PersonKey[];
    readonly before: TimelinePlace | null;
    readonly kinds: TimelineKinds;
    readonly limit: number;
  },
): Promise<readonly TimelineDecisionRow[]> {
  const { before, kinds } = page;
  if (kinds.decisions?.length === 0) return [];
  const [seq, person] = before?.kind === 'decision' ? before.id.split(':') : [undefined, undefined];
  const { rows } = await db.query<TimelineDecisionRow>(
    `select d.person_id, d.seq, d.kind, d.due_at, d.decided_at, d.body
       from unnest($2::int2[], $3::uuid[]) as u (bucket, id)
       join decisions d on d.bucket = u.bucket and d.workspace_id = $1 and d.person_id = u.id
      where ($4::timestamptz is null
             or d.due_at < $4
             or (d.due_at = $4 and $5::int is not null and (d.seq, d.person_id) < ($5, $6::uuid)))
        and ($8::text[] is null or d.kind = any($8))
      order by d.due_at desc, d.seq desc, d.person_id desc
      limit $7`,
    [
      page.workspaceId,
      page.keys.map(({ bucket }) => bucket),
      page.keys.map(({ id }) => id),
      before?.at ?? null,
      seq === undefined ? null : Number(seq),
      person ?? null,
      page.limit,
      kinds.decisions,
    ],
  );
  return rows;
}
