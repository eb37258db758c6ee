// `rapport fit`: learns the rhythm of orders and visits now, in this process, and says in words what was learnt. Where a Rapport is
// running, it takes what was learnt into use within a second.
import type { Command } from 'commander';
import { ProblemError } from '../errors.ts';
import { alarmWords, heldOutWords, seasonWords, verdictWords } from '../http/prediction-words.ts';
import { fitNow } from '../prediction/now.ts';
import { print, withDatabase } from './context.ts';
import { getWorkspace } from './workspace.ts';

export function addFit(program: Command): void {
  program
    .command('fit')
    .description('learn when silence is unusual, for whom, and what customers are worth; contacts nobody')
    .option('--json', 'print the whole report as JSON')
    .action(async (options: { readonly json?: boolean }) => {
      const row = await withDatabase(async (context) => {
        const workspace = await getWorkspace(context);
        return fitNow(context, {
          workspaceId: workspace.id,
          onElsewhere: () =>
            process.stderr.write(
              'Another process is learning the rhythm already; waiting for what it learns.\n',
            ),
        });
      });
      if (row?.state !== 'done' || row.report === null)
        throw new ProblemError({
          code: 'command_failed',
          message: row?.problem?.message ?? 'The fit did not end.',
          hint: row?.problem?.hint ?? 'Run it again; what was learnt before stays in use.',
        });
      if (options.json === true) return print(JSON.stringify(row, undefined, 2));
      const { orders, visits, season } = row.report;
      const told = [
        verdictWords(orders, 'orders'),
        heldOutWords(orders)?.risk,
        heldOutWords(orders)?.total,
        alarmWords(orders, 1 / 3),
        verdictWords(visits, 'visits'),
        ...seasonWords(season),
        row.program_version === null
          ? 'Nothing moved enough to ask anybody again.'
          : `In use from version ${row.program_version} of the definitions on.`,
      ];
      for (const line of told) if (typeof line === 'string') print(line);
    });
}
