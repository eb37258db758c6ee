// The workspace that commands speak about: the default one, made with everything that ships when there is none yet.
import { ensureWorkspace, type Workspace } from '../postgres/definitions.ts';
import { shipped } from '../shipped.ts';
import type { CommandContext } from './context.ts';

export function getWorkspace(context: CommandContext): Promise<Workspace> {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return ensureWorkspace(context.pool, { shipped, now: context.now, newId: context.newId, timeZone });
}
