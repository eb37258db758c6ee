// Reads the command line, runs one command, and turns a failure into words with a hint and a non-zero exit code. A stack
// trace is printed only with RAPPORT_DEBUG=1.
import { Command, CommanderError } from 'commander';
import { describeProblems, toProblemError } from './errors.ts';

/** Returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('rapport')
    .description('Relationship marketing, self-hosted: one live picture of every person.')
    .exitOverride()
    .showHelpAfterError('(add --help for what it takes)');
  for (const add of await loadCommands(argv[2])) add(program);
  for (const command of allCommands(program)) command.exitOverride();
  try {
    await program.parseAsync([...argv]);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Help and usage errors are already printed.
    if (error instanceof CommanderError) return error.exitCode;
    const { problems } = toProblemError(error, 'command_failed');
    process.stderr.write(`${describeProblems(problems)}\n`);
    if (isDebug()) process.stderr.write(`\n${stackOf(error)}\n`);
    return 1;
  }
}

/** In the order of the help. */
const commands = new Map<string, () => Promise<(program: Command) => void>>([
  ['start', async () => (await import('./cli/start.ts')).addStart],
  ['migrate', async () => (await import('./cli/migrate.ts')).addMigrate],
  ['user', async () => (await import('./cli/user.ts')).addUser],
  ['key', async () => (await import('./cli/key.ts')).addKey],
  ['import', async () => (await import('./cli/import.ts')).addImport],
  ['demo', async () => (await import('./cli/demo.ts')).addDemo],
  ['backtest', async () => (await import('./cli/backtest.ts')).addBacktest],
  ['fit', async () => (await import('./cli/fit.ts')).addFit],
  ['doctor', async () => (await import('./cli/doctor.ts')).addDoctor],
  ['rebuild', async () => (await import('./cli/rebuild.ts')).addRebuild],
]);

/** The one that is named, alone: the code of all of them takes longer to load than most take to run. */
function loadCommands(name: string | undefined): Promise<readonly ((program: Command) => void)[]> {
  const named = commands.get(name ?? '');
  return Promise.all((named === undefined ? [...commands.values()] : [named]).map((load) => load()));
}

function allCommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

/** Looked at here too, because the settings themselves may be what is wrong. */
function isDebug(): boolean {
  return ['1', 'true'].includes(process.env['RAPPORT_DEBUG'] ?? '');
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
