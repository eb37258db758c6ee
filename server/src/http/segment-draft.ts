// A rule that is not saved yet, asked of the people there are: how many it holds for, who would join and leave, and why. Reads only,
// yields between portions, stops when nobody waits for the answer any more.
import {
  adopt,
  BUCKETS,
  compile,
  decodePerson,
  deltaOf,
  explainSegment,
  foldDelta,
  holdsSegment,
  refold,
  shapeOf,
} from '@rapport/engine';
import type { Delta, Explanation, NewSlots, Person, Program, Rule } from '@rapport/engine';
import { setImmediate } from 'node:timers/promises';
import { listStates } from '../postgres/audience.ts';
import { bucketOf, type PersonKey } from '../postgres/bucket.ts';
import { loadHistories } from '../postgres/events.ts';
import type { HttpDeps } from './deps.ts';

/** No segment of a workspace can have this key. */
const draftKey = '$draft';
/** A full answer for so many milliseconds; then those asked so far speak for all. */
const budgetMs = 700;
/** States read at once, and people asked between two yields. */
const statesAtOnce = 1_000;
const peopleAtOnce = 200;
const examplesMax = 6;
/** Walks over all buckets once in an order that is fair at every point: odd, so without a common divisor with 1,024. */
const stride = 389;

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
  const bucketsAtOnce = bucketsFor(draft.people);
  const current = await deps.programs.get(draft.workspaceId);
  const made = compileDraft(current, draft.rule);
  const { program } = made;
  const seen = { holds: 0, joins: 0, leaves: 0, looked: 0 };
  const samples: { readonly person: Person; readonly change: DraftExample['change'] }[] = [];
  let fromEvents = false;
  const startedAt = performance.now();
  let from = 0;
  for (; from < BUCKETS && isWanted(); from += bucketsAtOnce) {
    if (from > 0 && performance.now() - startedAt > budgetMs) break;
    const buckets = Array.from(
      { length: Math.min(bucketsAtOnce, BUCKETS - from) },
      (_nothing, i) => ((from + i) * stride) % BUCKETS,
    );
    const rows = await listStates(deps.pools.console, draft.workspaceId, buckets);
    const people = rows.map(({ state }) => decodePerson(state));
    for (let at = 0; at < people.length && isWanted(); at += peopleAtOnce) {
      const asked = await withMemory(deps, draft.workspaceId, made, people.slice(at, at + peopleAtOnce));
      fromEvents ||= asked.fromEvents;
      for (const person of asked.people) {
        const change = changeOf(program, person, draft.saved, deps.now());
        seen.looked += 1;
        if (change !== null && change !== 'leaves') seen.holds += 1;
        if (change === 'joins') seen.joins += 1;
        if (change === 'leaves') seen.leaves += 1;
        if (change !== null && samples.filter((one) => one.change === change).length < examplesMax)
          samples.push({ person, change });
      }
      await setImmediate();
      // A small workspace may have all its people in a few portions; a large one has too many in one.
      if (performance.now() - startedAt > budgetMs * 2) return answer(false);
    }
  }
  return answer(from >= BUCKETS);

  function answer(whole: boolean): DraftCount {
    const examples = pickExamples(samples).map(({ person, change }) => ({
      key: { bucket: bucketOf(person.id), id: person.id },
      change,
      why: explainSegment(program, person, draftKey, deps.now())!,
    }));
    return { ...seen, whole, fromEvents, examples };
  }
}

/** Where a walk through everyone stands: the bucket, and the last person asked in it; null before the first. */
export interface Walk {
  readonly bucket: number;
  readonly after: string | null;
}

export interface Matches {
  readonly keys: readonly PersonKey[];
  /** People asked in this portion. */
  readonly looked: number;
  /** null: everyone was asked. */
  readonly next: Walk | null;
}

/** People for whom the rule holds, bucket after bucket: up to `limit`, or as far as the time for one answer goes. */
export async function listMatching(
  deps: HttpDeps,
  draft: { readonly workspaceId: string; readonly rule: Rule; readonly people: number },
  page: { readonly from: Walk; readonly limit: number },
  isWanted: () => boolean,
): Promise<Matches> {
  const { workspaceId } = draft;
  const made = compileDraft(await deps.programs.get(workspaceId), draft.rule);
  const bucketsAtOnce = bucketsFor(draft.people);
  const keys: PersonKey[] = [];
  const startedAt = performance.now();
  let looked = 0;
  let { bucket, after } = page.from;
  while (bucket < BUCKETS && isWanted()) {
    const buckets = Array.from(
      { length: Math.min(bucketsAtOnce, BUCKETS - bucket) },
      (_nothing, i) => bucket + i,
    );
    const rows = (await listStates(deps.pools.console, workspaceId, buckets))
      .map((row) => ({ ...row, bucket: bucketOf(row.id) }))
      .filter((row) => row.bucket !== bucket || after === null || row.id > after)
      .toSorted((a, b) => a.bucket - b.bucket || (a.id < b.id ? -1 : 1));
    for (let at = 0; at < rows.length; at += peopleAtOnce) {
      const portion = rows.slice(at, at + peopleAtOnce);
      const asked = await withMemory(
        deps,
        workspaceId,
        made,
        portion.map(({ state }) => decodePerson(state)),
      );
      for (const [i, person] of asked.people.entries()) {
        const row = portion[i];
        if (row === undefined) continue;
        looked += 1;
        if (holdsSegment(made.program, person, draftKey, deps.now()) === true)
          keys.push({ bucket: row.bucket, id: row.id });
        if (keys.length === page.limit) return { keys, looked, next: { bucket: row.bucket, after: row.id } };
      }
      const last = portion.at(-1);
      await setImmediate();
      if (last !== undefined && performance.now() - startedAt > budgetMs)
        return { keys, looked, next: { bucket: last.bucket, after: last.id } };
    }
    bucket += buckets.length;
    after = null;
  }
  return { keys, looked, next: bucket < BUCKETS ? { bucket, after } : null };
}

/** Why the rule holds or not for one person. */
export async function explainDraft(
  deps: HttpDeps,
  draft: DraftRule,
  person: Person,
): Promise<Explanation | null> {
  const made = compileDraft(await deps.programs.get(draft.workspaceId), draft.rule);
  const { people } = await withMemory(deps, draft.workspaceId, made, [person]);
  return people[0] === undefined ? null : explainSegment(made.program, people[0], draftKey, deps.now());
}

/** As many buckets as hold about a thousand people. */
function bucketsFor(people: number): number {
  return Math.max(1, Math.min(64, Math.floor((statesAtOnce * BUCKETS) / Math.max(1, people))));
}

interface Draft {
  readonly program: Program;
  /** What memory under the present program lacks; null: it has to be made whole. */
  readonly lacks: Delta | null;
}

function compileDraft(current: Program, rule: Rule): Draft {
  const segment = { key: draftKey, name: 'This rule', rule };
  const { definition } = current;
  const program = compile({ ...definition, segments: [...definition.segments, segment] });
  return { program, lacks: deltaOf(program.plan, shapeOf(current.plan)) };
}

/** Nothing has to be read for those who remember what the rule asks; for the others only the events it looks at. */
async function withMemory(
  deps: HttpDeps,
  workspaceId: string,
  { program, lacks }: Draft,
  people: readonly Person[],
): Promise<{ readonly people: readonly Person[]; readonly fromEvents: boolean }> {
  const present: Person[] = [];
  const absent: Person[] = [];
  const made = new Map<string, Person>();
  for (const person of people) {
    if (person.plan === program.plan.signature) made.set(person.id, person);
    else if (lacks === null || person.plan !== lacks.from) absent.push(person);
    else if (lacks.plan.slots.length > 0) present.push(person);
    else made.set(person.id, adopt(program.plan, person, lacks, new Map()));
  }
  const read = (some: readonly Person[], names: readonly string[] | null) =>
    loadHistories(
      deps.pools.console,
      workspaceId,
      some.map((person) => [{ bucket: bucketOf(person.id), id: person.id }, ...person.aliases]),
      names,
    );
  if (lacks !== null && present.length > 0) {
    const histories = await read(present, lacks.names);
    present.forEach((person, i) => {
      const slots: NewSlots = new Map();
      const folded = (histories[i] ?? []).every((event) => foldDelta(lacks, slots, event));
      if (folded) made.set(person.id, adopt(program.plan, person, lacks, slots));
      else absent.push(person);
    });
  }
  if (absent.length > 0) {
    const histories = await read(absent, null);
    absent.forEach((person, i) =>
      made.set(person.id, refold(program, person, histories[i] ?? [], deps.now())),
    );
  }
  return {
    people: people.map((person) => made.get(person.id) ?? person),
    fromEvents: present.length + absent.length > 0,
  };
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
