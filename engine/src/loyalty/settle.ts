// Loyalty at one instant, after lifecycle and before journeys: what goes by time, what the event earns, which tier follows.
import type { Cause } from '../decision.ts';
import type { Draft } from '../draft.ts';
import type { EventFact } from '../input.ts';
import type { Instant } from '../lib/instant.ts';
import { NEVER } from '../lib/instant.ts';
import { decide, earnBy, pointsOf } from './earn.ts';
import { lotsOf, nextLapse } from './lapse.ts';
import type { CompiledProgramme } from './programme.ts';

interface When {
  readonly at: Instant;
  readonly cause: Cause;
}

/** What goes goes first: at one instant it can no longer be spent, settled or taken back. */
export function settlePoints(draft: Draft, event: EventFact | null, when: When): void {
  for (const programme of draft.program.programmes) {
    expire(draft, programme, when);
    if (event !== null) earnBy(draft, programme, { event, ...when });
  }
}

export function expire(draft: Draft, programme: CompiledProgramme, { at, cause }: When): void {
  for (;;) {
    const points = draft.standing.points?.[programme.key];
    if (points === undefined) return;
    const [lot] = lotsOf(points, programme.definition.expiry);
    if (lot === undefined || lot[0] > at) return;
    decide(
      draft,
      { at, cause },
      {
        programme: programme.key,
        entry: 'expired',
        from: 'balance',
        to: 'expired',
        points: lot[1],
        source: `expiry:${lot[0]}`,
        ...(programme.lotMs === null ? {} : { expires_at: lot[0] }),
      },
    );
  }
}

/** The next instant at which points go by themselves. */
export function pointsUntil(draft: Draft): Instant {
  if (draft.standing.points === undefined) return NEVER;
  let until = NEVER;
  for (const { key, definition } of draft.program.programmes)
    until = Math.min(until, nextLapse(pointsOf(draft, key), definition.expiry));
  return until;
}

/** The highest tier that holds; nobody falls before theirs was kept as long as is promised. */
export function settleTier(draft: Draft, programme: CompiledProgramme, { at, cause }: When): Instant {
  let until = NEVER;
  let to: string | null = null;
  for (const tier of programme.tiers) {
    const answer = draft.ask(tier.rule, at);
    until = Math.min(until, answer.until);
    if (!answer.holds) continue;
    to = tier.key;
    break;
  }
  const standing = draft.standing.tiers?.[programme.key];
  const from = standing?.tier ?? null;
  if (from === to) return until;
  const keptUntil = (standing?.since ?? at) + programme.keepMs;
  const falls = rank(programme, to) < rank(programme, from);
  if (falls && at < keptUntil) return Math.min(until, keptUntil);
  draft.decide({ kind: 'tier_changed', programme: programme.key, from, to }, at, cause);
  return until;
}

function rank({ ranks }: CompiledProgramme, tier: string | null): number {
  return tier === null ? -1 : (ranks.get(tier) ?? -1);
}
