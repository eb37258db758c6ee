// Load as a real server client makes it: keep-alive HTTP, bodies made beforehand so that the generator takes as little
// of the machine as possible; what it does take is measured and shown. Anything but a full acceptance is an error.
import { Agent, request } from 'node:http';
import { monotonicMs } from './statistics.ts';

export interface Target {
  readonly port: number;
  readonly key: string;
  readonly agent: Agent;
}

export interface Pumped {
  readonly seconds: number;
  readonly latenciesMs: readonly number[];
  /** Processor time of this process meanwhile. */
  readonly generatorCpuMs: number;
}

export function openTarget(options: {
  readonly port: number;
  readonly key: string;
  readonly connections: number;
}): Target {
  return {
    port: options.port,
    key: options.key,
    agent: new Agent({ keepAlive: true, maxSockets: options.connections }),
  };
}

/** Posts every body, `connections` at a time, each as soon as the one before it on its connection was answered. */
export async function pump(
  target: Target,
  load: { readonly path: string; readonly bodies: readonly Buffer[]; readonly connections: number },
): Promise<Pumped> {
  const latenciesMs: number[] = [];
  let taken = 0;
  const cpuBefore = process.cpuUsage();
  const begun = monotonicMs();
  const worker = async (): Promise<void> => {
    for (let body = load.bodies[taken++]; body !== undefined; body = load.bodies[taken++]) {
      const before = monotonicMs();
      await post(target, load.path, body);
      latenciesMs.push(monotonicMs() - before);
    }
  };
  await Promise.all(Array.from({ length: load.connections }, worker));
  const seconds = (monotonicMs() - begun) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  return { seconds, latenciesMs, generatorCpuMs: (cpu.user + cpu.system) / 1000 };
}

/** One request; throws unless all of it was accepted. */
export function post(target: Target, path: string, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: target.port,
        method: 'POST',
        path,
        agent: target.agent,
        headers: {
          'content-type': 'application/json',
          'content-length': body.length,
          authorization: `Basic ${Buffer.from(`${target.key}:`).toString('base64')}`,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          const problem = problemIn(response.statusCode ?? 0, Buffer.concat(chunks).toString('utf8'));
          if (problem === undefined) resolve();
          else reject(new Error(`POST ${path}: ${problem}`));
        });
      },
    );
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

function problemIn(status: number, text: string): string | undefined {
  if (status !== 200) return `${status} ${text.slice(0, 500)}`;
  const rejected = /"rejected":\[(?!\])/.test(text);
  return rejected ? `some events were refused: ${text.slice(0, 500)}` : undefined;
}
