// `rapport demo`: puts the sample store in (or takes it out) and says what to do next. What was interrupted is finished by
// the same command or by the next start.
import { InvalidArgumentError, type Command } from 'commander';
import { loadSecret } from '../config.ts';
import { ProblemError } from '../errors.ts';
import { changeDefinition } from '../postgres/definitions.ts';
import { inTransaction } from '../postgres/pool.ts';
import { createPrograms } from '../postgres/programs.ts';
import { findSampleStore, type SampleProgress } from '../postgres/sample-store.ts';
import { beginSample, endSample, SEED_DEFAULT, SEED_MAX } from '../sample/define.ts';
import { loadSample, type SampleDeps } from '../sample/load.ts';
import { removeSample } from '../sample/remove.ts';
import { SAMPLE_PEOPLE } from '../sample/shop/shop.ts';
import { print, withDatabase, type CommandContext } from './context.ts';
import { getWorkspace } from './workspace.ts';

type Flags = { readonly seed: number; readonly beside?: boolean; readonly remove?: boolean };

/** How often to look while another process is at it. */
const followMs = 300;

export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('put in a sample store: a shop of 3,000 invented people and their last eighteen months')
    .option('--seed <number>', 'another seed makes another shop', readSeed, SEED_DEFAULT)
    .option('--beside', 'also when there are real people here')
    .option('--remove', 'take it out again: everything of it, and nothing else')
    .action((flags: Flags) =>
      withDatabase((context) => (flags.remove === true ? remove(context) : load(context, flags))),
    );
}

async function load(context: CommandContext, { seed, beside }: Flags): Promise<void> {
  const { pool, now, newId } = context;
  const { id: workspaceId } = await getWorkspace(context);
  const began = performance.now();
  await changeDefinition(
    pool,
    {
      workspaceId,
      auditId: newId(),
      at: new Date(now()),
      by: null,
      action: 'sample_store.load',
      subject: 'sample store',
      detail: { seed, beside: beside === true },
    },
    (connection, before) =>
      beginSample(connection, before, { workspaceId, seed, beside: beside === true, now: now(), newId }),
  );
  await withSample(context, async (deps) => {
    await untilMine(() => loadSample(deps, workspaceId, { onProgress: show('loaded') }));
  });
  endLine();
  const row = await findSampleStore(pool, workspaceId);
  if (row?.status !== 'ready') throw unfinished(row?.problem ?? null);
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  const { people, events } = row.progress;
  print(
    `Harbour & Leaf is here: ${people} people with ${events} events (${seconds} s). Nobody of them exists.`,
  );
  print('Nothing of the sample is ever sent: its letters stay in the built-in mailbox.');
  print('Look at it with `npx rapport start`; take it out with `npx rapport demo --remove`.');
}

async function remove(context: CommandContext): Promise<void> {
  const { pool } = context;
  const { id: workspaceId } = await getWorkspace(context);
  const there = await inTransaction(pool, (connection) => endSample(connection, workspaceId));
  if (!there) return print('There is no sample store here.');
  await withSample(context, async (deps) => {
    await untilMine(() => removeSample(deps, workspaceId, { onProgress: show('left') }));
  });
  endLine();
  print('The sample store is gone, and nothing of it is left.');
}

async function withSample(context: CommandContext, work: (deps: SampleDeps) => Promise<void>): Promise<void> {
  const { pool, config, log, now, newId } = context;
  const programs = createPrograms(pool);
  const publicUrl = config.publicUrl ?? `http://localhost:${config.port}`;
  await work({ pool, programs, now, newId, log, publicUrl, secret: await loadSecret(config) });
}

/** A running Rapport may be at it: it goes on, and this command waits. */
async function untilMine(run: () => Promise<'ended' | 'taken'>): Promise<void> {
  while ((await run()) === 'taken') {
    await new Promise((resolve) => {
      setTimeout(resolve, followMs);
    });
  }
}

/** One line that rewrites itself on a terminal; nothing in a log file. */
function show(word: string): (progress: SampleProgress) => void {
  return ({ people, events }) => {
    if (!process.stderr.isTTY) return;
    process.stderr.write(`\r\u001b[K${word}: ${people} of ${SAMPLE_PEOPLE} people, ${events} events`);
  };
}

function endLine(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
}

function unfinished(problem: { readonly message: string; readonly hint: string } | null): ProblemError {
  return new ProblemError({
    code: 'command_failed',
    message: problem?.message ?? 'The sample store was removed while it was loaded.',
    hint: problem?.hint ?? 'Run `npx rapport demo` again.',
  });
}

function readSeed(given: string): number {
  const seed = Number(given);
  if (Number.isInteger(seed) && seed >= 0 && seed <= SEED_MAX) return seed;
  throw new InvalidArgumentError(`Give a whole number from 0 to ${SEED_MAX}.`);
}
