// Who enters a journey at this instant: triggers, conditions, re-entry and the control group. Pure.
import type { Cause, Change } from '../decision.ts';
import type { Draft } from '../draft.ts';
import type { EventFact } from '../input.ts';
import { share } from '../lib/id.ts';
import { DAY_MS } from '../lib/instant.ts';
import type { Instant } from '../lib/instant.ts';
import type { Arm, Run } from '../person.ts';
import type { CompiledJourney } from '../program.ts';
import type { CompiledGraph, CompiledTrigger } from './graph.ts';
import { keyOf, runId } from './run.ts';

/** An event that arrives later than this counts for memory but starts no journey: its moment is over. */
export const TRIGGER_LATE_MAX_MS = 3 * DAY_MS;

export function startRuns(
  draft: Draft,
  at: Instant,
  transitions: readonly Change[],
  event: EventFact | null,
  cause: Cause,
): void {
  for (const key of startable(draft.program.starts, transitions, event)) {
    const journey = draft.program.journeys.get(key);
    const graph = journey === undefined ? undefined : activeGraph(journey);
    if (journey === undefined || graph === undefined) continue;
    const trigger = graph.triggers.find((t) => fires(t, transitions, event, at));
    if (trigger === undefined) continue;
    if (graph.where !== null && !draft.ask(graph.where, at).holds) continue;
    const runKey = graph.runKey === null || event === null ? undefined : keyOf(event, graph.runKey);
    enter(draft, journey, graph, { at, cause, start: startOf(trigger, at, event, cause), key: runKey });
  }
}

/** Journeys that are on, by what may start them: `event:` with a name (or `*`), `segment_joined:`, `segment_left:`, `stage_reached:`. */
export type StartIndex = ReadonlyMap<string, readonly string[]>;

/** `journeys` in the order in which they are asked. */
export function indexStarts(journeys: readonly CompiledJourney[]): StartIndex {
  const index = new Map<string, string[]>();
  for (const journey of journeys) {
    const starts = new Set(activeGraph(journey)?.triggers.flatMap(startsOf));
    for (const start of starts) index.set(start, [...(index.get(start) ?? []), journey.key]);
  }
  return index;
}

function startsOf(trigger: CompiledTrigger): readonly string[] {
  switch (trigger.kind) {
    case 'event':
      return trigger.names === null ? ['event:*'] : trigger.names.map((name) => `event:${name}`);
    case 'segment_joined':
    case 'segment_left':
      return [`${trigger.kind}:${trigger.segment}`];
    case 'stage_reached':
      return [`stage_reached:${trigger.model}/${trigger.stage}`];
    case 'api':
      return [];
  }
}

/** The journeys that this event and these transitions may start, in order. */
function startable(
  index: StartIndex,
  transitions: readonly Change[],
  event: EventFact | null,
): readonly string[] {
  if (index.size === 0) return [];
  const found = new Set<string>();
  const add = (start: string): void => {
    for (const key of index.get(start) ?? []) found.add(key);
  };
  if (event !== null) {
    add(`event:${event.name}`);
    add('event:*');
  }
  for (const change of transitions) {
    if (change.kind === 'segment_joined' || change.kind === 'segment_left')
      add(`${change.kind}:${change.segment}`);
    if (change.kind === 'stage_changed' && change.to !== null)
      add(`stage_reached:${change.model}/${change.to}`);
  }
  return found.size <= 1 ? [...found] : [...found].sort();
}

export function activeGraph(journey: CompiledJourney): CompiledGraph | undefined {
  return journey.active === null ? undefined : journey.versions.get(journey.active);
}

interface Entry {
  readonly at: Instant;
  readonly cause: Cause;
  readonly start: string;
  readonly key?: string | undefined;
}

/** Starts a run unless re-entry forbids it; the arm is drawn once per person and journey and kept. */
export function enter(draft: Draft, journey: CompiledJourney, graph: CompiledGraph, entry: Entry): boolean {
  if (!mayEnter(draft, journey.key, graph, entry.at)) return false;
  const { workspace } = draft.program.definition;
  const run: Run = {
    id: runId(workspace, journey.key, graph.entry, draft.id, entry.start),
    journey: journey.key,
    version: graph.version,
    arm: draft.standing.journeys[journey.key]?.arm ?? drawArm(draft, journey.key, graph.holdOut),
    person: draft.id,
    start: entry.start,
    started_at: entry.at,
    node: graph.entry,
    node_at: entry.at,
    visit: 0,
    goal_at: null,
    ...(entry.key === undefined ? {} : { key: entry.key }),
  };
  draft.decide({ kind: 'run_started', run }, entry.at, entry.cause);
  return true;
}

function mayEnter(draft: Draft, journey: string, graph: CompiledGraph, at: Instant): boolean {
  if (Object.values(draft.standing.runs).some((run) => run.journey === journey)) return false;
  const before = draft.standing.journeys[journey];
  if (before === undefined) return true;
  switch (graph.reentry.kind) {
    case 'once':
      return false;
    case 'after_exit':
      return true;
    case 'after':
      return at >= before.last_at + graph.reentry.afterMs;
  }
}

export function drawArm(draft: Draft, journey: string, holdOut: number): Arm {
  return share('hold-out', draft.program.definition.workspace, journey, draft.id) < holdOut
    ? 'control'
    : 'treated';
}

function fires(
  trigger: CompiledTrigger,
  transitions: readonly Change[],
  event: EventFact | null,
  at: Instant,
): boolean {
  switch (trigger.kind) {
    case 'event':
      return event !== null && at - event.at < TRIGGER_LATE_MAX_MS && trigger.test(event);
    case 'segment_joined':
    case 'segment_left':
      return transitions.some((c) => c.kind === trigger.kind && c.segment === trigger.segment);
    case 'stage_reached':
      return transitions.some(
        (c) => c.kind === 'stage_changed' && c.model === trigger.model && c.to === trigger.stage,
      );
    case 'api':
      return false;
  }
}

/** Names the start, so that the same moment told twice makes the same run. */
function startOf(trigger: CompiledTrigger, at: Instant, event: EventFact | null, cause: Cause): string {
  if (event !== null) return `event:${event.id}`;
  if (cause.kind !== 'time' && cause.id !== null) return `${cause.kind}:${cause.id}`;
  const rule =
    trigger.kind === 'stage_reached'
      ? `${trigger.model}/${trigger.stage}`
      : 'segment' in trigger
        ? trigger.segment
        : trigger.kind;
  return `moment:${rule}:${at}`;
}

/**
 * Whether someone qualifies today, for "also those who qualify today": in the segment or stage that the trigger waits for,
 * or, for an event, whenever the trigger's condition holds. Re-entry is not asked here.
 */
export function qualifies(draft: Draft, graph: CompiledGraph, at: Instant): boolean {
  if (graph.where !== null && !draft.ask(graph.where, at).holds) return false;
  return graph.triggers.some((trigger) => {
    switch (trigger.kind) {
      case 'segment_joined':
        return trigger.segment in draft.standing.segments;
      case 'segment_left':
        return !(trigger.segment in draft.standing.segments);
      case 'stage_reached':
        return draft.standing.stages[trigger.model]?.stage === trigger.stage;
      case 'event':
        return graph.where !== null;
      case 'api':
        return false;
    }
  });
}
