// What it costs to know of silence: a hundred absence rules kept true for an hour, moment by moment, by our clock at a
// virtual time, against set-based SQL that looks at everyone each minute. Both find the same transitions.
import { encodePerson, newPerson, refold, step } from '@rapport/engine';
import type { EventFact, Person, Program, Rule, SegmentDefinition } from '@rapport/engine';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { uuidv7 } from 'uuidv7';
import { createLog } from '../src/log.ts';
import { bucketOf } from '../src/postgres/bucket.ts';
import { ensureWorkspace } from '../src/postgres/definitions.ts';
import { migrate } from '../src/postgres/migrate.ts';
import { openPool, type Pool } from '../src/postgres/pool.ts';
import { createPrograms, type Programs } from '../src/postgres/programs.ts';
import { stepDue } from '../src/workers/clock.ts';
import { startCluster, withClient, type Cluster } from './support/cluster.ts';
import type { Bench, Measure, Values } from './support/figure.ts';
import { escaped } from './support/population.ts';
import { treeCpuMs } from './support/proc.ts';
import { seededRandom } from './support/statistics.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const minuteMs = 60_000;
const scans = 5;
const lookMs = 1_000;
const eventNames = Array.from({ length: 10 }, (_, n) => `Happened ${n}`);
const silenceDays = [1, 2, 4, 7, 14, 21, 30, 45, 60, 90] as const;
/** Of the ten events a person did so many, the last of each within so many days. */
const eventsEach = 3;
const spanDays = 100;

interface Silence {
  readonly key: string;
  readonly event: number;
  readonly days: number;
}

const silences: readonly Silence[] = eventNames.flatMap((_, event) =>
  silenceDays.map((days) => ({ key: `silent_${event}_${days}`, event, days })),
);

export const absence: Measure = {
  title: 'A hundred absence rules for an hour',
  names: ['absence_vs_rescan_ratio'],
  async run(bench) {
    const cluster = await startCluster();
    try {
      return await measure(bench, cluster);
    } finally {
      await cluster.close();
    }
  },
};

async function measure(bench: Bench, cluster: Cluster): Promise<Values> {
  await migrate({ url: cluster.url });
  const log = createLog({ level: 'warn' });
  const pool = openPool({ url: cluster.url, name: 'bench', connectionsMax: 3, statementMs: 0, log });
  const programs = createPrograms(pool);
  const beginAt = Math.floor(Date.now() / minuteMs) * minuteMs;
  try {
    const { id } = await ensureWorkspace(pool, {
      shipped: { segments: silences.map(segmentOf), models: [], journeys: [], topics: [], templates: [] },
      now: () => beginAt - spanDays * dayMs,
      newId: uuidv7,
    });
    const population: Population = {
      workspaceId: id,
      program: await programs.get(id),
      people: peopleOf(bench.quick ? 10_000 : 100_000, beginAt),
      beginAt,
    };
    await withClient(cluster.url, (client) => load(client, population));
    const ours = await drain(bench, { cluster, pool, programs, beginAt });
    const theirs = await withClient(cluster.url, (client) => rescan(bench, { client, cluster, population }));
    if (ours.inScans !== theirs.transitions)
      throw new Error(`the clock found ${ours.inScans} transitions, SQL ${theirs.transitions}`);
    return { absence_vs_rescan_ratio: ours.cpuMs / theirs.cpuMs };
  } finally {
    await pool.end();
  }
}

interface Someone {
  readonly id: string;
  /** Newest time of an event, by its number. */
  readonly last: ReadonlyMap<number, number>;
}

interface Population {
  readonly workspaceId: string;
  readonly program: Program;
  readonly people: readonly Someone[];
  readonly beginAt: number;
}

function segmentOf({ key, event, days }: Silence): SegmentDefinition {
  const name = eventNames[event] ?? '';
  const rules: readonly Rule[] = [
    { kind: 'count', event: name, op: 'at_least', n: 1 },
    { kind: 'count', event: name, window: { last: `P${days}D` }, op: 'at_most', n: 0 },
  ];
  return { key, name: key, rule: { kind: 'all', rules } };
}

function peopleOf(count: number, beginAt: number): readonly Someone[] {
  const random = seededRandom(8);
  return Array.from({ length: count }, () => {
    const last = new Map<number, number>();
    while (last.size < eventsEach) {
      last.set(random.below(eventNames.length), beginAt - Math.floor(random.next() * spanDays * dayMs));
    }
    return { id: uuidv7(), last };
  });
}

/** States folded and settled by the engine as of the beginning, with the memberships that follow. */
async function load(client: pg.Client, population: Population): Promise<void> {
  const { workspaceId, program, people, beginAt } = population;
  const states = people.map((someone) => stateOf(program, someone, beginAt));
  const iso = (at: number): string => new Date(at).toISOString();
  await copyRows(
    client,
    'people (bucket, workspace_id, id, created_at, state, program_version, wake_at)',
    states
      .values()
      .map((person) => [
        String(bucketOf(person.id)),
        workspaceId,
        person.id,
        iso(beginAt - spanDays * dayMs),
        encodePerson(person),
        String(program.version),
        person.wake_at === null ? null : iso(person.wake_at),
      ]),
  );
  await copyRows(
    client,
    'memberships (bucket, workspace_id, person_id, kind, "of", value, since)',
    states
      .values()
      .flatMap((person) =>
        Object.entries(person.standing.segments).map(([key, since]) => [
          String(bucketOf(person.id)),
          workspaceId,
          person.id,
          'segment',
          key,
          '',
          iso(since),
        ]),
      ),
  );
  await client.query('vacuum (analyze) people, memberships');
  await client.query('checkpoint');
}

function stateOf(program: Program, { id, last }: Someone, beginAt: number): Person {
  const facts = [...last].map(([event, at]): EventFact => ({
    id: `${id}-${event}`,
    at,
    type: 'track',
    name: eventNames[event] ?? '',
    trust: 'server',
    properties: {},
    traits: {},
    identities: [['user_id', id]],
  }));
  const folded = refold(program, newPerson(program, id, beginAt), facts, beginAt);
  const older = { ...folded, program_version: program.version - 1, wake_at: null };
  const stepped = step(program, older, { kind: 'definition' }, beginAt, { silent: true });
  if (stepped.kind !== 'stepped') throw new Error(`a state could not be made: ${stepped.kind}`);
  return stepped.person;
}

interface Ours {
  readonly cpuMs: number;
  /** Transitions due while the other side scans. */
  readonly inScans: number;
}

/** Every look the clock takes in an hour, one a second at least, and every moment at its time. */
async function drain(
  bench: Bench,
  run: {
    readonly cluster: Cluster;
    readonly pool: Pool;
    readonly programs: Programs;
    readonly beginAt: number;
  },
): Promise<Ours> {
  const { cluster, pool, programs, beginAt } = run;
  let now = beginAt;
  const deps = { pool, programs, now: () => now };
  const counts = { people: 0, looks: 0 };
  const measured = await cpuOf(cluster, async () => {
    while (now <= beginAt + hourMs) {
      const waitMs = await stepDue(deps, { add: (people) => (counts.people += people) });
      counts.looks += 1;
      if (waitMs > 0) now += Math.max(1, Math.min(waitMs, lookMs));
    }
  });
  const { rows } = await pool.query<{ hour: number; scanned: number }>(
    `select count(*)::int as hour, count(*) filter (where due_at <= $2)::int as scanned
     from decisions where kind = 'segment_joined' and due_at > $1 and due_at <= $3`,
    [new Date(beginAt), new Date(beginAt + scans * minuteMs), new Date(beginAt + hourMs)],
  );
  bench.note(
    `the clock: ${rows[0]?.hour.toLocaleString('en')} transitions of an hour in ${(measured / 1000).toFixed(2)} s of processor time, ` +
      `${counts.looks.toLocaleString('en')} looks`,
  );
  return { cpuMs: measured, inScans: rows[0]?.scanned ?? -1 };
}

interface Theirs {
  /** Of an hour: five scans, scaled to sixty. */
  readonly cpuMs: number;
  readonly transitions: number;
}

async function rescan(
  bench: Bench,
  run: { readonly client: pg.Client; readonly cluster: Cluster; readonly population: Population },
): Promise<Theirs> {
  const { client, cluster, population } = run;
  const { beginAt } = population;
  await buildRescan(client, population);
  // Once before: everyone who belongs at the beginning does.
  const found = await scanOnce(client, beginAt);
  let transitions = 0;
  const scanned = await cpuOf(cluster, async () => {
    for (let n = 1; n <= scans; n += 1) transitions += await scanOnce(client, beginAt + n * minuteMs);
  });
  const ranged = await cpuOf(cluster, async () => {
    for (let n = scans + 1; n <= scans * 2; n += 1) await rangeOnce(client, beginAt + n * minuteMs);
  });
  const hour = 60 / scans;
  bench.note(
    `SQL: ${found.toLocaleString('en')} memberships at the beginning; a scan takes ${(scanned / scans).toFixed(0)} ms of processor time, sixty ${((scanned * hour) / 1000).toFixed(1)} s`,
  );
  bench.note(
    `SQL that trusts the scan before it and asks for the last minute alone: sixty ${((ranged * hour) / 1000).toFixed(2)} s (it misses late events and what a scan left out)`,
  );
  return { cpuMs: scanned * hour, transitions };
}

/** The last time of each event by person, small keys, an index in the order in which silence ends. */
async function buildRescan(client: pg.Client, { people }: Population): Promise<void> {
  await client.query(`
    create table bench_rules (rule int primary key, event int not null, silence interval not null);
    create table bench_last (person int not null, event int not null, at timestamptz not null, primary key (person, event));
    create table bench_members (rule int not null, person int not null, primary key (rule, person));
  `);
  await copyRows(
    client,
    'bench_rules',
    silences.map(({ event, days }, rule) => [String(rule), String(event), `${days * 24} hours`]).values(),
  );
  await copyRows(
    client,
    'bench_last',
    people
      .values()
      .flatMap(({ last }, person) =>
        [...last].map(([event, at]) => [String(person), String(event), new Date(at).toISOString()]),
      ),
  );
  await client.query('create index on bench_last (event, at) include (person)');
  await client.query('vacuum (analyze) bench_rules, bench_last');
  // What an engineer would give a job like this.
  await client.query(`set work_mem = '256MB'; set jit = off; set max_parallel_workers_per_gather = 0`);
}

/** One pass over all rules and everyone: who is missing joins, who no longer belongs leaves. */
async function scanOnce(client: pg.Client, now: number): Promise<number> {
  const { rows } = await client.query<{ joined: number; gone: number }>({
    name: 'rescan',
    text: `with should as (
             select r.rule, l.person
             from bench_rules r join bench_last l on l.event = r.event and l.at <= $1::timestamptz - r.silence),
           gone as (
             delete from bench_members m
             using bench_rules r, bench_last l
             where r.rule = m.rule and l.person = m.person and l.event = r.event and l.at > $1::timestamptz - r.silence
             returning 1),
           joined as (
             insert into bench_members (rule, person)
             select s.rule, s.person from should s
             where not exists (select 1 from bench_members m where m.rule = s.rule and m.person = s.person)
             returning 1)
           select (select count(*)::int from joined) as joined, (select count(*)::int from gone) as gone`,
    values: [new Date(now)],
  });
  const { joined = 0, gone = 0 } = rows[0] ?? {};
  // The first pass fills the table: from then on the planner knows it.
  if (joined > 10_000) await client.query('vacuum (analyze) bench_members');
  return joined + gone;
}

async function rangeOnce(client: pg.Client, now: number): Promise<void> {
  await client.query({
    name: 'range',
    text: `insert into bench_members (rule, person)
           select r.rule, l.person
           from bench_rules r join bench_last l on l.event = r.event
             and l.at <= $1::timestamptz - r.silence and l.at > $1::timestamptz - r.silence - interval '1 minute'
           on conflict do nothing`,
    values: [new Date(now)],
  });
}

/** Processor time of this process and all of Postgres. */
async function cpuOf(cluster: Cluster, work: () => Promise<void>): Promise<number> {
  const postgres = treeCpuMs(cluster.pid);
  const before = process.cpuUsage();
  await work();
  const own = process.cpuUsage(before);
  return (own.user + own.system) / 1000 + treeCpuMs(cluster.pid) - postgres;
}

async function copyRows(
  client: pg.Client,
  into: string,
  rows: Iterable<readonly (string | null)[]>,
): Promise<void> {
  const sink = client.query(copyFrom(`copy ${into} from stdin`));
  let chunk = '';
  for (const row of rows) {
    chunk += `${row.map(escaped).join('\t')}\n`;
    if (chunk.length < 256 * 1024) continue;
    if (!sink.write(chunk)) await once(sink, 'drain');
    chunk = '';
  }
  sink.end(chunk);
  await finished(sink);
}
