// Repairs what doctor finds in memory and in the rows that follow from a state: memory is folded again from stored events and
// established silently, rows are written from standing. Standing itself is the log's; nothing is decided anew, nothing sent.
import { emptyStanding, encodePerson, foldStanding, step } from '@rapport/engine';
import type { Decision, EventFact, Person, Stepped } from '@rapport/engine';
import type { PersonKey } from './bucket.ts';
import { loadHistory } from './events.ts';
import { historyKeys, lockPeople } from './people.ts';
import type { LockedPerson } from './people.ts';
import type { Connection, Pool } from './pool.ts';
import { profileOf } from './profile.ts';
import type { Programs } from './programs.ts';
import { newRows, pushMoves, writeRows } from './rows.ts';
import { retrying } from './steps.ts';
import type { StepContext } from './steps.ts';

const PAGE = 100;

export interface RebuildDeps {
  readonly pool: Pool;
  readonly programs: Pick<Programs, 'get' | 'reload'>;
  readonly now: () => number;
  readonly onProgress?: (people: number) => void;
}

export interface Rebuilt {
  readonly people: number;
  /** Whose memory or standing was not what their facts and decisions say. */
  readonly changed: number;
  /** On whom the engine gave up: left as they were. */
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
}

export async function rebuild(deps: RebuildDeps, workspaceId: string): Promise<Rebuilt> {
  let [people, changed] = [0, 0];
  const failed: { readonly id: string; readonly reason: string }[] = [];
  let after: PersonKey | null = null;
  for (;;) {
    const keys: readonly PersonKey[] = await listPeople(deps.pool, workspaceId, after);
    const last = keys.at(-1);
    if (last === undefined) return { people, changed, failed };
    const page = await retrying(deps, workspaceId, (client, context) => rebuildPage(client, context, keys));
    changed += page.changed;
    failed.push(...page.failed);
    people += keys.length;
    after = last;
    deps.onProgress?.(people);
  }
}

async function rebuildPage(
  client: Connection,
  context: StepContext,
  keys: readonly PersonKey[],
): Promise<Omit<Rebuilt, 'people'>> {
  const locked = await lockPeople(client, context.workspaceId, keys, { program: context.program });
  let changed = 0;
  const failed: { readonly id: string; readonly reason: string }[] = [];
  const rows = newRows();
  for (const person of new Set(locked.values())) {
    if (person.establish) continue;
    const { standing, decisions } = await foldLog(client, context.workspaceId, person);
    const history = await loadHistory(client, context.workspaceId, historyKeys(person));
    const next = remember(context, { ...person.person, standing }, history);
    if (next.kind !== 'stepped') {
      failed.push({ id: person.key.id, reason: next.kind });
      continue;
    }
    if (!sameFolds(next.person, person.before)) changed += 1;
    await clearRows(client, context.workspaceId, person.key);
    rows.updates.push({
      key: person.key,
      state: encodePerson(next.person),
      programVersion: next.person.program_version,
      wakeAt: next.person.wake_at,
      createdAt: person.createdAt,
    });
    for (const decision of next.decisions) rows.decisions.push({ person: person.key, decision });
    for (const [of, since] of Object.entries(next.person.standing.segments)) {
      rows.memberships.push({ person: person.key, kind: 'segment', of, value: '', since });
    }
    for (const [of, { stage, since }] of Object.entries(next.person.standing.stages)) {
      rows.memberships.push({ person: person.key, kind: 'stage', of, value: stage, since });
    }
    for (const [of, { tier, since }] of Object.entries(next.person.standing.tiers ?? {})) {
      rows.memberships.push({ person: person.key, kind: 'tier', of, value: tier, since });
    }
    rows.profiles.push(profileOf(person.key, next.person));
    pushMoves(rows, person.key, {
      before: emptyStanding(),
      decisions: [...decisions, ...next.decisions],
    });
  }
  await writeRows(client, context.workspaceId, rows);
  return { changed, failed };
}

/** Time that went by since is no difference; what is remembered and what stands is. */
function sameFolds(a: Person, b: Person): boolean {
  return JSON.stringify([a.memory, a.standing]) === JSON.stringify([b.memory, b.standing]);
}

/** Memory from facts, then one silent evaluation: what the wrong memory hid is established, and contacts nobody. */
function remember(context: StepContext, person: Person, history: readonly EventFact[]): Stepped {
  const now = Math.max(context.now, person.advanced_to);
  return step(context.program, { ...person, plan: '' }, { kind: 'definition' }, now, {
    history,
    silent: true,
  });
}

/** A log with a gap cannot be folded: what is stored stands, and doctor goes on saying so. */
async function foldLog(
  client: Connection,
  workspaceId: string,
  locked: LockedPerson,
): Promise<{ readonly standing: Person['standing']; readonly decisions: readonly Decision[] }> {
  const { rows } = await client.query<{ body: string }>(
    'select body from decisions where bucket = $1 and workspace_id = $2 and person_id = $3 order by seq',
    [locked.key.bucket, workspaceId, locked.key.id],
  );
  const decisions = rows.map((r) => JSON.parse(r.body) as Decision);
  const isWhole = decisions.every((d, i) => d.seq === i) && decisions.length >= locked.person.standing.seq;
  return { standing: isWhole ? foldStanding(decisions) : locked.person.standing, decisions };
}

async function clearRows(client: Connection, workspaceId: string, key: PersonKey): Promise<void> {
  await client.query('delete from memberships where bucket = $1 and workspace_id = $2 and person_id = $3', [
    key.bucket,
    workspaceId,
    key.id,
  ]);
  await client.query('delete from stage_moves where bucket = $1 and workspace_id = $2 and person_id = $3', [
    key.bucket,
    workspaceId,
    key.id,
  ]);
  await client.query('delete from point_entries where bucket = $1 and workspace_id = $2 and person_id = $3', [
    key.bucket,
    workspaceId,
    key.id,
  ]);
  // Those that go on are written again from the log.
  await client.query(
    'delete from runs where bucket = $1 and workspace_id = $2 and person_id = $3 and ended_at is null',
    [key.bucket, workspaceId, key.id],
  );
}

async function listPeople(
  pool: Pool,
  workspaceId: string,
  after: PersonKey | null,
): Promise<readonly PersonKey[]> {
  const { rows } = await pool.query<PersonKey>(
    `select bucket, id from people
     where workspace_id = $1 and merged_into is null and (bucket, id) > ($2::smallint, $3::uuid)
     order by bucket, id
     limit $4`,
    [workspaceId, after?.bucket ?? -1, after?.id ?? '00000000-0000-0000-0000-000000000000', PAGE],
  );
  return rows;
}
