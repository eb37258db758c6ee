// A server with the sample store in it, in a temporary folder, gone when closed.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProcess, until } from '../../server/test/support/processes.ts';
import { askApi, makeOwner } from '../test/support/rapport.ts';

const bin = fileURLToPath(new URL('../../server/bin/rapport.js', import.meta.url));

export interface SampleServer {
  readonly url: string;
  /** Of the owner's session. */
  readonly cookie: string;
  close(): Promise<void>;
}

export async function startSampleStore(): Promise<SampleServer> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'rapport-screenshots-'));
  const server = startProcess({
    file: process.execPath,
    args: [bin, 'start'],
    env: { RAPPORT_DATA: dataDir, PORT: '0', RAPPORT_LOG_LEVEL: 'error' },
  });
  const close = async (): Promise<void> => {
    await server.kill('SIGTERM');
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const ready = await server.line((line) => line.startsWith('Rapport is ready at '));
    const url = ready.replace('Rapport is ready at ', '').trim();
    const link = await server.line((line) => line.includes('/setup?token='));
    const cookie = await makeOwner(url, /http\S+/.exec(link)?.[0] ?? '');
    process.stdout.write('putting in the sample store\n');
    await askApi(url, cookie, 'POST', '/api/sample-store', {});
    const ask = (where: string): Promise<unknown> => askApi(url, cookie, 'GET', where);
    const has = async (where: string, words: string): Promise<boolean> =>
      JSON.stringify(await ask(where)).includes(words);
    await until('the sample store is in', () => has('/api/sample-store', '"state":"ready"'), {
      withinMs: 300_000,
    });
    await until('the figures are worked out', () => has('/api/figures', '"worked_out_at":"'), {
      withinMs: 60_000,
    });
    return { url, cookie, close };
  } catch (error) {
    await close();
    throw error;
  }
}
