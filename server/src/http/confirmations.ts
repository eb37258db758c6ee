// What waits for a person's word: from when to send after a restored backup, and that Postgres' clock is right.
import { z } from 'zod';
import { insertAudit } from '../postgres/audit.ts';
import { actorId, actorOf } from './auth.ts';
import type { Actor, App, HttpDeps } from './deps.ts';

/** What app.ts does when someone has said so. */
export interface Confirmations {
  readonly restore: (from: number) => Promise<void>;
  readonly clock: () => void;
}

export function registerConfirmations(app: App, deps: HttpDeps, confirmations: Confirmations): void {
  app.post(
    '/api/system/confirm-restore',
    {
      schema: {
        tags: ['system'],
        summary: 'After a restored backup: send again, but nothing that was asked for before `from`',
        body: z.object({ from: z.iso.datetime({ offset: true }) }),
        response: { 200: z.object({ send_from: z.string() }) },
      },
    },
    async (request) => {
      const from = Date.parse(request.body.from);
      const sendFrom = new Date(from).toISOString();
      await confirmations.restore(from);
      await note(deps, actorOf(request), 'system.confirm_restore', { from: sendFrom });
      deps.wake.sender();
      return { send_from: sendFrom };
    },
  );

  app.post(
    '/api/system/confirm-clock',
    {
      schema: {
        tags: ['system'],
        summary: 'The clocks disagreed by more than a minute: Postgres is right, go on',
        response: { 200: z.object({ offset_ms: z.number() }) },
      },
    },
    async (request) => {
      confirmations.clock();
      const { offset_ms: offsetMs } = deps.system().clock;
      await note(deps, actorOf(request), 'system.confirm_clock', { offset_ms: offsetMs });
      deps.wake.clock();
      deps.wake.sender();
      return { offset_ms: offsetMs };
    },
  );
}

function note(
  deps: HttpDeps,
  actor: Actor,
  action: string,
  detail: { readonly [key: string]: unknown },
): Promise<void> {
  return insertAudit(deps.pools.console, {
    workspaceId: actor.workspaceId,
    auditId: deps.newId(),
    at: new Date(deps.now()),
    by: actorId(actor),
    action,
    subject: 'system',
    detail,
  });
}
