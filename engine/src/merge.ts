// Two people who turn out to be one: memory folded over both histories, standing by decision, nothing decided about the past.
import type { Cause } from './decision.ts';
import { Draft } from './draft.ts';
import type { EventFact } from './input.ts';
import type { Instant } from './lib/instant.ts';
import { settleMerged } from './loyalty/merge.ts';
import { refoldMemory } from './memory/remember.ts';
import type { Person, Run } from './person.ts';
import type { Program } from './program.ts';
import type { Stepped } from './step.ts';

/** A survivor remembers this many people merged into it. */
export const ALIASES_MAX = 64;

export interface MergeOptions {
  readonly now: Instant;
  /** The messageId that linked them. */
  readonly cause: Cause;
  /** Where the other's row stands. */
  readonly loserBucket: number;
  /** All stored events of both. */
  readonly history: readonly EventFact[];
}

/**
 * The survivor after the merge, not yet settled: the shell steps the linking event next, and what it brings about are
 * transitions. Of two runs of one journey the further one goes on, the other ends as `merged`.
 */
export function mergePeople(
  program: Program,
  survivor: Person,
  loser: Person,
  options: MergeOptions,
): Stepped {
  const now = Math.max(options.now, survivor.advanced_to, loser.advanced_to);
  const draft = new Draft(program, survivor, now);
  draft.decide({ kind: 'merged', person: loser.id, standing: loser.standing }, now, options.cause);
  settleMerged(draft, survivor.standing, loser, { at: now, cause: options.cause });
  for (const run of doubledRuns(Object.values(draft.standing.runs))) {
    draft.decide(
      { kind: 'run_ended', run: run.id, journey: run.journey, reason: 'merged', node: run.node },
      now,
      options.cause,
    );
  }
  const thawed = survivor.frozen_at === null || loser.frozen_at === null;
  const person: Person = {
    ...survivor,
    plan: program.plan.signature,
    program_version: Math.min(survivor.program_version, loser.program_version),
    advanced_to: now,
    frozen_at: thawed ? null : Math.max(survivor.frozen_at ?? 0, loser.frozen_at ?? 0),
    imported_only: survivor.imported_only && loser.imported_only,
    aliases: [...survivor.aliases, ...loser.aliases, { bucket: options.loserBucket, id: loser.id }].slice(
      -ALIASES_MAX,
    ),
    memory: refoldMemory(program.plan, options.history, now),
    standing: draft.standing,
    // Due at once: every rule is asked again by whoever steps the person next.
    wake_at: survivor.frozen_at !== null && loser.frozen_at !== null ? null : now,
  };
  return { kind: 'stepped', person, decisions: draft.decisions };
}

/** All runs but the furthest of each journey. */
function doubledRuns(runs: readonly Run[]): readonly Run[] {
  const byJourney = new Map<string, Run[]>();
  for (const run of runs) byJourney.set(run.journey, [...(byJourney.get(run.journey) ?? []), run]);
  return [...byJourney.keys()]
    .sort()
    .flatMap((journey) => (byJourney.get(journey) ?? []).sort(furthestFirst).slice(1));
}

function furthestFirst(a: Run, b: Run): number {
  return b.visit - a.visit || a.started_at - b.started_at || (a.id < b.id ? -1 : 1);
}
