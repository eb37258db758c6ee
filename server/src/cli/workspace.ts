// The workspace that commands speak about: the first one.
import { ProblemError } from '../errors.ts';
import { findWorkspace, type Workspace } from '../postgres/definitions.ts';
import type { CommandContext } from './context.ts';

export async function getWorkspace(context: CommandContext): Promise<Workspace> {
  const found = await findWorkspace(context.pool);
  if (found !== undefined) return found;
  throw new ProblemError({
    code: 'command_failed',
    message: 'There is no workspace in this database yet.',
    hint: 'Run `npx rapport start` once: it makes the first one.',
  });
}
