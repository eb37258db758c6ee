// Everything that follows at one instant, in rounds: segments, lifecycle, episodes, loyalty, journeys, until nothing moves.
import type { Cause, Change } from './decision.ts';
import type { Draft } from './draft.ts';
import type { EventFact } from './input.ts';
import { personZone } from './memory/person-zone.ts';
import { startRuns } from './journeys/start.ts';
import { walk } from './journeys/run.ts';
import { pointsUntil, settlePoints, settleTier } from './loyalty/settle.ts';
import { NEVER } from './lib/instant.ts';
import type { Instant } from './lib/instant.ts';
import { firstLook } from './policy/look.ts';
import { feedingWords } from './feeding.ts';
import type { CompiledModel } from './program.ts';
import { OUTSIDE_SEGMENT } from './touched.ts';

/** What the engine itself changed starts another round; more than this is a ring of rules. */
export const ROUNDS_MAX = 8;
/** Joining it ends an episode of the relationship; leaving it opens the next one. */
export const GONE_SEGMENT = 'gone';

export interface SettleOptions {
  readonly cause: Cause;
  /** The event taken at this instant, if any. */
  readonly event: EventFact | null;
  /** Established without starting or moving any journey: import, backfill, refit, new definitions. */
  readonly silent: boolean;
}

export type Settled =
  | { readonly kind: 'settled'; readonly until: Instant }
  | { readonly kind: 'cascade_limit'; readonly feeding: string };

/**
 * Asks what was touched (see touched.ts). `until` is the earliest instant at which silence may change one of the answers
 * given; of what was not asked, the appointment that stands already knows.
 */
export function settle(draft: Draft, at: Instant, options: SettleOptions): Settled {
  const untils = new Map<number, Instant>();
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const from = draft.decisions.length;
    settleSegments(draft, at, options.cause, untils);
    settleStages(draft, at, options.cause, untils);
    settleEpisode(draft, at, options.cause);
    const event = round === 0 ? options.event : null;
    settlePoints(draft, event, { at, cause: options.cause });
    settleTiers(draft, at, options.cause, untils);
    const transitions: readonly Change[] = draft.decisions.slice(from);
    const runsUntil = settleJourneys(draft, at, transitions, event, options);
    if (draft.decisions.length > from) continue;
    let until = Math.min(runsUntil, pointsUntil(draft));
    for (const each of untils.values()) if (each < until) until = each;
    return { kind: 'settled', until };
  }
  return { kind: 'cascade_limit', feeding: feedingWords(draft.decisions) };
}

type Untils = Map<number, Instant>;

function settleSegments(draft: Draft, at: Instant, cause: Cause, untils: Untils): void {
  const { segments, index } = draft.program;
  let place = draft.touched.take(0, index.firstModel);
  while (place !== null) {
    const segment = segments[place]!;
    const answer = draft.ask(segment.rule, at);
    untils.set(place, answer.until);
    const member = segment.key in draft.standing.segments;
    if (answer.holds && !member) draft.decide({ kind: 'segment_joined', segment: segment.key }, at, cause);
    if (!answer.holds && member) draft.decide({ kind: 'segment_left', segment: segment.key }, at, cause);
    place = draft.touched.take(place + 1, index.firstModel);
  }
}

function settleStages(draft: Draft, at: Instant, cause: Cause, untils: Untils): void {
  const { models, index } = draft.program;
  let place = draft.touched.take(index.firstModel, index.firstProgramme);
  while (place !== null) {
    untils.set(place, settleModel(draft, models[place - index.firstModel]!, at, cause));
    place = draft.touched.take(place + 1, index.firstProgramme);
  }
}

function settleTiers(draft: Draft, at: Instant, cause: Cause, untils: Untils): void {
  const { programmes, index } = draft.program;
  let place = draft.touched.take(index.firstProgramme, index.count);
  while (place !== null) {
    untils.set(place, settleTier(draft, programmes[place - index.firstProgramme]!, { at, cause }));
    place = draft.touched.take(place + 1, index.count);
  }
}

/** The first stage that holds, in the order in which they are tested; none outside. */
function settleModel(draft: Draft, model: CompiledModel, at: Instant, cause: Cause): Instant {
  let until = NEVER;
  let to: string | null = null;
  if (!(OUTSIDE_SEGMENT in draft.standing.segments)) {
    for (const stage of model.stages) {
      const answer = draft.ask(stage.rule, at);
      until = Math.min(until, answer.until);
      if (!answer.holds) continue;
      to = stage.key;
      break;
    }
  }
  const from = draft.standing.stages[model.key]?.stage ?? null;
  if (from !== to) draft.decide({ kind: 'stage_changed', model: model.key, from, to }, at, cause);
  return until;
}

/** Memberships, stages and tiers of what is defined no longer end. Points stay: whoever restores a programme finds them. */
export function leaveUndefined(draft: Draft, at: Instant, cause: Cause): void {
  const { segmentByKey, modelKeys, programmeKeys } = draft.program;
  for (const key of Object.keys(draft.standing.tiers ?? {}).sort()) {
    const from = draft.standing.tiers?.[key]?.tier ?? null;
    if (!programmeKeys.has(key))
      draft.decide({ kind: 'tier_changed', programme: key, from, to: null }, at, cause);
  }
  for (const key of Object.keys(draft.standing.segments).sort()) {
    if (!segmentByKey.has(key)) draft.decide({ kind: 'segment_left', segment: key }, at, cause);
  }
  for (const key of Object.keys(draft.standing.stages).sort()) {
    const from = draft.standing.stages[key]?.stage ?? null;
    if (!modelKeys.has(key)) draft.decide({ kind: 'stage_changed', model: key, from, to: null }, at, cause);
  }
}

function settleEpisode(draft: Draft, at: Instant, cause: Cause): void {
  const { episode } = draft.standing;
  const gone = GONE_SEGMENT in draft.standing.segments;
  if (gone && !episode.gone) draft.decide({ kind: 'episode_ended', n: episode.n }, at, cause);
  if (!gone && episode.gone) draft.decide({ kind: 'episode_opened', n: episode.n + 1 }, at, cause);
}

function settleJourneys(
  draft: Draft,
  at: Instant,
  transitions: readonly Change[],
  event: EventFact | null,
  options: SettleOptions,
): Instant {
  // A silent step moves no run: whoever is in one is looked at again right after it, live.
  if (options.silent) return NEVER;
  startRuns(draft, at, transitions, event, options.cause);
  let until = NEVER;
  for (const run of Object.values(draft.standing.runs).sort(
    (a, b) => a.started_at - b.started_at || (a.id < b.id ? -1 : 1),
  )) {
    const next = walk(draft.program, run, {
      at,
      zone: personZone(draft.memory, draft.program.zone),
      event,
      ask: (rule, of) => draft.ask(rule, at, of),
      decide: (change, of) => {
        draft.decide(change, at, options.cause);
        return draft.standing.runs[of.id] ?? null;
      },
      firstLook: (message) => firstLook(draft, message, at),
    });
    until = Math.min(until, next);
  }
  return until;
}
