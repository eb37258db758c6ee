// From nothing to the first page, and what the idle whole takes of memory: the server with the Postgres it brings.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { makeTemporaryDir } from './support/cluster.ts';
import type { Bench, Measure } from './support/figure.ts';
import { rssMb, treePids, treePssMb } from './support/proc.ts';
import { spawnRapport, statusOf } from './support/rapport.ts';
import { median, monotonicMs, pause } from './support/statistics.ts';
import { readPostmaster } from '../src/postgres/embedded-postmaster.ts';

const withinMs = 60_000;

export const start: Measure = {
  title: 'Starting',
  names: ['cold_start_ms', 'idle_memory_mb'],
  async run(bench) {
    const runs: Started[] = [];
    for (let n = 0; n < (bench.quick ? 1 : 3); n += 1) runs.push(await startFresh(bench, n === 0));
    bench.note(
      `starts took ${runs.map((run) => `${Math.round(run.ms)} ms`).join(', ')}; the figure is the median`,
    );
    return {
      cold_start_ms: median(runs.map((run) => run.ms)),
      idle_memory_mb: runs[0]?.memoryMb ?? Number.NaN,
    };
  },
};

interface Started {
  readonly ms: number;
  readonly memoryMb: number;
}

async function startFresh(bench: Bench, withMemory: boolean): Promise<Started> {
  const dataDir = await makeTemporaryDir();
  const begun = monotonicMs();
  const rapport = await spawnRapport({ dataDir });
  try {
    while ((await statusOf(rapport.port, '/')) !== 200) {
      if (rapport.ended() || monotonicMs() - begun > withinMs) {
        throw new Error(`no page within ${withinMs} ms; the server said:\n${rapport.output()}`);
      }
      await pause(10);
    }
    const ms = monotonicMs() - begun;
    return { ms, memoryMb: withMemory ? await idleMemory(bench, { dataDir, pid: rapport.pid }) : Number.NaN };
  } finally {
    await rapport.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function idleMemory(
  bench: Bench,
  run: { readonly dataDir: string; readonly pid: number },
): Promise<number> {
  await pause(bench.quick ? 5_000 : 30_000);
  const postmaster = await readPostmaster(path.join(run.dataDir, 'postgres'));
  if (postmaster === undefined) throw new Error('the embedded Postgres has no pid file');
  const server = treePids(run.pid, [postmaster.pid]).reduce((sum, pid) => sum + rssMb(pid), 0);
  const postgres = treePssMb(postmaster.pid);
  bench.note(
    `at rest: server ${server.toFixed(0)} MB (RSS), Postgres ${postgres.toFixed(0)} MB (PSS, ${treePids(postmaster.pid).length} processes)`,
  );
  return server + postgres;
}
