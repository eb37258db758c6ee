// How many messages a second leave, against the bare mail library with as many connections to the same sink and the same
// message. Both start with everything queued: the sink holds its greeting until then.
import { createTransport } from 'nodemailer';
import { simpleParser } from 'mailparser';
import { EMAIL_LIMITS } from '../src/channels/email.ts';
import { startCluster, withClient, type Cluster } from './support/cluster.ts';
import type { Bench, Measure, Values } from './support/figure.ts';
import { addressOf, identify, openReceiptJourney, ping } from './support/journey.ts';
import { openTarget, pump } from './support/load.ts';
import { userIdOf } from './support/population.ts';
import { treeCpuMs } from './support/proc.ts';
import { createKey, startRapport } from './support/rapport.ts';
import { batchOf, defineRules } from './support/shop.ts';
import type { Mail } from './sink.ts';
import { startSink, type Sink } from './support/sink-client.ts';
import { monotonicMs, pause } from './support/statistics.ts';

const connections = EMAIL_LIMITS.connectionsMax;
const drainWithinMs = 180_000;

export const send: Measure = {
  title: 'Sending',
  names: ['send_vs_bare_ratio'],
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
  const messages = bench.quick ? 500 : 4_000;
  const options = { dataDir: run.cluster.dataDir, databaseUrl: run.cluster.url, smtpUrl: run.sink.url };
  const rapport = await startRapport(options);
  let ours: Sent;
  try {
    const key = await createKey(options);
    await defineRules(rapport, key);
    await openReceiptJourney(rapport, key);
    const target = openTarget({ port: rapport.port, key, connections: 8 });
    const takeAll = async (prefix: string, count: number): Promise<void> => {
      const chunks = (make: (n: number) => object): readonly Buffer[] =>
        Array.from({ length: Math.ceil(count / 100) }, (_, chunk) =>
          batchOf(Array.from({ length: 100 }, (_, n) => make(chunk * 100 + n))),
        );
      await pump(target, {
        path: '/v1/batch',
        bodies: chunks((n) => identify(userIdOf(prefix, n))),
        connections: 4,
      });
      const pings = chunks((n) => ping(userIdOf(prefix, n), `${prefix}${n}`));
      await pump(target, { path: '/v1/batch', bodies: pings, connections: 8 });
    };
    await takeAll('first-', 200);
    await arrivals(run.sink, 200);
    // Lines kept open from the warm-up would not be held.
    await pause(EMAIL_LIMITS.idleMsMax + 2_000);
    run.sink.hold();
    await takeAll('buyer-', messages);
    await queued(run.cluster.url, messages);
    const cpuBefore = treeCpuMs(rapport.pid) + treeCpuMs(run.cluster.pid);
    run.sink.release();
    ours = await arrivals(run.sink, messages);
    const cpuMs = treeCpuMs(rapport.pid) + treeCpuMs(run.cluster.pid) - cpuBefore;
    bench.note(
      `Rapport: ${ours.rate.toFixed(0)} messages/s on ${connections} connections, ${(cpuMs / messages).toFixed(2)} ms of processor time each (server and Postgres)`,
    );
  } finally {
    await rapport.stop();
  }
  const sinkBefore = treeCpuMs(run.sink.pid);
  const bare = await sendBare(run.sink, { raw: ours.firstRaw, messages });
  const sinkMs = (treeCpuMs(run.sink.pid) - sinkBefore) / messages;
  bench.note(
    `bare nodemailer: ${bare.rate.toFixed(0)} messages/s on ${connections} connections, ${bare.cpuMs.toFixed(2)} ms of processor time each; the sink takes ${sinkMs.toFixed(2)} ms`,
  );
  return { send_vs_bare_ratio: ours.rate / bare.rate };
}

interface Sent {
  /** Messages per second between the first and the last arrival. */
  readonly rate: number;
  readonly firstRaw: string;
}

/** Waits until that many have arrived since the last report. */
async function arrivals(sink: Sink, count: number): Promise<Sent> {
  const mails: Mail[] = [];
  let firstRaw = '';
  const deadline = monotonicMs() + drainWithinMs;
  while (mails.length < count) {
    if (monotonicMs() > deadline) throw new Error(`only ${mails.length} of ${count} messages arrived`);
    await pause(100);
    const report = await sink.report();
    mails.push(...report.mails);
    firstRaw ||= report.firstRaw;
  }
  const addresses = new Set(mails.map((mail) => mail.to));
  if (addresses.size !== mails.length || mails.length > count)
    throw new Error('somebody got a message twice');
  const times = mails.map((mail) => mail.arrivedAtMs);
  const seconds = (Math.max(...times) - Math.min(...times)) / 1000;
  return { rate: (count - 1) / seconds, firstRaw };
}

async function queued(url: string, count: number): Promise<void> {
  await withClient(url, async (client) => {
    const deadline = monotonicMs() + drainWithinMs;
    for (;;) {
      const { rows } = await client.query<{ n: number }>(
        `select count(*)::int as n from messages where state in ('queued', 'claimed', 'handing')`,
      );
      if ((rows[0]?.n ?? 0) >= count) return;
      if (monotonicMs() > deadline) throw new Error(`only ${rows[0]?.n} of ${count} messages were queued`);
      await pause(100);
    }
  });
}

async function sendBare(
  sink: Sink,
  options: { readonly raw: string; readonly messages: number },
): Promise<Sent & { readonly cpuMs: number }> {
  const parsed = await simpleParser(options.raw);
  const transport = createTransport({
    host: '127.0.0.1',
    port: sink.port,
    ignoreTLS: true,
    pool: true,
    maxConnections: connections,
    maxMessages: EMAIL_LIMITS.messagesPerConnectionMax,
  });
  const own = /^(list-|auto-submitted|feedback-id|x-)/;
  const headers = parsed.headerLines
    .filter(({ key }) => own.test(key))
    .map(({ key, line }) => ({ key, value: line.slice(line.indexOf(':') + 1).trim() }));
  const sendTo = (to: string): Promise<unknown> =>
    transport.sendMail({
      from: { name: 'Bench', address: 'shop@bench.example' },
      to,
      subject: parsed.subject ?? '',
      html: parsed.html === false ? '' : parsed.html,
      text: parsed.text ?? '',
      headers,
    });
  try {
    await Promise.all(Array.from({ length: 200 }, (_, n) => sendTo(addressOf(userIdOf('first-bare-', n)))));
    await arrivals(sink, 200);
    const before = process.cpuUsage();
    const all = Array.from({ length: options.messages }, (_, n) => sendTo(addressOf(userIdOf('bare-', n))));
    const sent = await arrivals(sink, options.messages);
    await Promise.all(all);
    const cpu = process.cpuUsage(before);
    return { ...sent, cpuMs: (cpu.user + cpu.system) / 1000 / options.messages };
  } finally {
    transport.close();
  }
}
