// Law 7 on a live database: stored memory equals the fold of stored events, stored standing the fold of decisions, and the
// rows that follow from them are there. Reads only, a few hundred people a transaction; never decides, never repairs.
import { decodePerson, emptyStanding, foldStanding, refold } from '@rapport/engine';
import type { Decision, EventFact, Person, Program } from '@rapport/engine';
import { int2Array, uuidArray } from './binary-array.ts';
import type { PersonKey } from './bucket.ts';
import { examineParameters } from './doctor-parameters.ts';
import type { ParametersFinding } from './doctor-parameters.ts';
import { loadHistory } from './events.ts';
import { loadAccounts } from './loyalty.ts';
import type { Accounts } from './loyalty.ts';
import { postedIn } from './point-rows.ts';
import type { Posted } from './point-rows.ts';
import { inTransaction } from './pool.ts';
import type { Connection, Pool } from './pool.ts';
import { profileOf, sameProfile } from './profile.ts';
import type { Programs } from './programs.ts';
import type { ProfileRow } from './rows.ts';
import { loadRunsUnderWay } from './runs.ts';
import { stageRows } from './stage-rows.ts';
import type { StageMove } from './stage-rows.ts';

const PAGE = 200;
/** The report names this many of each kind and counts the rest. */
const NAMED_MAX = 20;

/** What may be wrong with a person, in the order in which it is looked at. */
export type FindingKind =
  | 'memory'
  | 'standing'
  | 'decisions'
  | 'appointment'
  | 'membership'
  | 'profile'
  | 'message'
  | 'run'
  | 'stage'
  | 'points'
  | 'identity'
  | 'unreadable';

export interface Finding {
  readonly kind: FindingKind;
  readonly person: PersonKey;
  readonly what: string;
}

export interface DoctorReport {
  readonly people: number;
  readonly events: number;
  /** Not upgraded to the newest program yet, or not lived through: looked at next time. */
  readonly skipped: number;
  readonly counts: Readonly<Partial<Record<FindingKind, number>>>;
  readonly findings: readonly Finding[];
  /** What is wrong with the stored parameters of predictions. */
  readonly parameters: readonly ParametersFinding[];
}

export interface DoctorDeps {
  readonly pool: Pool;
  readonly programs: Pick<Programs, 'get'>;
  readonly onProgress?: (people: number) => void;
}

export async function examine(deps: DoctorDeps, workspaceId: string): Promise<DoctorReport> {
  const program = await deps.programs.get(workspaceId);
  const parameters = await examineParameters(deps.pool, workspaceId);
  const counts: Partial<Record<FindingKind, number>> = {};
  const findings: Finding[] = [];
  let [people, events, skipped] = [0, 0, 0];
  let after: PersonKey | null = null;
  for (;;) {
    const from: PersonKey | null = after;
    const page: Page = await inTransaction(deps.pool, async (client) => {
      // One snapshot for all that is compared with each other.
      await client.query('set transaction isolation level repeatable read read only');
      return examinePage(client, workspaceId, program, from);
    });
    for (const finding of page.findings) {
      const count = (counts[finding.kind] ?? 0) + 1;
      counts[finding.kind] = count;
      if (count <= NAMED_MAX) findings.push(finding);
    }
    people += page.people;
    events += page.events;
    skipped += page.skipped;
    after = page.last;
    deps.onProgress?.(people);
    if (after === null) return { people, events, skipped, counts, findings, parameters };
  }
}

interface Page {
  readonly people: number;
  readonly events: number;
  readonly skipped: number;
  readonly findings: readonly Finding[];
  readonly last: PersonKey | null;
}

interface PersonRow {
  readonly bucket: number;
  readonly id: string;
  readonly state: string;
  readonly wake_at: Date | null;
  readonly establish: boolean;
  readonly merged_into: string | null;
}

async function examinePage(
  client: Connection,
  workspaceId: string,
  program: Program,
  after: PersonKey | null,
): Promise<Page> {
  const { rows } = await client.query<PersonRow>(
    `select bucket, id, state, wake_at, establish, merged_into
     from people
     where workspace_id = $1 and (bucket, id) > ($2::smallint, $3::uuid)
     order by bucket, id
     limit $4`,
    [workspaceId, after?.bucket ?? -1, after?.id ?? '00000000-0000-0000-0000-000000000000', PAGE],
  );
  const last = rows.at(-1);
  const standing = rows.filter((row) => row.merged_into === null);
  const around = await loadAround(client, workspaceId, standing.map(keyOf));
  const findings: Finding[] = [];
  let [events, skipped] = [0, 0];
  for (const row of standing) {
    const person = readState(row);
    if (person === null) {
      findings.push({
        kind: 'unreadable',
        person: keyOf(row),
        what: 'the stored state is no readable state',
      });
      continue;
    }
    if (person === 'empty' || row.establish || person.plan !== program.plan.signature) {
      skipped += 1;
      continue;
    }
    const history = await loadHistory(client, workspaceId, [keyOf(row), ...person.aliases]);
    events += history.length;
    const accounts =
      person.standing.points === undefined
        ? new Map<string, Accounts>()
        : await loadAccounts(client, workspaceId, [keyOf(row), ...person.aliases]);
    const runs = await loadRunsUnderWay(client, workspaceId, [keyOf(row), ...person.aliases]);
    findings.push(...compare(program, row, person, { history, runs, accounts }, around));
  }
  return {
    people: standing.length,
    events,
    skipped,
    findings,
    last: last === undefined || rows.length < PAGE ? null : keyOf(last),
  };
}

function compare(
  program: Program,
  row: PersonRow,
  person: Person,
  {
    history,
    runs,
    accounts,
  }: {
    readonly history: readonly EventFact[];
    readonly runs: ReadonlyMap<string, string>;
    readonly accounts: ReadonlyMap<string, Accounts>;
  },
  around: Around,
): readonly Finding[] {
  const found: Finding[] = [];
  const add = (kind: FindingKind, what: string): void => {
    found.push({ kind, person: keyOf(row), what });
  };
  const folded = refold(program, person, history, person.advanced_to).memory;
  if (canonical(folded) !== canonical(person.memory)) {
    add(
      'memory',
      `differs from the fold of ${history.length} stored events in ${differing(folded, person.memory)}`,
    );
  }
  const decisions = around.decisions.get(row.id) ?? [];
  const gap = decisions.findIndex((d, i) => d.seq !== i);
  if (gap !== -1 || decisions.length !== person.standing.seq) {
    add(
      'decisions',
      `the log holds ${decisions.length} of ${person.standing.seq} decisions${gap === -1 ? '' : `, a gap at ${gap}`}`,
    );
  } else if (canonical(foldStanding(decisions)) !== canonical(person.standing)) {
    add(
      'standing',
      `differs from the fold of ${decisions.length} decisions in ${differing(foldStanding(decisions), person.standing)}`,
    );
  }
  if (person.wake_at !== null && (row.wake_at === null || row.wake_at.getTime() > person.wake_at)) {
    add(
      'appointment',
      `due ${instant(person.wake_at)}, stored ${row.wake_at === null ? 'never' : row.wake_at.toISOString()}`,
    );
  }
  const memberships = membershipsOf(person);
  const stored = around.memberships.get(row.id) ?? [];
  if (canonical(memberships) !== canonical([...stored].sort()))
    add('membership', difference(memberships, stored));
  const profile = around.profiles.get(row.id);
  if (profile === undefined || !sameProfile(profile, profileOf(keyOf(row), person)))
    add('profile', 'what lists show is not what is known');
  for (const message of Object.values(person.standing.open)) {
    const state = around.messages.get(message.id);
    const expected = message.handing ? ['handing'] : ['queued', 'claimed'];
    if (state === undefined || !expected.includes(state)) {
      add(
        'message',
        `message ${message.id} is ${state ?? 'not in the ledger'}, expected ${expected.join(' or ')}`,
      );
    }
  }
  for (const what of compareRuns(person, runs)) add('run', what);
  const moved = moveTexts(stageRows(emptyStanding(), decisions).moves);
  const told = around.stageMoves.get(row.id) ?? [];
  const isWhole = gap === -1 && decisions.length === person.standing.seq;
  if (isWhole && canonical(moved) !== canonical([...told].sort())) add('stage', difference(moved, told));
  const posted = postedIn(decisions).map(pointText);
  const entries = around.points.get(row.id) ?? [];
  if (isWhole && canonical(posted.toSorted()) !== canonical([...entries].sort()))
    add('points', difference(posted, entries));
  for (const what of comparePoints(person, accounts)) add('points', what);
  for (const [kind, value] of around.identities.get(row.id) ?? []) {
    if (!history.some((e) => e.identities.some(([k, v]) => k === kind && v === value))) {
      add('identity', `${kind} points here, but no stored event brought it`);
    }
  }
  return found;
}

/** What the rows of a person and of those merged into them add up to, against standing. Debits equal credits: one row is both. */
function comparePoints(person: Person, accounts: ReadonlyMap<string, Accounts>): readonly string[] {
  return Object.entries(person.standing.points ?? {}).flatMap(([programme, points]) => {
    const { balance, spent, debt } = accounts.get(programme) ?? { balance: 0, spent: 0, debt: 0 };
    const same = balance === points.balance && spent === points.spent && 0 - debt === points.debt;
    const stands = `${points.balance} to spend, ${points.spent} spent, ${points.debt} owed`;
    return same ? [] : [`${programme}: ${stands}; entries add up to ${balance}, ${spent}, ${0 - debt}`];
  });
}

function pointText({ seq, programme, entry, from, to, points }: Posted): string {
  return `${seq} ${programme} ${entry} ${from} ${to} ${points}`;
}

/** Runs under way as the rows say, against standing; the rows of those merged into the person count as theirs. */
function compareRuns(person: Person, stored: ReadonlyMap<string, string>): readonly string[] {
  const found: string[] = [];
  for (const run of Object.values(person.standing.runs)) {
    const node = stored.get(run.id);
    if (node !== `${run.version} ${run.node}`)
      found.push(`run ${run.id} stands at ${run.version} ${run.node}, stored ${node ?? 'not at all'}`);
  }
  for (const id of stored.keys())
    if (!(id in person.standing.runs)) found.push(`run ${id} is stored as under way and has ended`);
  return found;
}

/** Rows of a page's people, by person. */
interface Around {
  readonly decisions: ReadonlyMap<string, readonly Decision[]>;
  readonly memberships: ReadonlyMap<string, readonly string[]>;
  readonly stageMoves: ReadonlyMap<string, readonly string[]>;
  readonly points: ReadonlyMap<string, readonly string[]>;
  readonly profiles: ReadonlyMap<string, ProfileRow>;
  readonly identities: ReadonlyMap<string, readonly (readonly [string, string])[]>;
  /** State by message id: the ledger rows of the people and of those merged into them. */
  readonly messages: ReadonlyMap<string, string>;
}

async function loadAround(
  client: Connection,
  workspaceId: string,
  keys: readonly PersonKey[],
): Promise<Around> {
  const values = [int2Array(keys.map((k) => k.bucket)), uuidArray(keys.map((k) => k.id)), workspaceId];
  const of = (table: string, columns: string, order = ''): string => `select t.person_id, ${columns}
     from unnest($1::int2[], $2::uuid[]) u(bucket, id)
     join ${table} t on t.bucket = u.bucket and t.workspace_id = $3 and t.person_id = u.id ${order}`;
  const decisions = await client.query<{ person_id: string; body: string }>(
    of('decisions', 't.body', 'order by t.seq'),
    values,
  );
  const memberships = await client.query<{ person_id: string; row: string }>(
    of(
      'memberships',
      `t.kind || ' ' || t."of" || ' ' || t.value || ' ' || (extract(epoch from t.since) * 1000)::bigint as row`,
    ),
    values,
  );
  const points = await client.query<{ person_id: string; row: string }>(
    of(
      'point_entries',
      `concat_ws(' ', t.seq, t.programme_key, t.entry, t.from_account, t.to_account, t.points) as row`,
    ),
    values,
  );
  const stageMoves = await client.query<{ person_id: string; row: string }>(
    of(
      'stage_moves',
      `concat_ws(' ', t.seq, t.model, coalesce(t.from_stage, '-'), coalesce(t.to_stage, '-'),
         (extract(epoch from t.at) * 1000)::bigint) as row`,
    ),
    values,
  );
  const profiles = await client.query<ProfileColumns>(
    of('profiles', 't.name, t.email, t.user_id, t.phone, t.orders, t.last_order_at, t.as_of'),
    values,
  );
  const messages = await client.query<{ id: string; state: string }>(
    `select m.id, m.state from messages m
     where m.workspace_id = $1 and m.state in ('queued', 'claimed', 'handing')`,
    [workspaceId],
  );
  const identities = await client.query<{ person_id: string; kind: string; value: string }>(
    `select person_id, kind, value from identities where workspace_id = $1 and person_id = any($2::uuid[])`,
    [workspaceId, keys.map((k) => k.id)],
  );
  return {
    decisions: grouped(decisions.rows, (r) => JSON.parse(r.body) as Decision),
    memberships: grouped(memberships.rows, (r) => r.row),
    points: grouped(points.rows, (r) => r.row),
    stageMoves: grouped(stageMoves.rows, (r) => r.row),
    profiles: new Map(profiles.rows.map((r) => [r.person_id, toProfile(r)])),
    identities: grouped(identities.rows, (r) => [r.kind, r.value] as const),
    messages: new Map(messages.rows.map((r) => [r.id, r.state])),
  };
}

interface ProfileColumns {
  readonly person_id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly user_id: string | null;
  readonly phone: string | null;
  readonly orders: number;
  readonly last_order_at: Date | null;
  readonly as_of: Date | null;
}

function toProfile(row: ProfileColumns): ProfileRow {
  return {
    person: { bucket: 0, id: row.person_id },
    name: row.name,
    email: row.email,
    userId: row.user_id,
    phone: row.phone,
    orders: row.orders,
    lastOrderAt: row.last_order_at?.getTime() ?? null,
    asOf: row.as_of?.getTime() ?? null,
  };
}

function membershipsOf(person: Person): readonly string[] {
  const { segments, stages, tiers = {} } = person.standing;
  return [
    ...Object.entries(segments).map(([key, since]) => `segment ${key}  ${since}`),
    ...Object.entries(tiers).map(([of, { tier, since }]) => `tier ${of} ${tier} ${since}`),
    ...Object.entries(stages).map(([model, { stage, since }]) => `stage ${model} ${stage} ${since}`),
  ].sort();
}

function moveTexts(moves: readonly StageMove[]): readonly string[] {
  return moves
    .map(({ seq, model, from, to, at }) => `${seq} ${model} ${from ?? '-'} ${to ?? '-'} ${at}`)
    .sort();
}

function readState(row: PersonRow): Person | 'empty' | null {
  if (row.state === '{}') return 'empty';
  try {
    const person = decodePerson(row.state);
    return typeof person.standing?.seq === 'number' && typeof person.memory?.events === 'number'
      ? person
      : null;
  } catch {
    return null;
  }
}

/** Equal contents have equal texts, whatever the order of their keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function differing(a: object, b: object): string {
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  const keys = new Set([...left.keys(), ...right.keys()]);
  return (
    [...keys].filter((key) => canonical(left.get(key)) !== canonical(right.get(key))).join(', ') || 'nothing'
  );
}

function difference(expected: readonly string[], stored: readonly string[]): string {
  const missing = expected.filter((row) => !stored.includes(row));
  const extra = stored.filter((row) => !expected.includes(row));
  const say = (word: string, rows: readonly string[]): string =>
    rows.length === 0 ? '' : `${word}: ${rows.slice(0, 3).join('; ')}`;
  return [say('missing', missing), say('left over', extra)].filter((part) => part !== '').join(', ');
}

function grouped<R extends { readonly person_id: string }, T>(
  rows: readonly R[],
  of: (row: R) => T,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.person_id);
    if (group === undefined) groups.set(row.person_id, [of(row)]);
    else group.push(of(row));
  }
  return groups;
}

function keyOf(row: { readonly bucket: number; readonly id: string }): PersonKey {
  return { bucket: row.bucket, id: row.id };
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
