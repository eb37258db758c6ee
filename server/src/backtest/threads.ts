// The threads of one backtest: hands each a part of the people after the other, and tells what came of each part. The first
// failure, or the signal, ends all of them at once.
import { Worker } from 'node:worker_threads';
import type { BucketRange } from '../postgres/backtest-histories.ts';
import type { Sums } from '../postgres/backtest-stored.ts';
import type { ThreadData, ThreadOrder, ThreadWord } from './thread.ts';

/** A thread that needs more has found something that is no history of a person. */
const THREAD_HEAP_MB = 1_024;

export interface PartsAsked {
  readonly threads: number;
  readonly data: ThreadData;
  /** With the place of each among all parts. */
  readonly parts: readonly (readonly [place: number, range: BucketRange])[];
  readonly signal: AbortSignal;
  readonly onPart: (place: number, sums: Sums) => void;
  readonly onProgress: (people: number, events: number) => void;
}

/** Resolves when every part is done. */
export async function liveInThreads(asked: PartsAsked): Promise<void> {
  const left = [...asked.parts];
  const started: Worker[] = [];
  try {
    await Promise.all(
      Array.from({ length: asked.threads }, () => {
        const worker = new Worker(new URL('thread.ts', import.meta.url), {
          name: 'backtest',
          workerData: asked.data,
          resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP_MB },
        });
        started.push(worker);
        return follow(worker, left, asked);
      }),
    );
  } finally {
    await Promise.all(started.map((worker) => worker.terminate()));
  }
}

/** Resolves when there are no more parts for this thread. */
function follow(worker: Worker, left: (readonly [number, BucketRange])[], asked: PartsAsked): Promise<void> {
  const { signal, onPart, onProgress } = asked;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let place = -1;
  const stop = (): void => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  worker.on('message', (word: ThreadWord) => {
    switch (word.kind) {
      case 'ready': {
        const next = left.shift();
        const order: ThreadOrder = next?.[1] ?? null;
        place = next?.[0] ?? -1;
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
        worker.postMessage(order);
        if (order === null) resolve();
        return;
      }
      case 'progress':
        onProgress(word.people, word.events);
        return;
      case 'part':
        onPart(place, word.sums);
    }
  });
  worker.on('error', reject);
  worker.on('exit', (code) => reject(new Error(`a thread of the backtest ended by itself (${code})`)));
  return promise.finally(() => signal.removeEventListener('abort', stop));
}
