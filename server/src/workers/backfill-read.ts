// The first half of a backfill: all stored events read once, in the order of the disk, and folded into the slots that the
// new program adds, beside the people's states. Holds no lock and decides nothing; what it holds is bounded.
import { foldDelta } from '@rapport/engine';
import type { Delta, EventFact, NewSlots } from '@rapport/engine';
import { listMerged } from '../postgres/backfills.ts';
import type { CohortPerson } from '../postgres/backfills.ts';
import { listEventsParts, scanEvents } from '../postgres/event-scan.ts';
import { IdTable } from '../postgres/id-table.ts';
import type { Connection } from '../postgres/pool.ts';
import { giveWay } from './give-way.ts';

/** Remembered things held beside the states at once, about 150 bytes each; more wait for another reading. */
const HELD_MAX = 1_500_000;
/** What one person's new slots can hold at most, roughly: whatever they do beyond that replaces something. */
const HELD_PER_SLOT = 64;

/** What was read of one person. */
export interface Side {
  readonly bucket: number;
  /** As many events did memory count before the reading began; null: it did not say. */
  readonly events: number | null;
  readonly slots: NewSlots;
  held: number;
  /** Somebody has to read this history in order. */
  lost: boolean;
}

export interface Reading {
  /** By the person's id. Who is missing was left for another reading. */
  readonly sides: ReadonlyMap<string, Side>;
  /** Rows that Postgres sent. */
  readonly rows: number;
}

export interface ReadOptions {
  readonly workspaceId: string;
  readonly delta: Delta;
  /** In order of bucket. */
  readonly people: readonly CohortPerson[];
  /** Nobody else of the cohort is left: no bucket has to be left out. */
  readonly whole: boolean;
  readonly busy?: () => boolean;
  /** True: somebody changed the program, or the process is to stop. */
  readonly over: () => boolean;
  readonly onShare: (share: number) => Promise<void>;
  readonly heldMax?: number;
}

/** Null: it was over before the end. */
export async function readEvents(client: Connection, options: ReadOptions): Promise<Reading | null> {
  const { workspaceId, delta, people } = options;
  const buckets = [people[0]?.bucket ?? 0, people.at(-1)?.bucket ?? 0] as const;
  const held = new Held(people, options.heldMax ?? HELD_MAX, delta);
  for (const { id, survivor } of await listMerged(client, workspaceId, buckets)) held.lead(id, survivor);
  let rows = 0;
  let share = 0;
  for (const part of await listEventsParts(client)) {
    if (options.over()) return null;
    await giveWay(options);
    rows += await scanEvents<Side>(client, part, {
      workspaceId,
      names: delta.names,
      bare: delta.bare,
      says: delta.says,
      buckets: options.whole ? null : buckets,
      find: (data, at) => held.find(data, at),
      take: (side, event) => held.take(side, event),
    });
    share += part.share;
    await options.onShare(share);
  }
  return { sides: held.sides(), rows };
}

/** Everyone's new slots under way, never more than the limit: the last buckets are let go first. */
class Held {
  private readonly people: readonly CohortPerson[];
  private readonly each: Side[];
  private readonly places = new Map<string, number>();
  /** Own ids and ids of those merged into them. */
  private readonly table: IdTable;
  private readonly max: number;
  private readonly delta: Delta;
  private readonly perPerson: number;
  private count = 0;
  /** From this bucket on, people wait for another reading. */
  private end = Infinity;

  constructor(people: readonly CohortPerson[], max: number, delta: Delta) {
    this.people = people;
    this.max = max;
    this.delta = delta;
    this.perPerson = delta.plan.slots.length * HELD_PER_SLOT;
    this.table = new IdTable(people.length);
    this.each = people.map(({ bucket, events }) => ({
      bucket,
      events,
      slots: new Map(),
      held: 0,
      lost: false,
    }));
    people.forEach(({ id }, n) => {
      this.places.set(id, n);
      this.table.set(id, n);
    });
  }

  lead(id: string, survivor: string): void {
    const place = this.places.get(survivor);
    if (place !== undefined) this.table.set(id, place);
  }

  find(data: Buffer, at: number): Side | undefined {
    const side = this.each[this.table.find(data, at)];
    return side === undefined || side.bucket >= this.end || side.lost ? undefined : side;
  }

  take(side: Side, event: EventFact): void {
    if (!foldDelta(this.delta, side.slots, event)) {
      this.lose(side);
      return;
    }
    if (side.held >= this.perPerson) return;
    side.held += 1;
    this.count += 1;
    if (this.count > this.max) this.letGo();
  }

  sides(): ReadonlyMap<string, Side> {
    const sides = new Map<string, Side>();
    this.people.forEach(({ id }, n) => {
      const side = this.each[n];
      if (side !== undefined && side.bucket < this.end) sides.set(id, side);
    });
    return sides;
  }

  private letGo(): void {
    const held = this.each.filter((side) => side.bucket < this.end);
    const buckets = [...new Set(held.map((side) => side.bucket))];
    // One bucket alone cannot be halved: its people are read one by one later.
    if (buckets.length === 1) held.forEach((side) => this.lose(side));
    else this.end = buckets[buckets.length >> 1] ?? this.end;
    this.count = 0;
    for (const side of this.each) {
      if (side.bucket >= this.end) side.slots.clear();
      else this.count += side.held;
    }
  }

  private lose(side: Side): void {
    side.lost = true;
    side.slots.clear();
    this.count -= side.held;
    side.held = 0;
  }
}
