// The last look: one transaction that locks people and claims, asks the governor, and says `handing` before anything
// leaves. What goes into the mailbox, and what cannot be rendered, also ends here. It never calls a provider.
import { addressOf } from '@rapport/engine';
import { letterHeaders } from '../content/headers.ts';
import type { Input, SendOutcome, Verdict } from '@rapport/engine';
import { insertMailbox } from '../postgres/mailbox.ts';
import type { MailboxInsert } from '../postgres/mailbox.ts';
import { dropClaims, lockClaimed, releaseClaims } from '../postgres/messages.ts';
import type { HandingRow } from '../postgres/messages.ts';
import { addressHash, isAllowed, parseSending } from '../postgres/sending.ts';
import type { SendingSettings, SendingWorkspace } from '../postgres/sending.ts';
import { isSamplePerson } from '../postgres/sample-ids.ts';
import { lockPeople, notify, retrying, stepLocked } from '../postgres/steps.ts';
import type { PersonInput, StepContext, StepReport } from '../postgres/steps.ts';
import type { Connection } from '../postgres/pool.ts';
import type { Ready, SenderDeps } from './sender-deps.ts';
import { SENDER_LIMITS } from './sender-deps.ts';

/** Committed as `handing`: the hand-over must begin now. */
export interface Handing {
  readonly ready: Ready;
  readonly via: 'smtp' | 'webhook';
  readonly sentTo: string;
  readonly workspace: SendingWorkspace;
}

type Route =
  | { readonly kind: 'smtp' | 'mailbox'; readonly to: string }
  | { readonly kind: 'webhook'; readonly to: string }
  | { readonly kind: 'unrenderable'; readonly detail: string }
  /** Somebody of the sample store: nothing of theirs leaves the house, whatever the settings say. */
  | { readonly kind: 'kept'; readonly to: string };

interface Asked {
  readonly ready: Ready;
  readonly route: Route;
  /** Where its answer stands in the report. */
  readonly at: number;
}

/** All of one workspace. Gives those that were let go, to be handed over outside of any transaction. */
export async function lookAndHand(deps: SenderDeps, group: readonly Ready[]): Promise<readonly Handing[]> {
  const workspaceId = group[0]?.workspace.id;
  if (workspaceId === undefined) return [];
  const { handing, report } = await retrying(deps, workspaceId, (client, context) =>
    look(deps, client, context, group),
  );
  notify(deps, report);
  deps.crash('sender.after_handing_commit');
  return handing;
}

async function look(
  deps: SenderDeps,
  client: Connection,
  context: StepContext,
  group: readonly Ready[],
): Promise<{ readonly handing: readonly Handing[]; readonly report: StepReport }> {
  const { workspaceId } = context;
  const people = group.map((ready) => ready.claimed.person);
  // People first, then their messages, as everyone locks; sent in one go, because addresses seldom change in between.
  const [locked, early] = await Promise.all([
    lockPeople(client, workspaceId, people, { program: context.program }),
    route(deps, client, context, group),
  ]);
  const current = group.map((ready): Ready => {
    const person = locked.get(ready.claimed.person.id);
    const known = person === undefined ? null : addressOf(person.person.memory, ready.claimed.channel);
    return { ...ready, address: known ?? '' };
  });
  const moved = current.some((ready, at) => ready.address !== group[at]?.address);
  const { workspace, routed } = moved ? await route(deps, client, context, current) : early;
  // After a restored backup: what was asked for before that may have gone already.
  const sendFrom = deps.sendFrom?.() ?? null;
  const inputs: PersonInput[] = [];
  const asked = routed.map(({ ready, route: to, suppressed }): Asked => {
    const { id, person } = ready.claimed;
    const input: Input = {
      kind: 'look',
      message: id,
      suppressed,
      ...(sendFrom === null ? {} : { not_before: sendFrom }),
    };
    const at = inputs.push({ person, input }) - 1;
    // The engine takes a result only of a message that the look let go: one door, one transaction.
    const outcome = endedHere(to);
    if (outcome !== null)
      inputs.push({ person, input: { kind: 'result', message: id, outcome } satisfies Input });
    return { ready, route: to, at };
  });
  const report = await stepLocked(deps, client, context, locked, inputs);
  const sending = asked.filter((one) => verdictOf(report, one)?.verdict === 'send');
  await insertMailbox(
    client,
    workspaceId,
    sending.flatMap((one) => toMailbox(one, workspace, context.now)),
  );
  await settleUnanswered(deps, client, context, { asked, report });
  deps.crash('sender.before_handing_commit');
  return { handing: sending.flatMap((one) => toHanding(one, workspace)), report };
}

interface Routed {
  readonly ready: Ready;
  readonly route: Route;
  readonly suppressed: boolean;
}

/** By the settings as they are in this transaction: switching live sending off stops the very next message. */
async function route(
  deps: SenderDeps,
  client: Connection,
  context: StepContext,
  group: readonly Ready[],
): Promise<{ readonly workspace: SendingWorkspace; readonly routed: readonly Routed[] }> {
  const leaseUntil = context.now + (deps.limits?.handingLeaseMs ?? SENDER_LIMITS.handingLeaseMs);
  const known = group.at(-1)?.workspace;
  if (known === undefined) throw new Error('a last look at nothing');
  let workspace = known;
  for (;;) {
    const { sending } = workspace;
    const routes = new Map(group.map((one) => [one.claimed.id, routeOf(deps, one, sending)]));
    const rows = group.map((one) => toRow(deps, one, routes.get(one.claimed.id)));
    const ours = new Map(
      (await lockClaimed(client, context.workspaceId, rows, leaseUntil)).map((row) => [row.id, row]),
    );
    const [first] = ours.values();
    const now = first === undefined ? sending : parseSending(first.sending);
    if (JSON.stringify(now) !== JSON.stringify(sending)) {
      // Changed since they were claimed: once more, by what holds now.
      workspace = { ...workspace, sending: now };
      continue;
    }
    const routed = group.flatMap((ready): Routed[] => {
      const still = ours.get(ready.claimed.id);
      const to = routes.get(ready.claimed.id);
      return still === undefined || to === undefined
        ? []
        : [{ ready, route: to, suppressed: still.suppressed }];
    });
    return { workspace, routed };
  }
}

function toRow(deps: SenderDeps, ready: Ready, to: Route | undefined): HandingRow {
  const { bucket, id, attempt, channel } = ready.claimed;
  const where = to === undefined || to.kind === 'unrenderable' ? null : to;
  return {
    bucket,
    id,
    attempt,
    channel,
    via: where === null || where.kind === 'kept' ? null : where.kind,
    sentTo: where?.to ?? '',
    subject: ready.content.kind === 'email' ? ready.content.message.subject : null,
    hash: addressHash(deps.addressKey, ready.address),
  };
}

const SAMPLE_STAYS = 'This person belongs to the sample store: nothing of theirs leaves Rapport.';

/** What the mailbox takes is sent at once; what cannot be rendered has failed for good. */
function endedHere(route: Route): SendOutcome | null {
  switch (route.kind) {
    case 'mailbox':
      return { kind: 'sent', provider_id: null, via: 'mailbox' };
    case 'unrenderable':
      return { kind: 'failed', permanent: true, code: 'bad_template', detail: route.detail };
    case 'kept':
      return { kind: 'failed', permanent: true, code: 'sample_person', detail: SAMPLE_STAYS };
    case 'smtp':
    case 'webhook':
      return null;
  }
}

function routeOf(deps: SenderDeps, { content, address, claimed }: Ready, sending: SendingSettings): Route {
  if (content.kind === 'unrenderable') return content;
  if (isSamplePerson(claimed.person.id))
    return content.kind === 'webhook' ? { kind: 'kept', to: content.url } : { kind: 'mailbox', to: address };
  if (content.kind === 'webhook') return { kind: 'webhook', to: content.url };
  const { mode, allow, from } = sending;
  const leaves =
    from !== null &&
    deps.email !== null &&
    (mode === 'live' || (mode === 'test' && isAllowed(allow, address)));
  return { kind: leaves ? 'smtp' : 'mailbox', to: address };
}

function verdictOf(report: StepReport, asked: Asked): Verdict | null {
  const outcome = report.outcomes[asked.at];
  if (outcome?.kind !== 'stepped') return null;
  const looked = outcome.decisions.find(
    (d) => d.kind === 'message_looked' && d.message === asked.ready.claimed.id,
  );
  return looked?.kind === 'message_looked' ? looked.verdict : null;
}

function toMailbox({ ready, route }: Asked, workspace: SendingWorkspace, at: number): MailboxInsert[] {
  const { content, claimed } = ready;
  if (route.kind !== 'mailbox' || content.kind !== 'email') return [];
  const headers = letterHeaders({
    from: workspace.sending.from,
    business: workspace.name,
    to: { name: content.toName, address: route.to },
    subject: content.message.subject,
    unsubscribeUrl: content.unsubscribeUrl,
  });
  const { subject, html, text } = content.message;
  return [
    {
      bucket: claimed.bucket,
      messageId: claimed.id,
      person: claimed.person,
      at,
      sentTo: route.to,
      subject,
      html,
      text,
      headers,
    },
  ];
}

/** No answer, no hand-over: a person who is gone drops it; an input that the engine failed on waits for a repaired program. */
async function settleUnanswered(
  deps: SenderDeps,
  client: Connection,
  context: StepContext,
  looked: { readonly asked: readonly Asked[]; readonly report: StepReport },
): Promise<void> {
  const { workspaceId, now } = context;
  const without = (kind: 'absent' | 'parked') =>
    looked.asked
      .filter((one) => looked.report.outcomes[one.at]?.kind === kind)
      .map((one) => one.ready.claimed);
  await dropClaims(client, { workspaceId, keys: without('absent'), reason: 'run_ended', at: now });
  const nextAt = now + (deps.limits?.parkedMs ?? SENDER_LIMITS.parkedMs);
  await releaseClaims(client, { workspaceId, keys: without('parked'), nextAt, reason: 'parked' });
}

function toHanding({ ready, route }: Asked, workspace: SendingWorkspace): Handing[] {
  if (route.kind !== 'smtp' && route.kind !== 'webhook') return [];
  return [{ ready, via: route.kind, sentTo: route.to, workspace }];
}
