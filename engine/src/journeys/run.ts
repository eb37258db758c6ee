// One run's walk through its graph at one instant: goal, exits, waits, branches, messages. Pure; returns changes in order.
import type { CompiledGraph, CompiledJourney, Program } from '../program.ts';
import type { Change, Verdict } from '../decision.ts';
import { NEVER } from '../lib/instant.ts';
import type { Instant } from '../lib/instant.ts';
import { hashId } from '../lib/id.ts';
import type { EventFact } from '../input.ts';
import { nextClock } from '../lib/clock.ts';
import type { Zone } from '../lib/zone.ts';
import type { OpenMessage, Run } from '../person.ts';
import type { Answer } from '../rules/rule.ts';
import type { CompiledRule } from '../rules/compile.ts';
import type { CompiledNode } from './graph.ts';

/** A run that walks further than this in one instant goes round in a ring that parsing did not see. */
export const WALK_MAX = 64;

export interface Walker {
  readonly at: Instant;
  /** Where the person lives. */
  readonly zone: Zone;
  /** The event that is being taken at this instant, if any: what `wait_until` an event listens to. */
  readonly event: EventFact | null;
  ask(rule: CompiledRule, run: Run): Answer;
  /** The change becomes a decision at once: later questions of the walk see it. Returns the run as it now stands, null once ended. */
  decide(change: Change, run: Run): Run | null;
  firstLook(message: OpenMessage): Verdict;
}

/** Walks as far as this instant allows; returns the instant at which time alone would take it further. */
export function walk(program: Program, started: Run, walker: Walker): Instant {
  const journey = program.journeys.get(started.journey);
  const graph = journey?.versions.get(started.version);
  if (journey === undefined || graph === undefined) {
    walker.decide(ended(started, 'left'), started);
    return NEVER;
  }
  let run = started;
  let until = NEVER;
  for (let steps = 0; steps < WALK_MAX; steps += 1) {
    const watched = watch(graph, run, walker);
    if (watched.run === null) return NEVER;
    run = watched.run;
    until = watched.until;
    const moved = visit(program, journey, graph, run, walker);
    if (moved.kind === 'waits') return Math.min(until, moved.until);
    if (moved.kind === 'ended') return NEVER;
    run = moved.run;
  }
  walker.decide(ended(run, 'left'), run);
  return NEVER;
}

/** Goal and exit rule are watched at every node, before the node itself has its say. */
function watch(
  graph: CompiledGraph,
  run: Run,
  walker: Walker,
): { readonly run: Run | null; readonly until: Instant } {
  let until = NEVER;
  let now: Run = run;
  if (graph.goal !== null && now.goal_at === null) {
    const answer = walker.ask(graph.goal.rule, now);
    if (answer.holds) {
      const reached = walker.decide({ kind: 'goal_reached', run: now.id }, now);
      if (reached === null) return { run: null, until };
      now = reached;
      if (graph.goal.exits) return { run: walker.decide(ended(now, 'goal'), now), until };
    } else {
      until = Math.min(until, answer.until);
    }
  }
  if (graph.exitWhen === null) return { run: now, until };
  const leave = walker.ask(graph.exitWhen, now);
  if (leave.holds) return { run: walker.decide(ended(now, 'exit_rule'), now), until };
  return { run: now, until: Math.min(until, leave.until) };
}

type Visit =
  | { readonly kind: 'moved'; readonly run: Run }
  | { readonly kind: 'waits'; readonly until: Instant }
  | { readonly kind: 'ended' };

function visit(
  program: Program,
  journey: CompiledJourney,
  graph: CompiledGraph,
  run: Run,
  walker: Walker,
): Visit {
  const node = graph.nodes.get(run.node);
  if (node === undefined) return end(run, 'left', walker);
  switch (node.kind) {
    case 'trigger':
      return move(run, node.next, null, walker);
    case 'wait': {
      const due = run.node_at + node.forMs;
      return walker.at >= due ? move(run, node.next, null, walker) : { kind: 'waits', until: due };
    }
    case 'wait_time': {
      const due = nextClock(walker.zone, run.node_at, node);
      return walker.at >= due ? move(run, node.next, null, walker) : { kind: 'waits', until: due };
    }
    case 'wait_until':
      return waitUntil(node, run, walker);
    case 'branch': {
      const answer = walker.ask(node.rule, run);
      return move(run, answer.holds ? node.then : node.else, answer.holds ? 'yes' : 'no', walker);
    }
    case 'email':
    case 'webhook': {
      const after = request(program, journey, run, node, walker);
      return after === null ? { kind: 'ended' } : move(after, node.next, null, walker);
    }
    case 'exit':
      return end(run, 'exit', walker);
  }
}

/** What is awaited beats the time-out when both fall on one instant: inputs come before appointments. */
function waitUntil(node: Extract<CompiledNode, { kind: 'wait_until' }>, run: Run, walker: Walker): Visit {
  const timeout = run.node_at + node.withinMs;
  const { event } = walker;
  if (node.event !== null && event !== null && event.at > run.node_at && isAwaited(node, event, run)) {
    return move(run, node.next, 'happened', walker);
  }
  let until = timeout;
  if (node.rule !== null) {
    const answer = walker.ask(node.rule, run);
    if (answer.holds) return move(run, node.next, 'happened', walker);
    until = Math.min(until, answer.until);
  }
  return walker.at >= timeout ? move(run, node.timeout, 'timed_out', walker) : { kind: 'waits', until };
}

/** By key: of the run's own cart, not of another one. Without a key nothing is awaited that could come. */
function isAwaited(node: Extract<CompiledNode, { kind: 'wait_until' }>, event: EventFact, run: Run): boolean {
  if (node.event?.(event) !== true) return false;
  return node.by === null || (run.key !== undefined && keyOf(event, node.by) === run.key);
}

/** A property as a key: texts, numbers and booleans are, null and everything larger is not. */
export function keyOf(event: EventFact, property: string): string | undefined {
  const value = Object.hasOwn(event.properties, property) ? event.properties[property] : undefined;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value.length <= KEY_CHARS_MAX ? value : undefined;
}

const KEY_CHARS_MAX = 500;

type MessageNode = Extract<CompiledNode, { kind: 'email' | 'webhook' }>;

function request(
  program: Program,
  journey: CompiledJourney,
  run: Run,
  node: MessageNode,
  walker: Walker,
): Run | null {
  const id = messageId(run, node.key);
  const template = node.kind === 'email' ? node.template : null;
  if (run.arm === 'control' && !node.promised) {
    return walker.decide(
      { kind: 'message_withheld', message: id, run: run.id, node: node.key, template },
      run,
    );
  }
  const message: OpenMessage = {
    id,
    run: run.id,
    journey: journey.key,
    version: run.version,
    node: node.key,
    channel: node.kind,
    topic: node.kind === 'email' ? node.topic : 'webhook',
    marketing: node.kind === 'email' && node.marketing,
    promised: node.promised || node.kind === 'webhook',
    run_started_at: run.started_at,
    cancelled: null,
    at: walker.at,
    expires_at: walker.at + (node.shelfLifeMs ?? program.shelfLifeMs),
    handing: false,
  };
  return walker.decide(
    {
      kind: 'message_requested',
      message,
      template,
      webhook: node.kind === 'webhook' ? { url: node.url } : null,
      offer: node.kind === 'email' ? node.offer : null,
      first_look: walker.firstLook(message),
    },
    run,
  );
}

/** The same run, node and visit always make the same message: no replay, restart or merge asks for a second one. */
export function messageId(run: Run, node: string): string {
  return hashId('message', run.id, node, String(run.visit));
}

export function runId(
  workspace: string,
  journey: string,
  entry: string,
  person: string,
  start: string,
): string {
  return hashId('run', workspace, journey, entry, person, start);
}

function move(run: Run, to: string, branch: string | null, walker: Walker): Visit {
  const moved = walker.decide({ kind: 'run_moved', run: run.id, from: run.node, to, branch }, run);
  return moved === null ? { kind: 'ended' } : { kind: 'moved', run: moved };
}

function end(run: Run, reason: 'exit' | 'left', walker: Walker): Visit {
  walker.decide(ended(run, reason), run);
  return { kind: 'ended' };
}

function ended(run: Run, reason: 'goal' | 'exit_rule' | 'exit' | 'left'): Change {
  return { kind: 'run_ended', run: run.id, journey: run.journey, reason, node: run.node };
}
