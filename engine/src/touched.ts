// Which rules must be asked again: those that an input or a decision touched, found by what they read. A thousand rules
// that do not name an event cost it nothing. At an appointment, and wherever in doubt, everything is asked.
import type { Change } from './decision.ts';
import type { CompiledProgramme } from './loyalty/programme.ts';
import type { CompiledModel, CompiledSegment } from './program.ts';
import type { Read } from './rules/reads.ts';
import { readsOfChange } from './rules/reads.ts';

/** Joining it puts a person outside every lifecycle model. */
export const OUTSIDE_SEGMENT = 'outside';

/** Places of segments (0 …), after all of them of models, and last of programmes' tiers, by what they read. Ascending. */
export interface RuleIndex {
  readonly places: ReadonlyMap<Read, readonly number[]>;
  /** The place of the first model: as many as there are segments. */
  readonly firstModel: number;
  readonly firstProgramme: number;
  readonly count: number;
}

export function indexRules(
  segments: readonly CompiledSegment[],
  models: readonly CompiledModel[],
  programmes: readonly CompiledProgramme[],
): RuleIndex {
  const places = new Map<Read, number[]>();
  const add = (reads: Iterable<Read>, place: number): void => {
    for (const read of new Set(reads)) {
      const list = places.get(read);
      if (list === undefined) places.set(read, [place]);
      else list.push(place);
    }
  };
  segments.forEach((segment, i) => add(segment.rule.reads, i));
  models.forEach((model, i) => {
    const reads = model.stages.flatMap((stage) => stage.rule.reads);
    add([`segment:${OUTSIDE_SEGMENT}`, ...reads], segments.length + i);
  });
  const firstProgramme = segments.length + models.length;
  programmes.forEach(({ key, tiers }, i) => {
    // Its own tier too: how long that is kept depends on when it was reached.
    add([`tier:${key}`, ...tiers.flatMap((tier) => tier.rule.reads)], firstProgramme + i);
  });
  return { places, firstModel: segments.length, firstProgramme, count: firstProgramme + programmes.length };
}

/** The places still to be asked. Mutable inside one step. */
export class Touched {
  readonly index: RuleIndex;
  /** Ascending, each once. */
  #places: number[] = [];
  /** Everything from this place on is to be asked. */
  #allFrom: number;

  constructor(index: RuleIndex) {
    this.index = index;
    this.#allFrom = index.count;
  }

  touchAll(): void {
    this.#places = [];
    this.#allFrom = 0;
  }

  touchPlaces(places: readonly number[]): void {
    for (const place of places) this.#add(place);
  }

  isAll(): boolean {
    return this.#allFrom === 0;
  }

  touch(reads: readonly Read[]): void {
    for (const read of reads) {
      for (const place of this.index.places.get(read) ?? []) this.#add(place);
    }
  }

  touchBy(change: Change): void {
    const reads = readsOfChange(change);
    if (reads === 'everything') this.touchAll();
    else this.touch(reads);
  }

  /** Takes the next place at or after `from` and before `end`; null when none is left there. */
  take(from: number, end: number): number | null {
    const places = this.#places;
    for (let i = 0; i < places.length; i += 1) {
      const place = places[i]!;
      if (place < from) continue;
      if (place >= end) break;
      places.splice(i, 1);
      return place;
    }
    if (this.#allFrom >= end) return null;
    if (this.#allFrom < from) throw new Error('a rule was passed over that had to be asked');
    const place = this.#allFrom;
    this.#allFrom += 1;
    return place;
  }

  #add(place: number): void {
    if (place >= this.#allFrom) return;
    const places = this.#places;
    let i = places.length;
    while (i > 0 && places[i - 1]! > place) i -= 1;
    if (i > 0 && places[i - 1] === place) return;
    places.splice(i, 0, place);
  }
}
