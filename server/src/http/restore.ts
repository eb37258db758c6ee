// After a restored backup: a person says from when messages may go again. What was asked for before does not go.
import { z } from 'zod';
import { insertAudit } from '../postgres/audit.ts';
import { actorId, actorOf } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';

export interface RestoreDoor {
  readonly confirm: (from: number) => Promise<void>;
}

export function registerRestore(app: App, deps: HttpDeps, door: RestoreDoor): void {
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
      const actor = actorOf(request);
      const from = Date.parse(request.body.from);
      await door.confirm(from);
      const sendFrom = new Date(from).toISOString();
      await insertAudit(deps.pools.console, {
        auditId: deps.newId(),
        workspaceId: actor.workspaceId,
        at: new Date(deps.now()),
        by: actorId(actor),
        action: 'system.confirm_restore',
        subject: 'sending',
        detail: { from: sendFrom },
      });
      deps.wake.sender();
      return { send_from: sendFrom };
    },
  );
}
