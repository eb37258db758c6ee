// "Why is she in this stage, and when will that change": the same rules, asked at this instant, with their evidence.
import { NEVER } from '../lib/instant.ts';
import type { Instant } from '../lib/instant.ts';
import type { Person } from '../person.ts';
import type { CompiledModel, Program } from '../program.ts';
import { ROUNDS_MAX } from '../settle.ts';
import { OUTSIDE_SEGMENT } from '../touched.ts';
import { segmentsIn } from './order.ts';
import { explain } from '../rules/explain.ts';
import type { Explanation } from '../rules/explain.ts';
import type { CompiledRule, EvaluationContext } from '../rules/evaluate.ts';
import type { Names } from '../rules/sentence.ts';
import type { Definition } from '../definition.ts';

export interface StageExplanation {
  readonly model: string;
  readonly stage: string | null;
  readonly since: Instant | null;
  /** When silence alone may move the person on; null: only something new can. */
  readonly until: Instant | null;
  /** Each stage that was tested, in that order, up to the one that holds. */
  readonly tested: readonly { readonly stage: string; readonly why: Explanation }[];
}

/** As of `now`, or of the as-of day for someone imported as of an earlier one. */
export function explainStage(
  program: Program,
  person: Person,
  model: string,
  now: Instant,
): StageExplanation | null {
  const compiled = program.models.find((m) => m.key === model);
  if (compiled === undefined) return null;
  const context = contextOf(person, now);
  const { tested, until } = testStages(program, compiled, context);
  const position = person.standing.stages[model];
  return {
    model,
    stage: position?.stage ?? null,
    since: position?.since ?? null,
    until: person.frozen_at === null && until !== NEVER ? until : null,
    tested,
  };
}

export function explainSegment(
  program: Program,
  person: Person,
  segment: string,
  now: Instant,
): Explanation | null {
  const compiled = program.segmentByKey.get(segment);
  return compiled === undefined ? null : explainDeep(program, compiled.rule, contextOf(person, now));
}

/** Whether a segment's rule holds for someone now: what their membership would be, asked without deciding it. */
export function holdsSegment(
  program: Program,
  person: Person,
  segment: string,
  now: Instant,
): boolean | null {
  const compiled = program.segmentByKey.get(segment);
  return compiled === undefined ? null : compiled.rule.ask(contextOf(person, now)).holds;
}

/**
 * The stage that someone would be given now: what their position would be, asked without deciding it; null outside every stage.
 * A model may ask about its own stages, so it is asked until it rests.
 */
export function stageNow(program: Program, person: Person, model: string, now: Instant): string | null {
  const compiled = program.models.find((m) => m.key === model);
  if (compiled === undefined || OUTSIDE_SEGMENT in person.standing.segments) return null;
  let { standing } = person;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const context = contextOf({ ...person, standing }, now);
    const stage = compiled.stages.find(({ rule }) => rule.ask(context).holds)?.key ?? null;
    if (stage === (standing.stages[model]?.stage ?? null) || stage === null) return stage;
    standing = { ...standing, stages: { ...standing.stages, [model]: { stage, since: context.now } } };
  }
  return standing.stages[model]?.stage ?? null;
}

/** Turns looked at before somebody is said to join by silence alone. */
const TURNS_MAX = 8;

/** When silence alone will bring someone into a segment, before `until`; null: not by then, or they are in it already. */
export function joinsAt(
  program: Program,
  person: Person,
  segment: string,
  span: { readonly now: Instant; readonly until: Instant },
): Instant | null {
  const compiled = program.segmentByKey.get(segment);
  if (compiled === undefined || person.frozen_at !== null) return null;
  let at = span.now;
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const answer = compiled.rule.ask(contextOf(person, at));
    if (answer.holds) return turn === 0 ? null : at;
    if (answer.until >= span.until) return null;
    at = answer.until;
  }
  return null;
}

/** As `explain`, with what each segment that a rule asks about rests on underneath it. */
function explainDeep(program: Program, rule: CompiledRule, context: EvaluationContext): Explanation {
  const explained = explain(rule, context, namesOf(program.definition));
  if (rule.rule.kind !== 'segment') {
    return { ...explained, children: rule.children.map((child) => explainDeep(program, child, context)) };
  }
  const { segment: key } = rule.rule;
  const segment = program.segmentByKey.get(key);
  // One that was put to rest asks for itself.
  if (segment === undefined || segment.rule === rule) return explained;
  const why = explainDeep(program, segment.rule, context);
  return { ...explained, until: why.until, children: [why] };
}

const namesKept = new WeakMap<Definition, Names>();

/** Made once of each definition: every condition that is explained asks for them. */
function namesOf(definition: Definition): Names {
  const kept = namesKept.get(definition);
  if (kept !== undefined) return kept;
  const names: Names = {
    segments: new Map(definition.segments.map((s) => [s.key, s.name])),
    models: new Map(definition.models.map((m) => [m.key, m.name])),
    stages: new Map(definition.models.flatMap((m) => m.stages.map((s) => [`${m.key}/${s.key}`, s.name]))),
    journeys: new Map(definition.journeys.map((j) => [j.key, j.name])),
  };
  namesKept.set(definition, names);
  return names;
}

/** A stage also changes when a segment that its rule asks about does: the appointment knows of those too. */
function testStages(
  program: Program,
  model: CompiledModel,
  context: EvaluationContext,
): { readonly tested: StageExplanation['tested']; readonly until: Instant } {
  const tested: { readonly stage: string; readonly why: Explanation }[] = [];
  let until = NEVER;
  for (const stage of model.stages) {
    const answer = stage.rule.ask(context);
    tested.push({ stage: stage.key, why: explainDeep(program, stage.rule, context) });
    until = Math.min(until, answer.until, ...segmentsOf(stage.rule.rule, program, context));
    if (answer.holds) break;
  }
  return { tested, until };
}

function segmentsOf(
  rule: Parameters<typeof segmentsIn>[0],
  program: Program,
  context: EvaluationContext,
): readonly Instant[] {
  return segmentsIn(rule).flatMap((key) => {
    const segment = program.segmentByKey.get(key);
    if (segment === undefined || segment.rule.rule === rule) return [];
    return [segment.rule.ask(context).until, ...segmentsOf(segment.rule.rule, program, context)];
  });
}

function contextOf(person: Person, now: Instant): EvaluationContext {
  return {
    memory: person.memory,
    standing: person.standing,
    personId: person.id,
    now: person.frozen_at ?? Math.max(now, person.advanced_to),
    runStartedAt: null,
  };
}
