// `rapport user create`: whoever may run this on the machine may let people in. The password comes on stdin, never as
// an argument, where every user of the machine could read it.
import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { Option, type Command } from 'commander';
import { z } from 'zod';
import { ProblemError } from '../errors.ts';
import { createUser, type UserRole } from '../postgres/users.ts';
import { print, withDatabase } from './context.ts';
import { getWorkspace } from './workspace.ts';

const roles: readonly UserRole[] = ['owner', 'admin', 'marketer', 'agent', 'analyst', 'developer'];
const passwordMin = 10;
const passwordMax = 128;

type Options = {
  readonly email: string;
  readonly name: string;
  readonly role: UserRole;
  readonly passwordStdin?: boolean;
};

export function addUser(program: Command): void {
  const user = program.command('user').description('people who work here');
  user
    .command('create')
    .description('let someone in; without --password-stdin a password is made and printed')
    .requiredOption('--email <address>', 'the address to sign in with (required)')
    .requiredOption('--name <name>', 'the name that others see (required)')
    .addOption(
      new Option('--role <role>', 'what they may do (required)').choices([...roles]).makeOptionMandatory(),
    )
    .option('--password-stdin', 'read the password from standard input')
    .action(async (options: Options) => {
      checkInput(options);
      const password =
        options.passwordStdin === true ? await readPassword() : randomBytes(15).toString('base64url');
      await withDatabase(async (context) => {
        const workspace = await getWorkspace(context);
        const outcome = await createUser(context.pool, {
          id: context.newId(),
          loginId: context.newId(),
          auditId: context.newId(),
          workspaceId: workspace.id,
          email: options.email,
          name: options.name.trim(),
          role: options.role,
          password,
          at: new Date(context.now()),
          by: null,
        });
        if (outcome.kind === 'email_taken')
          throw refused('--email', 'Somebody signs in with this address already.', 'Give another address.');
        print(`${options.role} ${outcome.user.email} can sign in to ${workspace.name}.`);
        if (options.passwordStdin !== true) print(`Password: ${password}`);
      });
    });
}

function checkInput(options: Options): void {
  if (!z.email().max(320).safeParse(options.email.trim()).success) {
    throw refused(
      '--email',
      `“${options.email}” is not an e-mail address.`,
      'Give one like sally@example.com.',
    );
  }
  if (options.name.trim() === '' || options.name.length > 200) {
    throw refused(
      '--name',
      'The name is empty or longer than 200 characters.',
      'Give the name that others see.',
    );
  }
}

async function readPassword(): Promise<string> {
  const [password = ''] = (await text(process.stdin)).split(/\r?\n/);
  if (password.length >= passwordMin && password.length <= passwordMax) return password;
  throw refused(
    '--password-stdin',
    `The password has ${password.length} characters.`,
    `Give one of ${passwordMin} to ${passwordMax} characters as the first line of standard input.`,
  );
}

function refused(path: string, message: string, hint: string): ProblemError {
  return new ProblemError({ code: 'command_failed', path, message, hint });
}
