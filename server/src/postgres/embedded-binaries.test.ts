import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { chooseRunAs, findBinaries, startBinary } from './embedded-binaries.ts';

test('below a folder that only root may enter (a clone in /root), root still gets a database', async (context) => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return context.skip('only root needs another user');
  const closed = await mkdtemp(path.join(tmpdir(), 'rapport-closed-'));
  try {
    const { folder } = await findBinaries();
    await cp(folder, path.join(closed, 'native'), { recursive: true, verbatimSymlinks: true });
    const bin = path.join(closed, 'native', 'bin');
    const binaries = {
      folder: path.join(closed, 'native'),
      initdb: path.join(bin, 'initdb'),
      postgres: path.join(bin, 'postgres'),
    };
    const runAs = await chooseRunAs(binaries, [closed]);
    expect(runAs).toMatchObject({ kind: 'other', wrapper: expect.arrayContaining(['setpriv']) });
    // initdb looks for postgres beside itself and asks whether it may run it, which is where capabilities get lost.
    const args = ['--pgdata', path.join(tmpdir(), 'never-made'), '--show'];
    const child = startBinary(runAs, { file: binaries.initdb, args, logFd: 2, cwd: closed });
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
  } finally {
    await rm(closed, { recursive: true });
  }
});

test('where every folder is open, nothing but the user changes', async (context) => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return context.skip('only root needs another user');
  const runAs = await chooseRunAs({ initdb: '/bin/true', postgres: '/bin/true', folder: '/usr' }, ['/tmp']);
  expect(runAs).toMatchObject({ kind: 'other', wrapper: [] });
});
