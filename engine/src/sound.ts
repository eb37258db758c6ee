// Stored definitions that cannot be used as they are: a rule that the parser refuses (of an older version, or edited by hand), segments
// in a ring. Each is put to rest by itself, so that all others go on: whoever is in such a segment or stage stays, nobody joins or leaves;
// such a condition of a journey never holds, and the journey takes nobody new; such a programme earns nothing and takes nothing away. What is only missing (a deleted segment) is no such thing.
import type {
  Definition,
  JourneyDefinition,
  JourneyGraph,
  LifecycleDefinition,
  ProgrammeDefinition,
  SegmentDefinition,
  Unsound,
} from './definition.ts';
import { isRecord } from './lib/reader.ts';
import { findSegmentRing } from './lifecycle/order.ts';
import { parseJourney } from './journeys/parse.ts';
import type { JourneyKnown } from './journeys/parse.ts';
import { parseProgramme } from './loyalty/parse.ts';
import { parseRule } from './rules/parse.ts';
import type { Problem, Rule } from './rules/rule.ts';

const never: Rule = { kind: 'not', rule: { kind: 'all', rules: [] } };

export function soundDefinition(definition: Definition): Definition {
  const unsound: Unsound[] = [];
  const parsed = definition.segments.map((segment) => {
    const problems = problemsOf(segment.rule);
    if (problems.length === 0) return segment;
    unsound.push({ kind: 'segment', key: segment.key, problems });
    return atRest(segment);
  });
  const segments = [...parsed];
  for (let ring = findSegmentRing(segments); ring !== null; ring = findSegmentRing(segments))
    for (const key of new Set(ring)) {
      const at = segments.findIndex((segment) => segment.key === key);
      const segment = segments[at];
      if (segment === undefined) continue;
      unsound.push({ kind: 'segment', key, problems: [ringProblem(ring)] });
      segments[at] = atRest(segment);
    }
  const models = definition.models.map((model): LifecycleDefinition => {
    const stages = model.stages.map((stage) => {
      const problems = problemsOf(stage.rule);
      if (problems.length === 0) return stage;
      unsound.push({ kind: 'stage', key: `${model.key}/${stage.key}`, problems });
      return { ...stage, rule: { kind: 'stage', model: model.key, stage: stage.key } as const };
    });
    return { ...model, stages };
  });
  const journeys = definition.journeys.map((journey) => soundJourney(journey, unsound));
  const programmes = definition.programmes?.map((programme) => soundProgramme(programme, unsound));
  if (unsound.length === 0) return definition;
  return {
    ...definition,
    segments,
    models,
    journeys,
    unsound,
    ...(programmes === undefined ? {} : { programmes }),
  };
}

/** It asks for itself: holds for whoever is in it. */
const atRest = (segment: SegmentDefinition): SegmentDefinition => ({
  ...segment,
  rule: { kind: 'segment', segment: segment.key },
  at_rest: true,
});

/** Its points and tiers stay as they are. */
function soundProgramme(programme: ProgrammeDefinition, unsound: Unsound[]): ProgrammeDefinition {
  const parsed = parseProgramme(programme, everythingIn(programme));
  if (parsed.ok) return programme;
  const { key, name } = programme;
  unsound.push({ kind: 'programme', key, problems: parsed.problems });
  const tiers: readonly unknown[] = Array.isArray(programme.tiers) ? programme.tiers : [];
  return {
    key,
    name,
    unit: { one: 'point', many: 'points' },
    counts_from: '1970-01-01',
    earn: [],
    at_rest: true,
    tiers: tiers.flatMap((tier) =>
      isRecord(tier) && typeof tier['key'] === 'string'
        ? [{ key: tier['key'], name: String(tier['name'] ?? tier['key']), rule: inTier(key, tier['key']) }]
        : [],
    ),
  };
}

/** It asks for itself. */
const inTier = (programme: string, tier: string): Rule => ({ kind: 'tier', programme, tier });

/** Whatever it names is taken to be there: what is missing makes a leaf false, and is no fault of the rule. */
function everythingIn(json: unknown): JourneyKnown {
  const named = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value === 'string') named.add(value);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
  };
  visit(json);
  const models = new Map([...named].map((name) => [name, named] as const));
  return { segments: named, models, programmes: models, journeys: named, templates: named, topics: named };
}

function problemsOf(rule: unknown): readonly Problem[] {
  const parsed = parseRule(rule, everythingIn(rule), '/rule');
  return parsed.ok ? [] : parsed.problems;
}

function soundJourney(journey: JourneyDefinition, unsound: Unsound[]): JourneyDefinition {
  const problems: Problem[] = [];
  let { active } = journey;
  const versions: { [version: string]: JourneyGraph } = {};
  for (const [version, graph] of Object.entries(journey.versions)) {
    const found = graphProblems(graph);
    versions[version] = found.length === 0 ? graph : withoutBroken(graph);
    if (found.length === 0 || Number(version) !== active) continue;
    problems.push(...found);
    active = null;
  }
  if (problems.length > 0) unsound.push({ kind: 'journey', key: journey.key, problems });
  return { ...journey, active, versions };
}

function graphProblems(graph: unknown): readonly Problem[] {
  const parsed = parseJourney(graph, everythingIn(graph), '/graph');
  return parsed.ok ? [] : parsed.problems;
}

/** A graph that no parser takes even then leads nowhere. */
function withoutBroken(graph: JourneyGraph): JourneyGraph {
  const mended = mend(graph) as JourneyGraph;
  if (graphProblems(mended).length === 0) return mended;
  return { entry: 'end', nodes: { end: { kind: 'exit' } }, reentry: 'once' };
}

const places: ReadonlySet<string> = new Set(['rule', 'where', 'exit_when']);

/** Every rule of a graph stands under one of these names. */
function mend(json: unknown): unknown {
  if (!isRecord(json)) return json;
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) =>
      places.has(key) && isRecord(value) && problemsOf(value).length > 0 ? [key, never] : [key, mend(value)],
    ),
  );
}

function ringProblem(ring: readonly string[]): Problem {
  return {
    code: 'cycle',
    path: '/rule',
    message: `These would refer to each other in a ring: ${ring.join(' → ')}.`,
    hint: 'Let one of them ask the underlying question itself.',
  };
}
