// What is done for one person by hand: an input like any other, stepped through the one door and written into the log of changes in
// the same transaction.
import type { Cause, EventFact, Input, Person } from '@rapport/engine';
import { ProblemError } from '../errors.ts';
import { insertAudit } from '../postgres/audit.ts';
import type { PersonKey } from '../postgres/bucket.ts';
import { encodeEventBody } from '../postgres/events.ts';
import type { Connection } from '../postgres/pool.ts';
import { newRows, writeRows } from '../postgres/rows.ts';
import { establishFirst, lockPeople, notify, retrying, stepLocked } from '../postgres/steps.ts';
import type { StepOutcome } from '../postgres/steps.ts';
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

export interface Deed {
  readonly action: string;
  readonly detail?: { readonly [key: string]: unknown };
  /** Inside the transaction, before the entry in the log; throws to undo everything. */
  readonly check?: (stepped: Extract<StepOutcome, { kind: 'stepped' }>) => void;
}

/** One input by hand, stepped, stored and audited in one transaction. Null, made of the person as locked: there is nothing to do. */
export async function act(
  deps: HttpDeps,
  actor: Actor,
  subject: Subject,
  wanted: Input | ((person: Person) => Input | null),
  deed: Deed,
): Promise<void> {
  const { workspaceId } = actor;
  const cause: Cause = { kind: 'command', id: actorId(actor) };
  const steps = {
    pool: deps.pools.console,
    programs: deps.programs,
    now: deps.now,
    ...(deps.silenceUpTo === undefined ? {} : { silenceUpTo: deps.silenceUpTo }),
    notify: { wakeAt: () => deps.wake.clock(), messages: () => deps.wake.sender() },
  };
  const report = await retrying(steps, workspaceId, async (client, context) => {
    const locked = await lockPeople(client, workspaceId, [subject.key], { program: context.program });
    const person = locked.get(subject.key.id);
    if (person === undefined) throw notFound('person', printId('per', subject.key.id));
    await establishFirst(client, context, person);
    const input = typeof wanted === 'function' ? wanted(person.person) : wanted;
    if (input === null) return null;
    const inputs = [{ person: person.key, input, cause }];
    const stepped = await stepLocked(steps, client, context, locked, inputs);
    const [outcome] = stepped.outcomes;
    if (outcome?.kind !== 'stepped') throw parked(outcome?.kind === 'parked' ? outcome.reason : 'absent');
    deed.check?.(outcome);
    if (input.kind === 'event')
      await storeEvent(client, workspaceId, outcome.person, input.event, context.now);
    await insertAudit(client, {
      workspaceId,
      auditId: deps.newId(),
      at: new Date(deps.now()),
      by: actorId(actor),
      action: deed.action,
      subject: printId('per', outcome.person.id),
      ...(deed.detail === undefined ? {} : { detail: deed.detail }),
    });
    return stepped;
  });
  if (report !== null) notify(steps, report);
}

/** A fact by hand is stored as every other, so that the state stays a fold of what is stored. */
async function storeEvent(
  client: Connection,
  workspaceId: string,
  person: PersonKey,
  event: EventFact,
  now: number,
): Promise<void> {
  const rows = newRows();
  const { id: messageId, at, name } = event;
  const body = encodeEventBody(event);
  rows.events.push({ person, at, receivedAt: now, messageId, name, body, parked: false });
  await writeRows(client, workspaceId, rows);
}

function parked(reason: string): ProblemError {
  return new ProblemError({
    code: 'conflict',
    message: `The engine could not take it: ${reason}.`,
    hint: 'Nothing was changed. The definitions feed each other without end for this person: mend them and try again.',
  });
}
