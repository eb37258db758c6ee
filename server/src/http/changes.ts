// A change of definitions as routes make it: under the workspace's lock, compiled before it is kept, audited, and told to
// this process's workers at once. Contacts nobody.
import { compile } from '@rapport/engine';
import type { Definition, Program } from '@rapport/engine';
import { insertAudit } from '../postgres/audit.ts';
import { changeDefinition } from '../postgres/definitions.ts';
import { inTransaction } from '../postgres/pool.ts';
import type { Connection } from '../postgres/pool.ts';
import { actorId } from './auth.ts';
import type { Actor, HttpDeps } from './deps.ts';

export interface What {
  readonly action: string;
  readonly subject: string;
  readonly detail?: { readonly [key: string]: unknown };
}

/** `bumps`: what people are judged by has changed, not only a name. */
export async function changeDefinitions<T>(
  deps: HttpDeps,
  actor: Actor,
  what: What,
  work: (
    connection: Connection,
    before: Definition,
  ) => Promise<{ readonly result: T; readonly bumps: boolean }>,
): Promise<T> {
  const change = { ...what, ...stamp(deps, actor) };
  let compiled: Program | undefined;
  const { result } = await changeDefinition(deps.pools.console, change, work, (after) => {
    compiled = compile(after);
  });
  await deps.programs.reload(actor.workspaceId, compiled);
  deps.wake.definitions();
  return result;
}

/** A change that the program knows nothing of (a key, a user): audited in the same transaction. */
export async function changeOther<T>(
  deps: HttpDeps,
  actor: Actor,
  what: What,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  return inTransaction(deps.pools.console, async (connection) => {
    const result = await work(connection);
    await insertAudit(connection, { ...what, ...stamp(deps, actor) });
    return result;
  });
}

function stamp(deps: HttpDeps, actor: Actor) {
  return {
    workspaceId: actor.workspaceId,
    auditId: deps.newId(),
    at: new Date(deps.now()),
    by: actorId(actor),
  };
}
