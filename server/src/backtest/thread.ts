// A thread of a backtest: lives through the people of the buckets it is given and adds them up. Started by run.ts, which
// ends it without asking. It must never write.
import { addOutcome, backtestPerson, emptyTally, prepareBacktest } from '@rapport/engine';
import type { Backtest, BacktestOptions, Definition, PersonHistory, Tested } from '@rapport/engine';
import { parentPort, workerData } from 'node:worker_threads';
import { readHistories } from '../postgres/backtest-histories.ts';
import type { BucketRange } from '../postgres/backtest-histories.ts';
import type { Sums } from '../postgres/backtest-stored.ts';
import type { Connection } from '../postgres/pool.ts';
import { readAside } from '../postgres/aside.ts';

/** What run.ts gives a thread to begin with. */
export interface ThreadData {
  readonly url: string;
  readonly workspaceId: string;
  readonly definition: Definition;
  readonly tested: Tested;
  readonly options: BacktestOptions;
  readonly sampleMax: number;
  readonly knownUntil: number;
}

/** What a thread says. `ready`: it waits for buckets. `part`: it is done with those it was given. */
export type ThreadWord =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly people: number; readonly events: number }
  | { readonly kind: 'part'; readonly sums: Sums };

/** Null: there is no more. */
export type ThreadOrder = BucketRange | null;

const SAY_EVERY_MS = 100;

class Thread {
  readonly #data: ThreadData;
  readonly #backtest: Backtest;
  #tally = emptyTally();
  readonly #say: (word: ThreadWord) => void;
  #failedPeople = 0;
  #failure: string | null = null;
  #asOfPeople = 0;
  #said = { people: 0, events: 0, at: 0 };

  constructor(data: ThreadData, say: (word: ThreadWord) => void) {
    this.#data = data;
    this.#say = say;
    this.#backtest = prepareBacktest(data.definition, data.tested, data.options);
  }

  async live(client: Connection, buckets: BucketRange): Promise<void> {
    const { workspaceId, knownUntil } = this.#data;
    for await (const histories of readHistories(client, { workspaceId, buckets, knownUntil })) {
      for (const history of histories) this.#add(history);
      this.#sayProgress(SAY_EVERY_MS);
    }
    this.#sayProgress(0);
    this.#tell();
  }

  /** Each part is told by itself, so that what was done is not lost with the thread. */
  #tell(): void {
    this.#say({
      kind: 'part',
      sums: {
        tally: this.#tally,
        failedPeople: this.#failedPeople,
        failure: this.#failure,
        asOfPeople: this.#asOfPeople,
      },
    });
    this.#tally = emptyTally();
    [this.#failedPeople, this.#failure, this.#asOfPeople] = [0, null, 0];
    this.#said = { ...this.#said, people: 0, events: 0 };
  }

  /** One person on whom the engine fails never stops the others. */
  #add(history: PersonHistory): void {
    if (history.knownUntil < this.#data.knownUntil) this.#asOfPeople += 1;
    try {
      const outcome = backtestPerson(this.#backtest, history);
      addOutcome(this.#backtest, this.#tally, outcome, this.#data.sampleMax);
    } catch (error) {
      this.#failedPeople += 1;
      this.#failure ??= error instanceof Error ? error.message : String(error);
    }
  }

  #sayProgress(everyMs: number): void {
    const now = performance.now();
    if (now - this.#said.at < everyMs) return;
    const { people, events } = this.#tally;
    if (people > this.#said.people)
      this.#say({ kind: 'progress', people: people - this.#said.people, events: events - this.#said.events });
    this.#said = { people, events, at: now };
  }
}

/** Takes orders one after the other until there are no more. */
async function work(port: NonNullable<typeof parentPort>): Promise<void> {
  const data = workerData as ThreadData;
  const thread = new Thread(data, (word) => port.postMessage(word));
  await readAside({ url: data.url, name: 'backtest' }, async (client) => {
    for (;;) {
      const order = await new Promise<ThreadOrder>((resolve) => {
        port.once('message', resolve);
        port.postMessage({ kind: 'ready' } satisfies ThreadWord);
      });
      if (order === null) break;
      await thread.live(client, order);
    }
  });
  port.close();
}

if (parentPort !== null) await work(parentPort);
