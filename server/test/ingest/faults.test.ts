// What is acknowledged survives: kill -9 of the process and of Postgres while events pour in, retries included. Then the
// books are checked: every acknowledged event is stored once and counted once.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { uuidv7 } from 'uuidv7';
import { afterEach, describe, expect, it } from 'vitest';
import { createLog } from '../../src/log.ts';
import { ensureWorkspace } from '../../src/postgres/definitions.ts';
import { startEmbedded } from '../../src/postgres/embedded.ts';
import { createKey } from '../../src/postgres/keys.ts';
import { migrate } from '../../src/postgres/migrate.ts';
import { openPool } from '../../src/postgres/pool.ts';
import { shipped } from '../../src/shipped.ts';
import { basic } from '../support/ingest-world.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { startProcess } from '../support/processes.ts';
import type { Started } from '../support/processes.ts';

const log = createLog({ level: 'silent' });
const childFile = fileURLToPath(new URL('../support/ingest-child.ts', import.meta.url));
const PEOPLE = 40;
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

async function prepare(url: string): Promise<string> {
  const pool = openPool({ url, name: 'test', connectionsMax: 2, statementMs: 30_000, log });
  const workspace = await ensureWorkspace(pool, { shipped, now: Date.now, newId: uuidv7 });
  const { key } = await createKey(pool, {
    id: uuidv7(),
    workspaceId: workspace.id,
    kind: 'server',
    name: 'test',
    at: new Date(),
  });
  await pool.end();
  return key;
}

async function startChild(url: string): Promise<{ readonly address: string; readonly child: Started }> {
  const child = startProcess({ file: process.execPath, args: [childFile, url] });
  const ready = JSON.parse(await child.line((line) => line.includes('"ready"'))) as { address: string };
  return { address: ready.address, child };
}

/** A client like Segment's: the same events again, with the same ids, until they are taken. */
class Client {
  readonly acknowledged = new Set<string>();
  readonly tried = new Set<string>();
  readonly address: () => string;
  readonly key: string;
  stopped = false;
  failures = 0;

  constructor(address: () => string, key: string) {
    this.address = address;
    this.key = key;
  }

  async run(lane: number): Promise<void> {
    for (let n = 0; !this.stopped; n += 1) {
      const batch = Array.from({ length: 7 }, (_, i) => this.event(lane, n * 7 + i));
      for (const event of batch) this.tried.add(event.messageId);
      while (!(await this.send(batch))) {
        this.failures += 1;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      for (const event of batch) this.acknowledged.add(event.messageId);
    }
  }

  event(lane: number, n: number) {
    const who = (lane * 13 + n * 7) % PEOPLE;
    const messageId = `l${lane}-${n}`;
    // Visitors who become users, so that merges are under way too.
    if (n % 5 === 0) return { type: 'identify', userId: `u${who}`, anonymousId: `a${who}`, messageId };
    return n % 2 === 0
      ? { type: 'track', event: 'Seen', userId: `u${who}`, messageId }
      : { type: 'track', event: 'Seen', anonymousId: `a${who}`, messageId };
  }

  async send(batch: readonly unknown[]): Promise<boolean> {
    try {
      const answer = await fetch(`${this.address()}/v1/batch`, {
        method: 'POST',
        headers: { ...basic(this.key), 'content-type': 'application/json' },
        body: JSON.stringify({ batch, sentAt: new Date().toISOString() }),
      });
      if (answer.status !== 200) return false;
      const body = (await answer.json()) as { rejected: unknown[]; parked?: unknown[] };
      expect(body.rejected).toEqual([]);
      expect(body.parked).toBeUndefined();
      return true;
    } catch {
      return false;
    }
  }
}

async function audit(url: string, client: Client): Promise<void> {
  const db = new pg.Client({ connectionString: url });
  await db.connect();
  try {
    const stored = (await db.query<{ message_id: string }>('select message_id from events')).rows.map(
      (row) => row.message_id,
    );
    expect(new Set(stored).size, 'nothing is stored twice').toBe(stored.length);
    expect(client.acknowledged.difference(new Set(stored)).size, 'nothing acknowledged is lost').toBe(0);
    expect(new Set(stored).difference(client.tried).size, 'nothing is made up').toBe(0);
    const { rows } = await db.query<{ counted: number }>(
      `select coalesce(sum((state::jsonb #>> '{memory,events}')::int), 0)::int as counted from people where merged_into is null`,
    );
    expect(rows[0]?.counted, 'memory counts what is stored').toBe(stored.length);
    const { rows: seen } = await db.query<{ n: number }>('select count(*)::int as n from seen');
    expect(seen[0]?.n).toBe(stored.length);
    const { rows: decisions } = await db.query<{ bad: number }>(
      `select count(*)::int as bad
       from people p
       where p.merged_into is null and (p.state::jsonb #>> '{standing,seq}')::int <>
         (select count(*) from decisions d where d.bucket = p.bucket and d.workspace_id = p.workspace_id and d.person_id = p.id)`,
    );
    expect(decisions[0]?.bad, 'standing and the log of decisions agree').toBe(0);
    const { rows: lost } = await db.query(
      `select 1 from identities i left join people p on p.bucket = i.person_bucket and p.id = i.person_id
       where p.id is null or p.merged_into is not null`,
    );
    expect(lost, 'every identity leads to someone who lives').toHaveLength(0);
  } finally {
    await db.end();
  }
}

async function acknowledgedMore(client: Client, than: number): Promise<void> {
  const end = performance.now() + 30_000;
  while (client.acknowledged.size < than) {
    if (performance.now() > end) throw new Error(`only ${client.acknowledged.size} events were acknowledged`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('kill -9', () => {
  it('of the process, three times: nothing acknowledged is lost, nothing counts twice', async () => {
    const database = await createTestDatabase();
    cleanups.push(() => database.drop());
    const key = await prepare(database.url);
    let current = await startChild(database.url);
    cleanups.push(() => current.child.kill('SIGKILL'));
    const client = new Client(() => current.address, key);
    const lanes = [0, 1, 2, 3].map((lane) => client.run(lane));
    for (let kill = 1; kill <= 3; kill += 1) {
      await acknowledgedMore(client, client.acknowledged.size + 150);
      await current.child.kill('SIGKILL');
      current = await startChild(database.url);
    }
    await acknowledgedMore(client, client.acknowledged.size + 100);
    client.stopped = true;
    await Promise.all(lanes);
    expect(client.failures).toBeGreaterThan(0);
    await audit(database.url, client);
  }, 120_000);

  it('of Postgres, twice: nothing acknowledged is lost, nothing counts twice', async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'rapport-faults-'));
    cleanups.push(() => rm(dataDir, { recursive: true, force: true }));
    const embedded = await startEmbedded({ dataDir, log });
    cleanups.push(() => embedded.stop());
    await migrate({ url: embedded.url });
    const key = await prepare(embedded.url);
    const { address, child } = await startChild(embedded.url);
    cleanups.push(() => child.kill('SIGKILL'));
    const client = new Client(() => address, key);
    const lanes = [0, 1, 2].map((lane) => client.run(lane));
    for (let kill = 1; kill <= 2; kill += 1) {
      await acknowledgedMore(client, client.acknowledged.size + 100);
      const { pid } = embedded;
      process.kill(pid, 'SIGKILL');
      await acknowledgedMore(client, client.acknowledged.size + 50);
      expect(embedded.pid).not.toBe(pid);
    }
    client.stopped = true;
    await Promise.all(lanes);
    expect(client.failures).toBeGreaterThan(0);
    await audit(embedded.url, client);
  }, 180_000);
});
