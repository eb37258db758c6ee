// A server with the sample store in it, a file taken in and an outage behind it, in a temporary folder, gone when closed.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLog } from '../../server/src/log.ts';
import { startEmbedded } from '../../server/src/postgres/embedded.ts';
import { startProcess, until, type Started } from '../../server/test/support/processes.ts';
import { importOrders } from '../test/support/orders-file.ts';
import { offForThreeHours } from '../test/support/outage.ts';
import { findSubjects, type Subjects } from '../test/support/pages.ts';
import { askApi, makeOwner } from '../test/support/rapport.ts';

const bin = fileURLToPath(new URL('../../server/bin/rapport.js', import.meta.url));
const lettersThatWaited = 5;

export interface SampleServer {
  readonly url: string;
  /** Of the owner's session. */
  readonly cookie: string;
  readonly subjects: Subjects;
  close(): Promise<void>;
}

/** `alone`: nothing but the sample store. */
export async function startSampleStore({ alone }: { readonly alone: boolean }): Promise<SampleServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rapport-screenshots-'));
  const postgres = await startEmbedded({ dataDir: folder, log: createLog({ level: 'warn' }) });
  let port = '0';
  let server: Started | null = null;
  const start = async (): Promise<Started> => {
    server = startProcess({
      file: process.execPath,
      args: [bin, 'start'],
      env: {
        DATABASE_URL: postgres.url,
        RAPPORT_DATA: path.join(folder, 'server'),
        PORT: port,
        RAPPORT_LOG_LEVEL: 'error',
      },
    });
    const ready = await server.line((line) => line.startsWith('Rapport is ready at '));
    port = new URL(ready.replace('Rapport is ready at ', '').trim()).port;
    return server;
  };
  const close = async (): Promise<void> => {
    await server?.kill('SIGTERM');
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const link = await (await start()).line((line) => line.includes('/setup?token='));
    const url = `http://localhost:${port}`;
    const cookie = await makeOwner(url, /http\S+/.exec(link)?.[0] ?? '');
    const ask = (where: string): Promise<unknown> => askApi(url, cookie, 'GET', where);
    await fill(url, cookie);
    await figuresAreIn(ask);
    // Before the outage: the letters that waited through it were put in by hand and have no story.
    const before = await findSubjects(ask);
    if (alone) return { url, cookie, subjects: before, close };
    await importOrders(url, cookie);
    await (server as Started | null)?.kill('SIGKILL');
    await offForThreeHours(postgres.url, lettersThatWaited);
    await start();
    await figuresAreIn(ask);
    return { url, cookie, subjects: new Map([...(await findSubjects(ask)), ...before]), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function fill(url: string, cookie: string): Promise<void> {
  process.stdout.write('putting in the sample store\n');
  await askApi(url, cookie, 'POST', '/api/sample-store', {});
  const isReady = async (): Promise<boolean> =>
    JSON.stringify(await askApi(url, cookie, 'GET', '/api/sample-store')).includes('"state":"ready"');
  await until('the sample store is in', isReady, { withinMs: 300_000 });
}

/** Those of before a file came in are not shown. */
async function figuresAreIn(ask: (where: string) => Promise<unknown>): Promise<void> {
  const areIn = async (): Promise<boolean> =>
    JSON.stringify(await ask('/api/figures')).includes('"worked_out_at":"');
  await until('the figures are worked out', areIn, { withinMs: 60_000 });
}
