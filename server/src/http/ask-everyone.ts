// A definition that is not saved yet, asked of the people there are. Reads only, in portions, in an order that is fair at every point;
// a walk can be stopped after any portion and taken up again there.
import { adopt, BUCKETS, compile, decodePerson, deltaOf, foldDelta, refold, shapeOf } from '@rapport/engine';
import type { Definition, Delta, NewSlots, Person, Program } from '@rapport/engine';
import { setImmediate } from 'node:timers/promises';
import { listStates } from '../postgres/audience.ts';
import { bucketOf, type PersonKey } from '../postgres/bucket.ts';
import { loadHistories } from '../postgres/events.ts';
import type { HttpDeps } from './deps.ts';

/** What one answer may take, in milliseconds; then what was asked so far is told. */
export const answerMs = 700;
/** States read at once, and people asked between two yields. */
const statesAtOnce = 1_000;
const peopleAtOnce = 200;
/** Leads through all buckets once: odd, so without a common divisor with 1,024. */
const stride = 389;

/** Where a walk through everyone stands: the turn of a bucket, and the last person asked in it; null before the first. */
export interface Place {
  readonly turn: number;
  readonly after: string | null;
}
export const theStart: Place = { turn: 0, after: null };

export interface Portion {
  /** With memory of what the program asks. */
  readonly asked: readonly {
    readonly key: PersonKey;
    readonly person: Person;
    /** Where to go on right after this one. */
    readonly place: Place;
  }[];
  /** Memory was made from events: the program asks for something that nobody remembers yet. */
  readonly fromEvents: boolean;
  /** Where the next portion begins; null: everyone was asked. */
  readonly next: Place | null;
}

export interface Asked {
  readonly workspaceId: string;
  readonly draft: DraftProgram;
  /** How many there are, about: decides how many buckets are read at once. */
  readonly people: number;
}

export async function* askEveryone(
  deps: HttpDeps,
  { workspaceId, draft, people }: Asked,
  from: Place,
  isWanted: () => boolean,
): AsyncGenerator<Portion, void, undefined> {
  const turnsAtOnce = Math.max(1, Math.min(64, Math.floor((statesAtOnce * BUCKETS) / Math.max(1, people))));
  let { turn, after } = from;
  while (turn < BUCKETS && isWanted()) {
    const turns = Array.from({ length: Math.min(turnsAtOnce, BUCKETS - turn) }, (_nothing, i) => turn + i);
    const turnOf = new Map(turns.map((each) => [(each * stride) % BUCKETS, each]));
    const rows = (await listStates(deps.pools.console, workspaceId, [...turnOf.keys()]))
      .map((row) => ({ ...row, bucket: bucketOf(row.id), turn: turnOf.get(bucketOf(row.id)) ?? turn }))
      .filter((row) => row.turn !== turn || after === null || row.id > after)
      .toSorted((a, b) => a.turn - b.turn || (a.id < b.id ? -1 : 1));
    const end: Place = { turn: turn + turns.length, after: null };
    for (let first = 0; first < rows.length && isWanted(); first += peopleAtOnce) {
      const portion = rows.slice(first, first + peopleAtOnce);
      const states = portion.map(({ state }) => decodePerson(state));
      const { people: made, fromEvents } = await withMemory(deps, workspaceId, draft, states);
      const last = first + peopleAtOnce < rows.length ? portion.at(-1) : undefined;
      yield {
        asked: portion.map(({ bucket, id, turn: at }, i) => ({
          key: { bucket, id },
          person: made[i]!,
          place: { turn: at, after: id },
        })),
        fromEvents,
        next: last === undefined ? (end.turn < BUCKETS ? end : null) : { turn: last.turn, after: last.id },
      };
      await setImmediate();
    }
    ({ turn, after } = end);
  }
}

export interface DraftProgram {
  readonly program: Program;
  /** What memory under the present program lacks; null: it has to be made whole. */
  readonly lacks: Delta | null;
}

export function compileDraft(current: Program, definition: Definition): DraftProgram {
  const program = compile(definition);
  return { program, lacks: deltaOf(program.plan, shapeOf(current.plan)) };
}

/** Nothing has to be read for those who remember what is asked; for the others only the events it looks at. */
export async function withMemory(
  deps: HttpDeps,
  workspaceId: string,
  { program, lacks }: DraftProgram,
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
