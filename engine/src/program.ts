// Everything a workspace has defined, compiled once: rules ready to ask, segments in order, the plan of memory.
import type { Definition, LifecycleDefinition } from './definition.ts';
import { compileGraph } from './journeys/graph.ts';
import type { CompiledGraph } from './journeys/graph.ts';
import { indexStarts } from './journeys/start.ts';
import type { StartIndex } from './journeys/start.ts';
import { parseDuration } from './lib/duration.ts';
import { DAY_MS } from './lib/instant.ts';
import type { DurationMs } from './lib/instant.ts';
import { compileZone } from './lib/zone.ts';
import type { Zone } from './lib/zone.ts';
import { orderSegments } from './lifecycle/order.ts';
import { compileProgramme, LEDGER_NEEDS } from './loyalty/programme.ts';
import type { CompiledProgramme } from './loyalty/programme.ts';
import { planMemory } from './memory/plan.ts';
import type { Plan } from './memory/plan.ts';
import { compileRule } from './rules/compile.ts';
import type { CompiledRule } from './rules/compile.ts';
import { compileSelector } from './rules/selector.ts';
import type { CompiledSelector } from './rules/selector.ts';
import { indexRules } from './touched.ts';
import type { RuleIndex } from './touched.ts';

export type { CompiledGraph } from './journeys/graph.ts';

export interface CompiledSegment {
  readonly key: string;
  readonly rule: CompiledRule;
}

export interface CompiledModel {
  readonly key: string;
  /** In the order in which they are tested. */
  readonly stages: readonly { readonly key: string; readonly rule: CompiledRule }[];
}

export interface CompiledJourney {
  readonly key: string;
  readonly active: number | null;
  readonly versions: ReadonlyMap<number, CompiledGraph>;
}

export interface Program {
  readonly version: number;
  readonly definition: Definition;
  readonly zone: Zone;
  readonly plan: Plan;
  /** Topological: a segment comes after those it refers to. */
  readonly segments: readonly CompiledSegment[];
  readonly models: readonly CompiledModel[];
  readonly programmes: readonly CompiledProgramme[];
  readonly purchase: CompiledSelector;
  readonly refund: CompiledSelector;
  /** Which of them must be asked again after what changed. */
  readonly index: RuleIndex;
  readonly journeys: ReadonlyMap<string, CompiledJourney>;
  /** In the order in which they are asked. */
  readonly journeyKeys: readonly string[];
  /** What may start which journeys. */
  readonly starts: StartIndex;
  readonly segmentByKey: ReadonlyMap<string, CompiledSegment>;
  readonly modelKeys: ReadonlySet<string>;
  readonly programmeKeys: ReadonlySet<string>;
  readonly shelfLifeMs: DurationMs;
}

/** Compiles a parsed definition. Throws on an unknown time zone or segments in a ring: parsing refuses both. */
export function compile(definition: Definition): Program {
  const zone = compileZone(definition.time_zone);
  if (zone === null) throw new Error(`unknown time zone ${definition.time_zone}`);
  const scope = { zone, definition };
  const segments = orderSegments(definition.segments).map((s) => ({
    key: s.key,
    rule: compileRule(s.rule, scope),
  }));
  const models = definition.models.map((model) => ({
    key: model.key,
    stages: testOrder(model).map((s) => ({ key: s.key, rule: compileRule(s.rule, scope) })),
  }));
  const journeys = new Map<string, CompiledJourney>();
  for (const journey of definition.journeys) {
    const versions = new Map<number, CompiledGraph>();
    for (const [version, graph] of Object.entries(journey.versions)) {
      versions.set(Number(version), compileGraph(Number(version), graph, scope));
    }
    journeys.set(journey.key, { key: journey.key, active: journey.active, versions });
  }
  const programmes = [...(definition.programmes ?? [])]
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map((programme) => compileProgramme(programme, scope));
  const rules = [
    ...segments.map((s) => s.rule),
    ...models.flatMap((m) => m.stages.map((s) => s.rule)),
    ...[...journeys.values()].flatMap((j) => [...j.versions.values()].flatMap((g) => g.rules)),
    ...programmes.flatMap((p) => p.rules),
    ...(programmes.length === 0 ? [] : [{ needs: LEDGER_NEEDS }]),
  ];
  const journeyKeys = [...journeys.keys()].sort();
  return {
    version: definition.version,
    definition,
    zone,
    plan: planMemory(rules, scope),
    segments,
    models,
    programmes,
    purchase: compileSelector(definition.purchase, zone),
    refund: compileSelector(definition.refund, zone),
    index: indexRules(segments, models, programmes),
    journeys,
    journeyKeys,
    starts: indexStarts(journeyKeys.map((key) => journeys.get(key)!)),
    segmentByKey: new Map(segments.map((s) => [s.key, s])),
    modelKeys: new Set(models.map((m) => m.key)),
    programmeKeys: new Set(programmes.map((p) => p.key)),
    shelfLifeMs: parseDuration(definition.policy.shelf_life) ?? 3 * DAY_MS,
  };
}

/** The lowest row is tested first, unless the model names another. */
function testOrder(model: LifecycleDefinition): LifecycleDefinition['stages'] {
  const lowestFirst = [...model.stages].reverse();
  const first = lowestFirst.filter((s) => s.key === model.tested_first);
  return [...first, ...lowestFirst.filter((s) => s.key !== model.tested_first)];
}
