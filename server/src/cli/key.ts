// `rapport key create`: a key for the API or for a browser. Shown this once, alone on the last line, so that scripts can
// take it.
import { Option, type Command } from 'commander';
import { createKey, type KeyKind } from '../postgres/keys.ts';
import { print, withDatabase } from './context.ts';
import { getWorkspace } from './workspace.ts';

export function addKey(program: Command): void {
  const key = program.command('key').description('keys for the API and for browsers');
  key
    .command('create')
    .description('make a key; it is printed once, alone on the last line')
    .addOption(
      new Option('--kind <kind>', 'server: everything; browser: may only report events')
        .choices(['server', 'browser'])
        .makeOptionMandatory(),
    )
    .option('--name <name>', 'what it is for', '')
    .action(async (options: { readonly kind: KeyKind; readonly name: string }) => {
      await withDatabase(async (context) => {
        const workspace = await getWorkspace(context);
        const made = await createKey(context.pool, {
          id: context.newId(),
          workspaceId: workspace.id,
          kind: options.kind,
          name: options.name,
          at: new Date(context.now()),
        });
        print(
          options.kind === 'browser'
            ? `A browser key for ${workspace.name}. It may be public; the console shows it under Connect your site.`
            : `A server key for ${workspace.name}. Keep it: it is not shown again.`,
        );
        print(made.key);
      });
    });
}
