// The data folder: made at first start, held by one Rapport at a time, and full of secrets (mode 0600).
// Never deletes anything but its own lock and half-written files.
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ProblemError, toProblemError } from './errors.ts';

export type DataFolderLock = { release(): Promise<void> };

/** Makes the folder. Root's folder can be passed (not read) by others, because Postgres runs as another user. */
export async function makeDataFolder(dataDir: string): Promise<void> {
  await makeFolder(dataDir).catch((cause: unknown) => {
    throw unusable(dataDir, cause);
  });
}

/** Parents first, each once: Node's recursive mkdir never ends where nothing can be made (/proc). */
async function makeFolder(folder: string): Promise<void> {
  const mode = process.getuid?.() === 0 ? 0o711 : 0o700;
  try {
    await mkdir(folder, { mode });
  } catch (error) {
    if (hasCode(error, 'EEXIST')) {
      if ((await stat(folder)).isDirectory()) return;
      throw error;
    }
    const parent = path.dirname(folder);
    if (!hasCode(error, 'ENOENT') || parent === folder) throw error;
    await makeFolder(parent);
    await mkdir(folder, { mode });
  }
}

/**
 * Holds the data folder for this process, or refuses naming the process that has it. A lock left by a process that
 * is gone is taken over: it names the process and when that one started, so that a reused pid does not count.
 */
export async function lockDataFolder(dataDir: string): Promise<DataFolderLock> {
  await makeDataFolder(dataDir);
  const lockFile = path.join(dataDir, 'rapport.lock');
  const mine = path.join(dataDir, `rapport.lock.${process.pid}.${randomBytes(4).toString('hex')}`);
  const content = `${process.pid} ${startedAt(process.pid) ?? 'unknown'}\n`;
  try {
    await writeDurably(mine, content);
    for (let attempt = 0; attempt < lockAttemptsMax; attempt += 1) {
      // link() fails if the name exists: of several starters exactly one gets it, whole.
      const taken = await link(mine, lockFile).then(
        () => true,
        (error: unknown) => {
          if (hasCode(error, 'EEXIST')) return false;
          throw error;
        },
      );
      if (taken) return { release: () => releaseLock({ lockFile, content }) };
      await removeIfStale(dataDir, lockFile);
    }
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause;
    throw unusable(dataDir, cause);
  } finally {
    await rm(mine, { force: true }).catch(() => undefined);
  }
  throw lockedBy(dataDir, 'another process');
}

/** True while some living process holds the folder. */
export async function isDataFolderLocked(dataDir: string): Promise<boolean> {
  const content = await readFile(path.join(dataDir, 'rapport.lock'), 'utf8').catch(() => '');
  return content !== '' && holderOf(content) !== undefined;
}

/** Reads a secret of the folder, or makes it at first start, flushed, mode 0600, whole or not at all. */
export async function readOrMakeSecret(file: string, make: () => string): Promise<string> {
  const existing = await readFile(file, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return '';
    throw unusable(path.dirname(file), error);
  });
  if (existing.trim() !== '') return existing.trim();
  const secret = make();
  await replaceFile(file, `${secret}\n`);
  return secret;
}

/** Writes a file so that a crash leaves the old or the new content, never half of one. */
export async function replaceFile(file: string, content: string): Promise<void> {
  const partial = `${file}.${process.pid}.${randomBytes(4).toString('hex')}.partial`;
  try {
    await writeDurably(partial, content);
    await rename(partial, file);
    await flushFolder(path.dirname(file));
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw unusable(path.dirname(file), cause);
  }
}

/** A rename survives a power cut only when its folder is flushed. */
export async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

const lockAttemptsMax = 5;

async function writeDurably(file: string, content: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function removeIfStale(dataDir: string, lockFile: string): Promise<void> {
  const content = await readFile(lockFile, 'utf8').catch(() => '');
  const holder = holderOf(content);
  if (holder !== undefined) throw lockedBy(dataDir, `process ${holder}`);
  // Move it aside first: if another starter has replaced it meanwhile, we hold theirs and put it back.
  const aside = `${lockFile}.stale.${process.pid}.${randomBytes(4).toString('hex')}`;
  await rename(lockFile, aside).catch(() => undefined);
  const moved = await readFile(aside, 'utf8').catch(() => content);
  if (moved !== content) await link(aside, lockFile).catch(() => undefined);
  await rm(aside, { force: true });
}

async function releaseLock(lock: { readonly lockFile: string; readonly content: string }): Promise<void> {
  // Synchronous and only if it is ours: after a release nobody else's lock may vanish.
  try {
    if (readFileSync(lock.lockFile, 'utf8') === lock.content) rmSync(lock.lockFile);
  } catch {
    // Gone already, or the disk is read-only by now: a lock of a dead process is taken over anyway.
  }
}

/** The pid that a lock names, if that very process still lives. */
function holderOf(content: string): number | undefined {
  const [pidText, started = 'unknown'] = content.trim().split(' ');
  const pid = Number.parseInt(pidText ?? '', 10);
  if (!Number.isSafeInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined;
  const now = startedAt(pid);
  if (started !== 'unknown' && now !== undefined && now !== started) return undefined;
  return pid;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
  return !isZombie(pid);
}

/** When a process started, as boot and ticks; unknown off Linux. */
function startedAt(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}:${statFields(pid)[19] ?? ''}`;
  } catch {
    return undefined;
  }
}

/** A killed child that nobody has waited for still has a pid, and is dead all the same. */
function isZombie(pid: number): boolean {
  try {
    return statFields(pid)[0] === 'Z';
  } catch {
    return false;
  }
}

/** Fields of /proc/<pid>/stat from the third (state) on; the second is a name that may hold anything. */
function statFields(pid: number): readonly string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

function lockedBy(dataDir: string, holder: string): ProblemError {
  return new ProblemError({
    code: 'data_folder_locked',
    message: `The data folder ${dataDir} is used by ${holder}.`,
    hint: 'Stop that Rapport first, or give this one a folder of its own with RAPPORT_DATA.',
  });
}

/** A failure of the file system in words that name the folder. */
export function unusable(dataDir: string, cause: unknown): ProblemError {
  const { failure } = toProblemError(cause, 'data_folder_unusable');
  const words = {
    path: 'RAPPORT_DATA',
    message: `The data folder ${dataDir} cannot be used. ${failure.message}`,
  };
  if (hasCode(cause, 'ENOTDIR') || hasCode(cause, 'EEXIST')) {
    const message = `The data folder ${dataDir} cannot be used: a file stands where a folder should be.`;
    const hint = 'Move that file away, or point RAPPORT_DATA at a folder.';
    return new ProblemError({ code: failure.code, path: words.path, message, hint }, { cause });
  }
  const hint = hasCode(cause, 'ENOENT')
    ? 'Point RAPPORT_DATA at a folder that can be made and written.'
    : failure.hint;
  return new ProblemError({ code: failure.code, ...words, hint }, { cause });
}
