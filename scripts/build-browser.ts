// Builds what runs in browsers (the console, the tag) where it is stale: its sources are hashed, and the hash lies beside
// the build. So `npm start` after a `git pull` never serves an old page, and a second start costs milliseconds.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Part {
  readonly name: 'console' | 'tag';
  /** Without this file the part is not in this checkout. */
  readonly entry: string;
  readonly sources: readonly string[];
}

const parts: readonly Part[] = [
  {
    name: 'console',
    entry: 'console/index.html',
    sources: [
      'console/index.html',
      'console/package.json',
      'console/public',
      'console/src',
      'console/vite.config.ts',
      'engine/src',
      'package-lock.json',
    ],
  },
  {
    name: 'tag',
    entry: 'tag/src/main.ts',
    sources: ['tag/package.json', 'tag/src', 'tag/vite.config.ts', 'package-lock.json'],
  },
];

/** `fresh`: nothing to do. `absent`: it is not in this checkout. */
export type BuildOutcome = { readonly part: string } & (
  | { readonly kind: 'fresh' | 'built' | 'absent' }
  | { readonly kind: 'failed'; readonly words: string }
);

export function buildIfStale(): Promise<readonly BuildOutcome[]> {
  return Promise.all(parts.map(buildPart));
}

async function buildPart(part: Part): Promise<BuildOutcome> {
  const { name } = part;
  if (!existsSync(path.join(root, part.entry))) return { part: name, kind: 'absent' };
  const stamp = path.join(root, name, 'dist', '.sources');
  const hash = hashSources(part.sources);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return { part: name, kind: 'fresh' };
  const words = await runVite(path.join(root, name));
  if (words !== undefined) return { part: name, kind: 'failed', words };
  writeFileSync(stamp, hash);
  return { part: name, kind: 'built' };
}

function hashSources(sources: readonly string[]): string {
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
function runVite(cwd: string): Promise<string | undefined> {
  const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [vite, 'build', '--logLevel', 'warn'],
      {
        cwd,
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
  for (const outcome of await buildIfStale()) {
    process.stdout.write(`${outcome.part}: ${outcome.kind === 'failed' ? outcome.words : outcome.kind}\n`);
    if (outcome.kind === 'failed') process.exitCode = 1;
  }
}
