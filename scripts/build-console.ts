// Builds the console when it is stale: its sources and the engine's are hashed, and the hash lies beside the build. So
// `npm start` after a `git pull` never shows an old page, and a second start costs milliseconds.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const consoleDir = path.join(root, 'console');
const stamp = path.join(consoleDir, 'dist', '.sources');

const sources: readonly string[] = [
  'console/index.html',
  'console/package.json',
  'console/public',
  'console/src',
  'console/vite.config.ts',
  'engine/src',
  'package-lock.json',
];

/** `fresh`: nothing to do. `absent`: there is no console in this checkout. */
export type BuildOutcome =
  | { readonly kind: 'fresh' | 'built' | 'absent' }
  | { readonly kind: 'failed'; readonly words: string };

export async function buildConsoleIfStale(): Promise<BuildOutcome> {
  if (!existsSync(path.join(consoleDir, 'index.html'))) return { kind: 'absent' };
  const hash = hashSources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return { kind: 'fresh' };
  const words = await runVite();
  if (words !== undefined) return { kind: 'failed', words };
  writeFileSync(stamp, hash);
  return { kind: 'built' };
}

function hashSources(): string {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const file of listFiles(path.join(root, source))) {
      hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
    }
  }
  return hash.digest('hex');
}

function listFiles(place: string): readonly string[] {
  if (!existsSync(place)) return [];
  if (statSync(place).isFile()) return [place];
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

/** Nothing when it went well, else its words. */
function runVite(): Promise<string | undefined> {
  const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [vite, 'build', '--logLevel', 'warn'],
      {
        cwd: consoleDir,
        maxBuffer: 16 * 1024 * 1024,
        env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' },
      },
      (error, stdout, stderr) =>
        resolve(error === null ? undefined : firstLines(`${stderr}${stdout}` || error.message)),
    );
  });
}

function firstLines(words: string): string {
  return words.trim().split('\n').slice(0, 12).join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const outcome = await buildConsoleIfStale();
  process.stdout.write(`Console: ${outcome.kind === 'failed' ? outcome.words : outcome.kind}\n`);
  if (outcome.kind === 'failed') process.exitCode = 1;
}
