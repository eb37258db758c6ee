// The thread in which figures are worked out: a hundred thousand people take seconds, in which nobody else would be answered.
// Started by workers/figures.ts. It must never write.
import { compile } from '@rapport/engine';
import type { Definition } from '@rapport/engine';
import { parentPort, workerData } from 'node:worker_threads';
import { readAside } from '../postgres/aside.ts';
import { workOut } from './work-out.ts';
import type { WorkedOut } from './work-out.ts';

export interface ThreadData {
  readonly url: string;
  readonly workspaceId: string;
  readonly definition: Definition;
  readonly now: number;
}

export type ThreadWord = WorkedOut;

async function work(port: NonNullable<typeof parentPort>): Promise<void> {
  const { url, workspaceId, definition, now } = workerData as ThreadData;
  const word: ThreadWord = await readAside({ url, name: 'figures' }, (client) =>
    workOut(client, workspaceId, compile(definition), now),
  );
  port.postMessage(word);
  port.close();
}

if (parentPort !== null) await work(parentPort);
