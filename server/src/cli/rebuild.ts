// `rapport rebuild`: makes memory and the rows that follow from it anew from stored events and decisions. Decides nothing
// and never sends anything.
import type { Command } from 'commander';
import { createPrograms } from '../postgres/programs.ts';
import { rebuild } from '../postgres/rebuild.ts';
import { print, withDatabase } from './context.ts';
import { getWorkspace } from './workspace.ts';

export function addRebuild(program: Command): void {
  program
    .command('rebuild')
    .description('make memory anew from stored events and decisions; sends nothing')
    .action(async () => {
      const { people, changed, failed } = await withDatabase(async (context) => {
        const workspace = await getWorkspace(context);
        const programs = createPrograms(context.pool);
        return await rebuild({ pool: context.pool, programs, now: context.now }, workspace.id);
      });
      for (const { id, reason } of failed) print(`per_${id}  left as it was: ${reason}`);
      if (failed.length > 0) process.exitCode = 1;
      print(
        `${people - failed.length} people rebuilt; ${changed} were not what their facts and decisions say.`,
      );
    });
}
