import { execFileSync } from 'node:child_process';
import { mkdtemp, open, rm, rmdir, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { until } from '../support/processes.ts';
import { isHealthy, makeKey, makeWhole, sendAll } from './whole.ts';

const sizeMb = 400;

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

test('on a full disk nothing that was acknowledged is lost, and it goes on by itself when there is room again', async ({
  skip,
}) => {
  const disk = await mountSmall();
  if (disk === null)
    return skip('a full disk needs a small file system of its own, and mounting one is not allowed here');
  const whole = await makeWhole({ dataDir: path.join(disk, 'data') });
  closers.push(() => whole.close());
  await whole.start();
  const key = await makeKey(whole);
  const before = sendAll(whole, key, events('before', 20));
  await before.done;

  const ballast = path.join(disk, 'ballast');
  await fill(disk, ballast);
  const during = sendAll(whole, key, events('during', 40), { withinMs: 90_000 });
  await until('it refuses to take more than it can keep', () => during.failures() > 0, {
    withinMs: 60_000,
  });
  const kept = during.acknowledged.size;
  await rm(ballast);
  await during.done;
  await until('it is healthy', () => isHealthy(whole.port), { withinMs: 60_000 });

  expect(kept).toBeLessThan(during.acknowledged.size);
  const stored = await whole.query<{ message_id: string; n: number }>(
    'select message_id, count(*)::int as n from events group by message_id',
  );
  expect(stored.filter((row) => row.n !== 1)).toEqual([]);
  const ids = new Set(stored.map((row) => row.message_id));
  expect(ids).toEqual(new Set([...before.acknowledged, ...during.acknowledged]));
  await whole.command('doctor');
}, 180_000);

/** null: not allowed. */
async function mountSmall(): Promise<string | null> {
  const dir = await mkdtemp(path.join(tmpdir(), 'rapport-disk-'));
  closers.push(() => rmdir(dir));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m,mode=0755`, 'tmpfs', dir], {
      stdio: 'ignore',
    });
  } catch {
    return null;
  }
  closers.push(() => Promise.resolve(execFileSync('umount', ['--lazy', dir])));
  return dir;
}

/** Leaves not a single block. */
async function fill(disk: string, file: string): Promise<void> {
  const handle = await open(file, 'w');
  try {
    const { bavail, bsize } = await statfs(disk);
    const chunk = Buffer.alloc(1024 * 1024);
    for (let left = bavail * bsize; left > 0; left -= chunk.length) {
      await handle.write(chunk, 0, Math.min(chunk.length, left));
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  } finally {
    await handle.close();
  }
}

/** Batches of events with bodies large enough to need new blocks. */
function events(prefix: string, batches: number) {
  return Array.from({ length: batches }, (_, batch) =>
    Array.from({ length: 20 }, (_, n) => ({
      type: 'track',
      event: 'Product Viewed',
      userId: `${prefix}-${batch}-${n}`,
      messageId: `${prefix}-${batch}-${n}`,
      properties: { product_id: 'p-1', note: `${batch} ${n} `.repeat(300) },
    })),
  );
}
