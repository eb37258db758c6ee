// A thread of a fit: reads everyone's days and learns from them. Started by run.ts, which ends it without asking. It must never
// write, and never starve the thread that serves people.
import { compile, learn, localDay, spentOn } from '@rapport/engine';
import type { Definition, FitReport, Prediction } from '@rapport/engine';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import pg from 'pg';
import type { FitProgress } from '../postgres/predictions.ts';
import { readKnownOverTime } from './read.ts';

export interface ThreadData {
  readonly url: string;
  readonly workspaceId: string;
  readonly definition: Definition;
  readonly now: number;
  /** Until when most people are known: now, or the as-of day of an old import. */
  readonly knownUntil: number;
}

export type ThreadWord =
  | { readonly kind: 'progress'; readonly progress: FitProgress }
  | {
      readonly kind: 'done';
      readonly prediction: Prediction;
      readonly report: FitReport;
      /** Of learning alone, without reading. */
      readonly learnMs: number;
      readonly memoryMb: number;
    };

/** On Linux a thread has a priority of its own: what people wait for goes first. */
const NICE = 10;

async function work(port: NonNullable<typeof parentPort>): Promise<void> {
  if (process.platform === 'linux') setPriority(NICE);
  const { url, workspaceId, definition, now, knownUntil } = workerData as ThreadData;
  const program = compile(definition);
  const say = (word: ThreadWord): void => port.postMessage(word);
  const client = new pg.Client({
    connectionString: url,
    application_name: 'rapport fit',
    statement_timeout: 0,
    keepAlive: true,
  });
  await client.connect();
  try {
    const { orders, visits, amounts } = await readKnownOverTime(client as never, program, {
      workspaceId,
      now: knownUntil,
      visits: true,
      onShare: (share) => say({ kind: 'progress', progress: { phase: 'reading', share } }),
    });
    say({ kind: 'progress', progress: { phase: 'learning', share: 1 } });
    const began = performance.now();
    const today = localDay(program.zone, knownUntil);
    const { prediction, report } = learn({ orders, visits, spent: spentOn(amounts, today) }, { now, today });
    const learnMs = Math.round(performance.now() - began);
    const memoryMb = Math.round(process.memoryUsage().heapUsed / 1e6);
    say({ kind: 'done', prediction, report, learnMs, memoryMb });
  } finally {
    await client.end();
    port.close();
  }
}

if (parentPort !== null) await work(parentPort);
