// Reads the command line, runs one command, and turns a failure into words with a hint and a non-zero exit code. A stack
// trace is printed only with RAPPORT_DEBUG=1.
import { Command, CommanderError } from 'commander';
import { addBacktest } from './cli/backtest.ts';
import { addDemo } from './cli/demo.ts';
import { addDoctor } from './cli/doctor.ts';
import { addFit } from './cli/fit.ts';
import { addImport } from './cli/import.ts';
import { addKey } from './cli/key.ts';
import { addMigrate } from './cli/migrate.ts';
import { addRebuild } from './cli/rebuild.ts';
import { addStart } from './cli/start.ts';
import { addUser } from './cli/user.ts';
import { describeProblems, toProblemError } from './errors.ts';

/** Returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('rapport')
    .description('Relationship marketing, self-hosted: one live picture of every person.')
    .exitOverride()
    .showHelpAfterError('(add --help for what it takes)');
  const tended = [addBacktest, addFit, addDoctor, addRebuild];
  for (const add of [addStart, addMigrate, addUser, addKey, addImport, addDemo, ...tended]) add(program);
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
