// `npm run check`: format, lint, types, dead code and habits. All of them run, whatever fails; each also is a test
// (test/checks.test.ts). `npm run check -- types` runs those whose name begins so.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export type Check = { readonly name: string; readonly command: readonly [string, ...string[]] };

const root = fileURLToPath(new URL('..', import.meta.url));

const projects: readonly string[] = [
  'engine/tsconfig.json',
  'engine/tsconfig.test.json',
  'server/tsconfig.json',
  'console/tsconfig.json',
  'console/tsconfig.test.json',
  'tag/tsconfig.json',
  'tag/tsconfig.test.json',
  'tsconfig.json',
];

export const checks: readonly Check[] = [
  { name: 'format', command: ['oxfmt', '--check'] },
  { name: 'lint', command: ['oxlint', '--deny-warnings'] },
  ...projects
    .filter(hasSources)
    .map((project): Check => ({ name: `types ${project}`, command: ['tsc', '--project', project] })),
  { name: 'dead code', command: ['knip', '--no-config-hints'] },
];

/** A workspace that is still empty (the tag) has nothing to check, which tsc takes for an error. */
function hasSources(project: string): boolean {
  const folder = path.join(root, path.dirname(project));
  return path.dirname(project) === '.' || existsSync(path.join(folder, 'src'));
}

export type CheckOutcome = { readonly passed: boolean; readonly output: string };

/** Runs one of the tools in node_modules/.bin; their own words are the report. */
export function runCheck(check: Check): Promise<CheckOutcome> {
  const [tool, ...args] = check.command;
  return new Promise((resolve) => {
    execFile(
      `${root}node_modules/.bin/${tool}`,
      args,
      { cwd: root, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => resolve({ passed: error === null, output: `${stdout}${stderr}`.trim() }),
    );
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [only = ''] = process.argv.slice(2);
  for (const check of [...checks, { name: 'tidy', command: ['node', 'scripts/tidy.ts'] } satisfies Check]) {
    if (!check.name.startsWith(only)) continue;
    const { passed, output } = await runCheck(check);
    process.stdout.write(`${passed ? '✓' : '✗'} ${check.name}\n`);
    if (!passed) process.stdout.write(`${output}\n\n`);
    if (!passed) process.exitCode = 1;
  }
}
