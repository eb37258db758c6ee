// A journey's graph, compiled: rules and selectors ready to ask, durations in milliseconds. Types and compilation only.
import type { JourneyGraph, JourneyNode, Trigger } from '../definition.ts';
import { DAY_MS } from '../lib/instant.ts';
import type { DurationMs } from '../lib/instant.ts';
import { parseClock } from '../lib/clock.ts';
import { parseDuration } from '../lib/duration.ts';
import { compileRule } from '../rules/compile.ts';
import type { CompiledRule } from '../rules/compile.ts';
import type { Scope } from '../memory/plan.ts';
import { compileSelector } from '../rules/selector.ts';
import type { EventFact } from '../input.ts';
import type { Json, Rule } from '../rules/rule.ts';

/** Whether an event is one that a selector means. */
export type EventTest = (event: EventFact) => boolean;

export type CompiledTrigger =
  | {
      readonly kind: 'event';
      /** Null: any event. */
      readonly names: readonly string[] | null;
      readonly test: EventTest;
    }
  | { readonly kind: 'segment_joined' | 'segment_left'; readonly segment: string }
  | { readonly kind: 'stage_reached'; readonly model: string; readonly stage: string }
  | { readonly kind: 'api' };

export type CompiledNode = { readonly key: string } & (
  | { readonly kind: 'trigger'; readonly next: string }
  | { readonly kind: 'wait'; readonly forMs: DurationMs; readonly next: string }
  | {
      readonly kind: 'wait_time';
      readonly minuteOfDay: number;
      readonly weekdays: ReadonlySet<number> | null;
      readonly next: string;
    }
  | {
      readonly kind: 'wait_until';
      readonly event: EventTest | null;
      readonly by: string | null;
      readonly rule: CompiledRule | null;
      readonly withinMs: DurationMs;
      readonly next: string;
      readonly timeout: string;
    }
  | { readonly kind: 'branch'; readonly rule: CompiledRule; readonly then: string; readonly else: string }
  | {
      readonly kind: 'email';
      readonly template: string;
      readonly topic: string;
      readonly marketing: boolean;
      readonly promised: boolean;
      readonly shelfLifeMs: DurationMs | null;
      readonly offer: { readonly [key: string]: Json } | null;
      readonly next: string;
    }
  | {
      readonly kind: 'webhook';
      readonly url: string;
      readonly promised: boolean;
      readonly shelfLifeMs: DurationMs | null;
      readonly next: string;
    }
  | { readonly kind: 'exit' }
);

export interface CompiledGraph {
  readonly version: number;
  readonly entry: string;
  /** Any of these starts a run, when `where` holds. */
  readonly triggers: readonly CompiledTrigger[];
  readonly where: CompiledRule | null;
  /** A property of the event that starts a run. */
  readonly runKey: string | null;
  readonly nodes: ReadonlyMap<string, CompiledNode>;
  readonly goal: { readonly rule: CompiledRule; readonly exits: boolean } | null;
  readonly exitWhen: CompiledRule | null;
  readonly holdOut: number;
  readonly reentry:
    | { readonly kind: 'once' }
    | { readonly kind: 'after_exit' }
    | { readonly kind: 'after'; readonly afterMs: DurationMs };
  /** Every rule of the graph: what the memory plan must serve. */
  readonly rules: readonly CompiledRule[];
}

export function compileGraph(version: number, graph: JourneyGraph, scope: Scope): CompiledGraph {
  const rules: CompiledRule[] = [];
  const rule = (json: Rule): CompiledRule => {
    const compiled = compileRule(json, scope);
    rules.push(compiled);
    return compiled;
  };
  const nodes = new Map<string, CompiledNode>();
  for (const key of Object.keys(graph.nodes).sort()) {
    const node = graph.nodes[key];
    if (node !== undefined) nodes.set(key, compileNode(key, node, { rule, scope }));
  }
  const entry = graph.nodes[graph.entry];
  const trigger = entry?.kind === 'trigger' ? entry : null;
  return {
    version,
    entry: graph.entry,
    triggers: trigger === null ? [] : flattenTrigger(trigger.on).map((on) => compileTrigger(on, scope)),
    where: trigger?.where === undefined ? null : rule(trigger.where),
    runKey: trigger?.key ?? null,
    nodes,
    goal: graph.goal === undefined ? null : { rule: rule(graph.goal.rule), exits: graph.goal.exits },
    exitWhen: graph.exit_when === undefined ? null : rule(graph.exit_when),
    holdOut: graph.hold_out ?? 0,
    reentry:
      graph.reentry === 'once' || graph.reentry === 'after_exit'
        ? { kind: graph.reentry }
        : { kind: 'after', afterMs: duration(graph.reentry.after) },
    rules,
  };
}

export function flattenTrigger(trigger: Trigger): readonly Exclude<Trigger, { kind: 'any' }>[] {
  return trigger.kind === 'any' ? trigger.of.flatMap(flattenTrigger) : [trigger];
}

function compileTrigger(trigger: Exclude<Trigger, { kind: 'any' }>, scope: Scope): CompiledTrigger {
  if (trigger.kind !== 'event') return trigger;
  const { names, matches } = compileSelector(trigger, scope.zone);
  return { kind: 'event', names, test: matches };
}

interface NodeCompiler {
  readonly rule: (json: Rule) => CompiledRule;
  readonly scope: Scope;
}

function compileNode(key: string, node: JourneyNode, { rule, scope }: NodeCompiler): CompiledNode {
  switch (node.kind) {
    case 'trigger':
      return { key, kind: 'trigger', next: node.next };
    case 'wait':
      return { key, kind: 'wait', forMs: duration(node.for), next: node.next };
    case 'wait_time':
      return {
        key,
        kind: 'wait_time',
        minuteOfDay: parseClock(node.at) ?? 0,
        weekdays: node.weekdays === undefined ? null : new Set(node.weekdays),
        next: node.next,
      };
    case 'wait_until':
      return {
        key,
        kind: 'wait_until',
        event: node.event === undefined ? null : compileSelector(node.event, scope.zone).matches,
        by: node.by ?? null,
        rule: node.rule === undefined ? null : rule(node.rule),
        withinMs: duration(node.within),
        next: node.next,
        timeout: node.timeout,
      };
    case 'branch':
      return { key, kind: 'branch', rule: rule(node.rule), then: node.then, else: node.else };
    case 'email':
      return {
        key,
        kind: 'email',
        template: node.template,
        topic: node.topic,
        marketing: node.marketing ?? true,
        promised: node.promised ?? false,
        shelfLifeMs: node.shelf_life === undefined ? null : duration(node.shelf_life),
        offer: node.offer ?? null,
        next: node.next,
      };
    case 'webhook':
      return {
        key,
        kind: 'webhook',
        url: node.url,
        promised: node.promised ?? false,
        shelfLifeMs: node.shelf_life === undefined ? null : duration(node.shelf_life),
        next: node.next,
      };
    case 'exit':
      return { key, kind: 'exit' };
  }
}

/** Definitions were parsed before they were stored: an unreadable duration is a bug, and waiting a day beats not waiting. */
function duration(text: string): DurationMs {
  return parseDuration(text) ?? DAY_MS;
}
