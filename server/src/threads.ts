// Threads beside the one that serves people: each is started with what it needs and says words until it gives its answer.
// Whoever starts one ends it without asking. How they read and give way: postgres/aside.ts.
import { Worker } from 'node:worker_threads';

export interface ThreadAsked<Word, Answer> {
  readonly file: URL;
  /** In the words of its failures. */
  readonly name: string;
  readonly data: unknown;
  /** A thread that needs more has found something that is none of its business. */
  readonly heapMb: number;
  readonly signal?: AbortSignal | undefined;
  /** Anything but undefined is the answer. */
  readonly hear: (word: Word) => Answer | undefined;
}

/** The answer of a thread that gives one; rejects when it fails, ends without one, or the signal comes. */
export async function askThread<Word, Answer>(asked: ThreadAsked<Word, Answer>): Promise<Answer> {
  const { signal } = asked;
  signal?.throwIfAborted();
  const worker = new Worker(asked.file, {
    name: asked.name,
    workerData: asked.data,
    resourceLimits: { maxOldGenerationSizeMb: asked.heapMb },
  });
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const stop = (): void => reject(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  worker.on('message', (word: Word) => {
    const answer = asked.hear(word);
    if (answer !== undefined) resolve(answer);
  });
  worker.on('error', reject);
  worker.on('exit', (code) => reject(new Error(`the thread of “${asked.name}” ended by itself (${code})`)));
  try {
    return await promise;
  } finally {
    signal?.removeEventListener('abort', stop);
    await worker.terminate();
  }
}
