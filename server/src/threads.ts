// Threads beside the one that serves people: each is started with what it needs, reads by a connection of its own, says words,
// and gives way to everybody else. Whoever starts one ends it without asking.
import { setPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import pg from 'pg';
import { yieldBackend } from './postgres/yielding.ts';
import type { Connection } from './postgres/pool.ts';

/** What people wait for goes first. */
const NICE = 10;

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

/** Inside a thread: lowers its priority (Linux has one for each thread) and its backend's, and works with a connection. */
export async function readAside<T>(
  how: { readonly url: string; readonly name: string },
  work: (client: Connection) => Promise<T>,
): Promise<T> {
  if (process.platform === 'linux') setPriority(NICE);
  const client = new pg.Client({
    connectionString: how.url,
    application_name: `rapport ${how.name}`,
    statement_timeout: 0,
    keepAlive: true,
  });
  await client.connect();
  try {
    await yieldBackend(client, NICE);
    return await work(client as unknown as Connection);
  } finally {
    await client.end();
  }
}
