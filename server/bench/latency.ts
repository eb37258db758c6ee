// How long from an event at the door to the message in the SMTP server: one after another on an idle machine, and while
// thousands of other events burst in. The sink is another process; both read the same monotonic clock.
import { startCluster, type Cluster } from './support/cluster.ts';
import type { Bench, Measure, Values } from './support/figure.ts';
import { addressOf, identify, openReceiptJourney, ping } from './support/journey.ts';
import { openTarget, post, pump, type Target } from './support/load.ts';
import { userIdOf } from './support/population.ts';
import { createKey, startRapport } from './support/rapport.ts';
import { batchOf, defineRules, eventBy } from './support/shop.ts';
import { startSink, type Sink } from './support/sink-client.ts';
import { monotonicMs, pause, percentile, seededRandom } from './support/statistics.ts';

const burstEvents = 6_000;
const burstPeople = 5_000;
const pingEveryMs = 15;
const arriveWithinMs = 20_000;

export const latency: Measure = {
  title: 'From event to sink',
  names: ['event_to_sink_p50_ms', 'event_to_sink_p99_ms', 'event_to_sink_p99_ms_under_burst'],
  async run(bench) {
    const [cluster, sink] = await Promise.all([startCluster(), startSink()]);
    try {
      return await measure(bench, { cluster, sink });
    } finally {
      sink.stop();
      await cluster.close();
    }
  },
};

async function measure(
  bench: Bench,
  run: { readonly cluster: Cluster; readonly sink: Sink },
): Promise<Values> {
  const sizes = bench.quick ? { idle: 60, bursts: 1 } : { idle: 400, bursts: 5 };
  const options = { dataDir: run.cluster.dataDir, databaseUrl: run.cluster.url, smtpUrl: run.sink.url };
  const rapport = await startRapport(options);
  try {
    const key = await createKey(options);
    await defineRules(rapport, key);
    await openReceiptJourney(rapport, key);
    const target = openTarget({ port: rapport.port, key, connections: 20 });
    const stopwatch = new Stopwatch(run.sink, target);
    await stopwatch.introduce(40 + sizes.idle + sizes.bursts * 1_000);
    await warmUp(target);
    for (let n = 0; n < 40; n += 1) await stopwatch.once();
    stopwatch.takeTimes();
    for (let n = 0; n < sizes.idle; n += 1) {
      await stopwatch.once();
      await pause(10);
    }
    const idleMs = stopwatch.takeTimes();
    const burstMs = await underBurst(bench, { target, stopwatch, bursts: sizes.bursts });
    bench.note(
      `idle: ${idleMs.length} messages, slowest ${Math.max(...idleMs).toFixed(0)} ms; ` +
        `under bursts of ${burstEvents.toLocaleString('en')}: ${burstMs.length} messages, p50 ${percentile(burstMs, 0.5).toFixed(0)} ms, slowest ${Math.max(...burstMs).toFixed(0)} ms`,
    );
    return {
      event_to_sink_p50_ms: percentile(idleMs, 0.5),
      event_to_sink_p99_ms: percentile(idleMs, 0.99),
      event_to_sink_p99_ms_under_burst: percentile(burstMs, 0.99),
    };
  } finally {
    await rapport.stop();
  }
}

async function underBurst(
  bench: Bench,
  run: { readonly target: Target; readonly stopwatch: Stopwatch; readonly bursts: number },
): Promise<readonly number[]> {
  const timesMs: number[] = [];
  for (let burst = 0; burst < run.bursts; burst += 1) {
    const bodies = burstBodies(`burst${burst}-`, burst + 10);
    let over = false;
    const under = pump(run.target, { path: '/v1/batch', bodies, connections: 8 }).finally(
      () => (over = true),
    );
    const pings: Promise<void>[] = [];
    while (!over) {
      pings.push(run.stopwatch.once());
      await pause(pingEveryMs);
    }
    const { seconds } = await under;
    await Promise.all(pings);
    timesMs.push(...run.stopwatch.takeTimes());
    if (burst === 0)
      bench.note(`a burst of ${burstEvents.toLocaleString('en')} events is taken in ${seconds.toFixed(2)} s`);
    await pause(1_000);
  }
  return timesMs;
}

async function warmUp(target: Target): Promise<void> {
  await pump(target, { path: '/v1/batch', bodies: burstBodies('warm-', 9), connections: 8 });
  await pause(500);
}

function burstBodies(prefix: string, seed: number): readonly Buffer[] {
  const random = seededRandom(seed);
  return Array.from({ length: burstEvents / 100 }, (_, batch) =>
    batchOf(
      Array.from({ length: 100 }, (_, n) =>
        eventBy(userIdOf('crowd-', random.below(burstPeople)), random, `${prefix}${batch * 100 + n}`),
      ),
    ),
  );
}

/** Sends pings, each for another person, and notes how long each took to arrive. */
class Stopwatch {
  readonly #target: Target;
  readonly #waiting = new Map<string, (arrivedAtMs: number) => void>();
  #timesMs: number[] = [];
  #next = 0;
  #introduced = 0;

  constructor(sink: Sink, target: Target) {
    this.#target = target;
    sink.follow(({ to, arrivedAtMs }) => this.#waiting.get(to)?.(arrivedAtMs));
  }

  /** The people who will be written to are known beforehand, with their addresses. */
  async introduce(people: number): Promise<void> {
    const bodies: Buffer[] = [];
    for (let from = 0; from < people; from += 100) {
      bodies.push(batchOf(Array.from({ length: 100 }, (_, n) => identify(userIdOf('reader-', from + n)))));
    }
    await pump(this.#target, { path: '/v1/batch', bodies, connections: 4 });
    this.#introduced = people;
  }

  async once(): Promise<void> {
    const n = this.#next;
    this.#next += 1;
    const userId = userIdOf('reader-', n % this.#introduced);
    const arrived = this.#arrival(addressOf(userId));
    const body = Buffer.from(JSON.stringify(ping(userId, `ping-${n}`)));
    const begun = monotonicMs();
    await post(this.#target, '/v1/track', body);
    this.#timesMs.push((await arrived) - begun);
  }

  takeTimes(): readonly number[] {
    const times = this.#timesMs;
    this.#timesMs = [];
    return times;
  }

  #arrival(address: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no message for ${address} within ${arriveWithinMs} ms`)),
        arriveWithinMs,
      );
      this.#waiting.set(address, (arrivedAtMs) => {
        clearTimeout(timer);
        this.#waiting.delete(address);
        resolve(arrivedAtMs);
      });
    });
  }
}
