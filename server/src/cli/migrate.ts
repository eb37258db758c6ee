// `rapport migrate`: brings the database to this code's schema. `start` does so too; this is for those who do it apart.
import type { Command } from 'commander';
import { print, withDatabase } from './context.ts';

export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('bring the database to the schema of this version')
    .action(async () => {
      await withDatabase(async ({ applied }) => {
        for (const name of applied) print(`applied ${name}`);
        print(applied.length === 0 ? 'The schema is up to date.' : `${applied.length} migrations applied.`);
      });
    });
}
