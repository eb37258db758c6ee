// `rapport import FILE`: an order history becomes people and events. Contacts nobody.
import type { Command } from 'commander';
import { ProblemError } from '../errors.ts';

export function addImport(program: Command): void {
  program
    .command('import')
    .description('import a file of orders; contacts nobody')
    .argument('<file>', 'CSV, TSV or whitespace-separated')
    .action(() => {
      throw new ProblemError({
        code: 'command_failed',
        message: 'Importing is not wired yet.',
        hint: 'Soon.',
      });
    });
}
