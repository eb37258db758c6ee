// A thread of a backtest: reads everyone's days once and learns at each instant from what was known until then. Started by
// plan.ts, which ends it without asking. It must never write.
import { compile, relearn } from '@rapport/engine';
import type { AskedPredictions, Definition, Relearnt } from '@rapport/engine';
import { parentPort, workerData } from 'node:worker_threads';
import { readKnownOverTime } from '../prediction/read.ts';
import { readAside } from '../postgres/aside.ts';

export interface RelearnData {
  readonly url: string;
  readonly workspaceId: string;
  readonly definition: Definition;
  readonly knownUntil: number;
  readonly instants: readonly number[];
  readonly needs: AskedPredictions;
}

export type RelearnWord = readonly Relearnt[];

async function work(port: NonNullable<typeof parentPort>): Promise<void> {
  const { url, workspaceId, definition, knownUntil, instants, needs } = workerData as RelearnData;
  const program = compile(definition);
  const known = await readAside({ url, name: 'backtest' }, (client) =>
    readKnownOverTime(client, program, {
      workspaceId,
      now: knownUntil,
      visits: needs.visits,
      onShare: () => undefined,
    }),
  );
  port.postMessage([...relearn(known, instants, { zone: program.zone, needs })] satisfies RelearnWord);
  port.close();
}

if (parentPort !== null) await work(parentPort);
