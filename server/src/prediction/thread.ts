// A thread of a fit: reads everyone's days and learns from them. Started by run.ts, which ends it without asking. It must never
// write.
import { compile, learn, localDay, spentOn } from '@rapport/engine';
import type { Definition, FitReport, Prediction } from '@rapport/engine';
import { parentPort, workerData } from 'node:worker_threads';
import type { FitProgress } from '../postgres/predictions.ts';
import { readAside } from '../postgres/aside.ts';
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

async function work(port: NonNullable<typeof parentPort>): Promise<void> {
  const { url, workspaceId, definition, now, knownUntil } = workerData as ThreadData;
  const program = compile(definition);
  const say = (word: ThreadWord): void => port.postMessage(word);
  const { orders, visits, amounts } = await readAside({ url, name: 'fit' }, (client) =>
    readKnownOverTime(client, program, {
      workspaceId,
      now: knownUntil,
      visits: true,
      onShare: (share) => say({ kind: 'progress', progress: { phase: 'reading', share } }),
    }),
  );
  say({ kind: 'progress', progress: { phase: 'learning', share: 1 } });
  const began = performance.now();
  const today = localDay(program.zone, knownUntil);
  const { prediction, report } = learn({ orders, visits, spent: spentOn(amounts, today) }, { now, today });
  const learnMs = Math.round(performance.now() - began);
  const memoryMb = Math.round(process.memoryUsage().heapUsed / 1e6);
  say({ kind: 'done', prediction, report, learnMs, memoryMb });
  port.close();
}

if (parentPort !== null) await work(parentPort);
