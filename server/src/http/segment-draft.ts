// A rule that is not saved yet, asked of the people there are: how many it holds for, who would join and leave, and why. Reads only,
// yields between portions, stops when nobody waits for the answer any more.
import { explainSegment, holdsSegment } from '@rapport/engine';
import type { Explanation, Person, Program, Rule } from '@rapport/engine';
import type { PersonKey } from '../postgres/bucket.ts';
import { answerMs, askEveryone, compileDraft, theStart, withMemory } from './ask-everyone.ts';
import type { DraftProgram, Place } from './ask-everyone.ts';
import type { HttpDeps } from './deps.ts';

/** No segment of a workspace can have this key. */
const draftKey = '$draft';
const examplesMax = 6;

export interface DraftCount {
  readonly holds: number;
  readonly joins: number;
  readonly leaves: number;
  readonly looked: number;
  /** Everyone was asked. */
  readonly whole: boolean;
  /** Memory was made from events: the rule asks for something that nobody remembers yet. */
  readonly fromEvents: boolean;
  readonly examples: readonly DraftExample[];
}

export interface DraftExample {
  readonly key: PersonKey;
  readonly change: 'joins' | 'leaves' | 'stays';
  readonly why: Explanation;
}

export interface DraftRule {
  readonly workspaceId: string;
  readonly rule: Rule;
  /** The saved segment it may replace: who is in that now. */
  readonly saved: string | null;
}

export async function countDraft(
  deps: HttpDeps,
  draft: DraftRule & { readonly people: number },
  isWanted: () => boolean,
): Promise<DraftCount> {
  const made = compileRule(await deps.programs.get(draft.workspaceId), draft.rule);
  const { program } = made;
  const seen = { holds: 0, joins: 0, leaves: 0, looked: 0 };
  const samples: {
    readonly key: PersonKey;
    readonly person: Person;
    readonly change: DraftExample['change'];
  }[] = [];
  let fromEvents = false;
  let whole = true;
  const startedAt = performance.now();
  const everyone = { workspaceId: draft.workspaceId, draft: made, people: draft.people };
  for await (const portion of askEveryone(deps, everyone, theStart, isWanted)) {
    fromEvents ||= portion.fromEvents;
    for (const { key, person } of portion.asked) {
      const change = changeOf(program, person, draft.saved, deps.now());
      seen.looked += 1;
      if (change !== null && change !== 'leaves') seen.holds += 1;
      if (change === 'joins') seen.joins += 1;
      if (change === 'leaves') seen.leaves += 1;
      if (change !== null && samples.filter((one) => one.change === change).length < examplesMax)
        samples.push({ key, person, change });
    }
    if (performance.now() - startedAt > answerMs && portion.next !== null) {
      whole = false;
      break;
    }
  }
  const examples = pickExamples(samples).map(({ key, person, change }) => ({
    key,
    change,
    why: explainSegment(program, person, draftKey, deps.now())!,
  }));
  return { ...seen, whole: whole && isWanted(), fromEvents, examples };
}

export interface Matches {
  readonly keys: readonly PersonKey[];
  /** People asked in this portion. */
  readonly looked: number;
  /** null: everyone was asked. */
  readonly next: Place | null;
}

/** People for whom the rule holds: up to `limit`, or as far as the time for one answer goes. */
export async function listMatching(
  deps: HttpDeps,
  draft: { readonly workspaceId: string; readonly rule: Rule; readonly people: number },
  page: { readonly from: Place; readonly limit: number },
  isWanted: () => boolean,
): Promise<Matches> {
  const { workspaceId, people } = draft;
  const made = compileRule(await deps.programs.get(workspaceId), draft.rule);
  const keys: PersonKey[] = [];
  const startedAt = performance.now();
  let looked = 0;
  for await (const portion of askEveryone(deps, { workspaceId, draft: made, people }, page.from, isWanted)) {
    for (const { key, person, place } of portion.asked) {
      looked += 1;
      if (holdsSegment(made.program, person, draftKey, deps.now()) === true) keys.push(key);
      if (keys.length === page.limit) return { keys, looked, next: place };
    }
    if (performance.now() - startedAt > answerMs) return { keys, looked, next: portion.next };
  }
  return { keys, looked, next: null };
}

/** Why the rule holds or not for one person. */
export async function explainDraft(
  deps: HttpDeps,
  draft: DraftRule,
  person: Person,
): Promise<Explanation | null> {
  const made = compileRule(await deps.programs.get(draft.workspaceId), draft.rule);
  const { people } = await withMemory(deps, draft.workspaceId, made, [person]);
  return people[0] === undefined ? null : explainSegment(made.program, people[0], draftKey, deps.now());
}

function compileRule(current: Program, rule: Rule): DraftProgram {
  const { definition } = current;
  const segment = { key: draftKey, name: 'This rule', rule };
  return compileDraft(current, { ...definition, segments: [...definition.segments, segment] });
}

function changeOf(
  program: Program,
  person: Person,
  saved: string | null,
  now: number,
): DraftExample['change'] | null {
  const holds = holdsSegment(program, person, draftKey, now) === true;
  const isIn = saved !== null && saved in person.standing.segments;
  if (holds) return isIn ? 'stays' : 'joins';
  return isIn ? 'leaves' : null;
}

/** Some of each kind: who would change first. */
function pickExamples<T extends { readonly change: DraftExample['change'] }>(samples: readonly T[]): T[] {
  const of = (change: DraftExample['change'], most: number): T[] =>
    samples.filter((one) => one.change === change).slice(0, most);
  return [...of('joins', 3), ...of('leaves', 2), ...of('stays', 3)].slice(0, examplesMax);
}
