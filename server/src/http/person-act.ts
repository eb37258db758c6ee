// What is done for one person by hand: an input like any other, stepped through the one door and written into the log of changes in
// the same transaction.
import type { Cause, Input } from '@rapport/engine';
import { ProblemError } from '../errors.ts';
import { insertAudit } from '../postgres/audit.ts';
import { stepPeople } from '../postgres/steps.ts';
import { actorId } from './auth.ts';
import type { Actor, HttpDeps } from './deps.ts';
import { notFound, printId } from './ids.ts';
import { findSubject } from './person-view.ts';
import type { Subject } from './person-view.ts';

export async function getSubject(deps: HttpDeps, workspaceId: string, id: string): Promise<Subject> {
  const subject = await findSubject(deps, workspaceId, id);
  if (subject === undefined) throw notFound('person', id);
  return subject;
}

interface Deed {
  readonly action: string;
  readonly detail?: { readonly [key: string]: unknown };
}

/** One input by hand, stepped and audited in one transaction. */
export async function act(
  deps: HttpDeps,
  actor: Actor,
  subject: Subject,
  input: Input,
  deed: Deed,
): Promise<void> {
  const cause: Cause = { kind: 'command', id: actorId(actor) };
  const steps = {
    pool: deps.pools.console,
    programs: deps.programs,
    now: deps.now,
    ...(deps.silenceUpTo === undefined ? {} : { silenceUpTo: deps.silenceUpTo }),
    notify: { wakeAt: () => deps.wake.clock(), messages: () => deps.wake.sender() },
  };
  const inputs = [{ person: subject.key, input, cause }];
  await stepPeople(steps, actor.workspaceId, inputs, {
    also: async (client, report) => {
      const [outcome] = report.outcomes;
      if (outcome?.kind === 'absent') throw notFound('person', printId('per', subject.key.id));
      if (outcome?.kind === 'parked') throw parked(outcome.reason);
      await insertAudit(client, {
        workspaceId: actor.workspaceId,
        auditId: deps.newId(),
        at: new Date(deps.now()),
        by: actorId(actor),
        action: deed.action,
        subject: printId('per', subject.key.id),
        ...(deed.detail === undefined ? {} : { detail: deed.detail }),
      });
    },
  });
}

function parked(reason: string): ProblemError {
  return new ProblemError({
    code: 'conflict',
    message: `The engine could not take it: ${reason}.`,
    hint: 'Nothing was changed. The definitions feed each other without end for this person: mend them and try again.',
  });
}
