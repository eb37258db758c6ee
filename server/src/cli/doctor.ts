// `rapport doctor`: compares what is stored with what its facts and decisions say (law 7). Reads only; exit code 1 when
// something is wrong, so that a nightly job notices.
import type { Command } from 'commander';
import { examine } from '../postgres/doctor.ts';
import { createPrograms } from '../postgres/programs.ts';
import { print, withDatabase } from './context.ts';
import { getWorkspace } from './workspace.ts';

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('compare what is stored with what its facts and decisions say; changes nothing')
    .option('--json', 'print the whole report as JSON')
    .action(async (options: { readonly json?: boolean }) => {
      const report = await withDatabase(async (context) => {
        const workspace = await getWorkspace(context);
        const programs = createPrograms(context.pool);
        return await examine({ pool: context.pool, programs }, workspace.id);
      });
      const wrong = Object.values(report.counts).reduce((sum, count) => sum + count, 0);
      if (wrong + report.parameters.length > 0) process.exitCode = 1;
      if (options.json === true) return print(JSON.stringify(report, undefined, 2));
      for (const { kind, person, what } of report.findings) print(`${kind}  per_${person.id}  ${what}`);
      for (const { what, hint } of report.parameters) {
        print(`parameters  what was learnt of everyone’s rhythm cannot be relied on: ${what}`);
        print(`  → ${hint}`);
      }
      const skipped = report.skipped === 0 ? '' : `; ${report.skipped} are being upgraded and were skipped`;
      print(`${report.people} people and ${report.events} events examined${skipped}.`);
      print(
        wrong === 0
          ? report.parameters.length === 0
            ? 'All is well.'
            : 'Everybody’s state is well.'
          : `${wrong} findings. \`rapport rebuild\` repairs them and sends nothing.`,
      );
    });
}
