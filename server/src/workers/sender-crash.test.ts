// The promise "at most one hand-off begins whose failure is not proven", kept by killing the sender for real at every
// boundary, and then auditing what the SMTP server accepted against what the ledger says.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../../test/support/postgres.ts';
import type { TestDatabase } from '../../test/support/postgres.ts';
import {
  addPeople,
  enrol,
  isEnded,
  ledger,
  openSendingWorld,
  setSending,
  settled,
  uuid,
} from '../../test/support/sending-world.ts';
import type { LedgerRow, SendingWorld } from '../../test/support/sending-world.ts';
import { SENDER_LIMITS } from './sender-deps.ts';
import { startSmtpSink } from '../../test/support/smtp-sink.ts';
import type { SmtpSink } from '../../test/support/smtp-sink.ts';

const MESSAGES = 40;
const BOUNDARIES = [
  'sender.before_claim',
  'sender.after_claim',
  'sender.before_handing_commit',
  'sender.after_handing_commit',
  'sender.during_hand_over',
  'sender.after_hand_over',
  'sender.before_result_commit',
  'sender.after_result_commit',
  // later on, with other groups under way
  'sender.after_claim:2',
  'sender.before_handing_commit:3',
  'sender.after_handing_commit:3',
  'sender.after_hand_over:5',
  'sender.before_result_commit:3',
] as const;
/** Killed here, nothing had been committed as handing: nothing may be uncertain afterwards. */
const BEFORE_ANYTHING: readonly string[] = ['sender.before_claim', 'sender.after_claim'];

let database: TestDatabase;
let world: SendingWorld;
let sink: SmtpSink;
const children: ChildProcess[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  world = await openSendingWorld(database.url);
  sink = await startSmtpSink();
  await setSending(world, { mode: 'live' });
  await enrol(
    world,
    await addPeople(
      world,
      Array.from({ length: MESSAGES }, (_, at) => ({ id: uuid(at + 1) })),
    ),
  );
});
afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
  await world.close();
  await sink.close();
  await database.drop();
});

function startChild(crashAt = ''): {
  readonly child: ChildProcess;
  readonly ended: Promise<NodeJS.Signals | null>;
} {
  const script = fileURLToPath(new URL('../../test/support/sender-child.ts', import.meta.url));
  const env = {
    ...process.env,
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    SMTP_URL: sink.url,
    RAPPORT_CRASH_AT: crashAt,
  };
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  children.push(child);
  return { child, ended: new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal))) };
}

/** A claim outlives its process by a minute; tests do not wait for it. */
async function expireClaims(): Promise<void> {
  await world.pool.query(`update messages set next_at = now() - interval '1 second' where state = 'claimed'`);
}

function audit(rows: readonly LedgerRow[]): void {
  const times = new Map<string, number>();
  for (const { messageId } of sink.accepted) times.set(messageId, (times.get(messageId) ?? 0) + 1);
  const twice = [...times].filter(([, count]) => count > 1);
  expect(twice).toEqual([]);
  const known = new Set(rows.map((row) => row.id));
  expect([...times.keys()].filter((id) => !known.has(id))).toEqual([]);
  for (const row of rows) {
    const accepted = times.has(row.id);
    if (row.state === 'sent') expect([row.id, accepted]).toEqual([row.id, true]);
    // what is uncertain, or soon will be, may be either; everything else must not have arrived
    else if (row.state !== 'uncertain' && row.state !== 'handing')
      expect([row.id, row.state, accepted]).toEqual([row.id, row.state, false]);
  }
}

describe('killed at a commit boundary', () => {
  test.each(BOUNDARIES)('%s: nobody gets two, and everyone ends', async (crashAt) => {
    const first = startChild(crashAt);
    expect(await first.ended).toBe('SIGKILL');
    await expireClaims();
    startChild();
    const rows = await settled(world, (all) => all.every(isEnded), 40_000);
    expect(rows).toHaveLength(MESSAGES);
    audit(rows);
    const uncertain = rows.filter((row) => row.state === 'uncertain');
    // at most what was under way on ten connections, or had come back and was gathered to be recorded together
    expect(uncertain.length).toBeLessThan(SENDER_LIMITS.recordMin + 10);
    if (BEFORE_ANYTHING.includes(crashAt)) expect(uncertain).toHaveLength(0);
    expect(rows.filter((row) => row.state === 'sent').length).toBe(MESSAGES - uncertain.length);
  });
});

test('killed again and again at odd moments: nobody gets two, and everyone ends', async () => {
  for (const msUntilKill of [420, 500, 560, 640, 700, 780]) {
    const { child, ended } = startChild();
    await new Promise((resolve) => setTimeout(resolve, msUntilKill));
    child.kill('SIGKILL');
    await ended;
    audit(await ledger(world));
    await expireClaims();
  }
  startChild();
  audit(await settled(world, (all) => all.every(isEnded), 40_000));
});

test('two processes, one of them killed: the other takes what was claimed and leaves what was handed over', async () => {
  startChild();
  const dying = startChild('sender.after_handing_commit:2');
  await Promise.race([dying.ended, settled(world, (all) => all.every(isEnded), 40_000)]);
  await expireClaims();
  // what the dead one was handing over is only known by its lease: it runs out
  await world.pool.query(
    `update messages set lease_until = now() - interval '1 second' where state = 'handing'`,
  );
  audit(await settled(world, (all) => all.every((row) => isEnded(row) || row.state === 'handing'), 40_000));
});
