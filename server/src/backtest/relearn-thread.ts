// A thread of a backtest: reads everyone's days once and learns at each instant from what was known until then. Started by
// plan.ts, which ends it without asking. It must never write.
import { compile, relearn } from '@rapport/engine';
import type { AskedPredictions, Definition, Relearnt } from '@rapport/engine';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import pg from 'pg';
import { readKnownOverTime } from '../prediction/read.ts';

export interface RelearnData {
  readonly url: string;
  readonly workspaceId: string;
  readonly definition: Definition;
  readonly knownUntil: number;
  readonly instants: readonly number[];
  readonly needs: AskedPredictions;
}

export type RelearnWord = readonly Relearnt[];

/** On Linux a thread has a priority of its own: what people wait for goes first. */
const NICE = 10;

async function work(port: NonNullable<typeof parentPort>): Promise<void> {
  if (process.platform === 'linux') setPriority(NICE);
  const { url, workspaceId, definition, knownUntil, instants, needs } = workerData as RelearnData;
  const program = compile(definition);
  const client = new pg.Client({
    connectionString: url,
    application_name: 'rapport backtest',
    statement_timeout: 0,
    keepAlive: true,
  });
  await client.connect();
  try {
    const known = await readKnownOverTime(client as never, program, {
      workspaceId,
      now: knownUntil,
      visits: needs.visits,
      onShare: () => undefined,
    });
    port.postMessage([...relearn(known, instants, { zone: program.zone, needs })] satisfies RelearnWord);
  } finally {
    await client.end();
    port.close();
  }
}

if (parentPort !== null) await work(parentPort);
