// What a lifecycle model that is not saved would mean, added up from the portions that were asked so far. Pure.
import type { CountPortion, ModelMove } from '../api/lifecycle.ts';

export interface ModelCount {
  readonly looked: number;
  readonly of: number;
  /** Everyone was asked: the numbers are exact. */
  readonly whole: boolean;
  readonly fromEvents: boolean;
  /** By the model's key. */
  readonly models: ReadonlyMap<string, readonly ModelMove[]>;
}

const examplesMax = 3;

export const nothingCounted: ModelCount = {
  looked: 0,
  of: 0,
  whole: false,
  fromEvents: false,
  models: new Map(),
};

export function withPortion(count: ModelCount, portion: CountPortion): ModelCount {
  const looked = count.looked + portion.looked;
  const whole = portion.next_cursor === null;
  return {
    looked,
    of: whole ? looked : Math.max(portion.of, looked),
    whole,
    fromEvents: count.fromEvents || portion.from_events,
    models: new Map(
      portion.models.map(({ key, moves }) => [key, addedUp([...(count.models.get(key) ?? []), ...moves])]),
    ),
  };
}

function addedUp(moves: readonly ModelMove[]): readonly ModelMove[] {
  const ways = new Map<string, ModelMove>();
  for (const move of moves) {
    const way = `${move.from ?? ''}>${move.to ?? ''}`;
    const before = ways.get(way);
    ways.set(
      way,
      before === undefined
        ? move
        : {
            ...before,
            people: before.people + move.people,
            examples: [...before.examples, ...move.examples].slice(0, examplesMax),
          },
    );
  }
  return [...ways.values()].toSorted((a, b) => b.people - a.people);
}

/** As many of everyone as were found among those asked; themselves when everyone was. */
export function scaled(count: ModelCount, people: number): number {
  if (count.whole || count.looked === 0) return people;
  return Math.round((people * count.of) / count.looked);
}

/** Only who would stand elsewhere. */
export const movedIn = (moves: readonly ModelMove[]): readonly ModelMove[] =>
  moves.filter(({ from, to }) => from !== to);

/** How many would stand in a stage; null: in none. */
export const standingIn = (moves: readonly ModelMove[], stage: string | null): number =>
  moves.filter(({ to }) => to === stage).reduce((sum, { people }) => sum + people, 0);
