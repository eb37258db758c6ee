// What came of hand-overs goes back through the one door as inputs, together with what it says about addresses. Also
// what a dead process left in `handing`: nobody knows, so it is uncertain, and never repeated by itself.
import type { SendOutcome } from '@rapport/engine';
import { bounceOf } from '../channels/outcome.ts';
import type { HandOver } from '../channels/outcome.ts';
import { findOrphans, markUncertain } from '../postgres/messages.ts';
import type { Connection } from '../postgres/pool.ts';
import { addressHash, insertSuppression } from '../postgres/sending.ts';
import { stepPeople } from '../postgres/steps.ts';
import type { StepReport } from '../postgres/steps.ts';
import type { Result, SenderDeps } from './sender-deps.ts';

/** Soft bounces running that suppress an address (PRODUCT.md section 5). */
export const SOFT_BOUNCES_MAX = 5;
const ORPHANS_MAX = 500;
const ORPHAN_REASON = 'The process that handed it over stopped before it knew how it ended.';

/** All of one workspace, in one transaction. */
export async function writeResults(
  deps: SenderDeps,
  workspaceId: string,
  results: readonly Result[],
): Promise<void> {
  const inputs = results.map((result) => ({
    person: result.claimed.person,
    input: {
      kind: 'result',
      message: result.claimed.id,
      outcome: toOutcome(result.outcome, result.via),
    } as const,
  }));
  await stepPeople(deps, workspaceId, inputs, {
    also: async (client, report) => {
      for (const [at, result] of results.entries())
        await suppress(deps, client, workspaceId, { result, report, at });
      deps.crash('sender.before_result_commit');
    },
  });
  deps.crash('sender.after_result_commit');
}

/** `leaseBefore` null: nobody else is alive, so whatever is `handing` was left behind. Gives how many were found. */
export async function endOrphans(
  deps: SenderDeps,
  workspaceId: string,
  leaseBefore: number | null,
): Promise<number> {
  const orphans = await findOrphans(deps.pool, { workspaceId, leaseBefore, limit: ORPHANS_MAX });
  if (orphans.length === 0) return 0;
  const outcome: SendOutcome = { kind: 'uncertain', detail: ORPHAN_REASON };
  const inputs = orphans.map(({ person, id }) => ({
    person,
    input: { kind: 'result', message: id, outcome } as const,
  }));
  await stepPeople(deps, workspaceId, inputs, {
    also: (client) =>
      markUncertain(client, { workspaceId, keys: orphans, reason: ORPHAN_REASON, at: deps.now() }),
  });
  deps.log.warn(
    { count: orphans.length },
    'messages were being handed over when a process stopped; they are uncertain',
  );
  return orphans.length;
}

export function toOutcome(outcome: HandOver, via: string): SendOutcome {
  if (outcome.kind === 'sent') return { kind: 'sent', provider_id: outcome.providerId, via };
  return outcome;
}

/** One hard bounce or five soft ones running: this address is not written to again. */
async function suppress(
  deps: SenderDeps,
  client: Connection,
  workspaceId: string,
  what: { readonly result: Result; readonly report: StepReport; readonly at: number },
): Promise<void> {
  const { outcome, claimed, sentTo } = what.result;
  if (outcome.kind !== 'failed' || claimed.channel !== 'email') return;
  const bounce = bounceOf(outcome.code);
  if (bounce === 'none') return;
  const stepped = what.report.outcomes[what.at];
  const running =
    stepped?.kind === 'stepped' ? (stepped.state.standing.soft_bounces[claimed.channel] ?? 0) : 0;
  if (bounce === 'soft' && running < SOFT_BOUNCES_MAX) return;
  const hash = addressHash(deps.addressKey, sentTo);
  const reason = bounce === 'hard' ? 'hard_bounce' : 'soft_bounces';
  await insertSuppression(client, { workspaceId, channel: claimed.channel, hash, reason, at: deps.now() });
}
