// What a fit is learnt from: everyone's net order days, what they spent, and their visit days, from the stored events. Reads only.
import {
  amountsOf,
  compileFacts,
  DAY_MS,
  figureEvents,
  localDay,
  OUTSIDE_SEGMENT,
  populationOf,
  visitEvents,
} from '@rapport/engine';
import type { FigureFacts, KnownOverTime, Program } from '@rapport/engine';
import { bytesAt, listEventsParts, scanEvents } from '../postgres/event-scan.ts';
import { personKeys, readEveryones } from '../postgres/everyones-events.ts';
import { listOutside } from '../postgres/figures.ts';
import type { Connection } from '../postgres/pool.ts';
import { isSampleBytes } from '../postgres/sample-ids.ts';

/** With as many real customers those of the sample store say nothing. */
const REAL_MIN = 100;

export interface ReadOptions {
  readonly workspaceId: string;
  readonly now: number;
  readonly onShare: (share: number) => void;
  /** Without: nothing is read of visits. */
  readonly visits: boolean;
}

/** No order or visit of a day that has not come yet. */
export async function readKnownOverTime(
  client: Connection,
  program: Program,
  options: ReadOptions,
): Promise<KnownOverTime> {
  const { workspaceId, now } = options;
  const outside = await listOutside(client, workspaceId, OUTSIDE_SEGMENT);
  const orders = await readOrders(client, program, { ...options, outside });
  const visits = options.visits
    ? await readVisits(client, program, options)
    : new Map<string, ReadonlySet<number>>();
  const real = [...orders.keys()].filter((key) => !isSampleBytes(key)).length;
  const isKept = (key: string): boolean => real < REAL_MIN || !isSampleBytes(key);
  const kept = [...orders].filter(([key]) => isKept(key)).sort(byKey);
  const today = localDay(program.zone, now);
  return {
    orders: populationOf(kept.map(([, facts]) => daysOf(facts, today)).filter((days) => days.length > 0)),
    visits: populationOf(
      [...visits]
        .filter(([key]) => isKept(key))
        .sort(byKey)
        .map(([, days]) => [...days].sort(ascending)),
    ),
    amounts: amountsOf(
      kept.map(([, facts]) =>
        facts.orders.flatMap(({ worth, day }) =>
          worth === null || worth <= 0 || day > today ? [] : [{ day, worth }],
        ),
      ),
    ),
  };
}

async function readOrders(
  client: Connection,
  program: Program,
  options: ReadOptions & { readonly outside: readonly string[] },
): Promise<ReadonlyMap<string, FigureFacts>> {
  const histories = await readEveryones(client, {
    workspaceId: options.workspaceId,
    names: figureEvents(program.definition, program.zone),
    without: options.outside,
    onShare: (share) => options.onShare(share / 2),
  });
  const read = compileFacts(program.definition, program.zone);
  const facts = new Map<string, FigureFacts>();
  const seen = new Set<unknown>();
  for (const [key, events] of histories) {
    // Of people who were merged there is one list under all their ids.
    if (seen.has(events)) continue;
    seen.add(events);
    const found = read(events);
    if (found.orders.length > 0) facts.set(key, found);
  }
  return facts;
}

/** Also of those outside every model: whoever stayed away for long is outside, and is what loss is learnt from. */
async function readVisits(
  client: Connection,
  program: Program,
  options: ReadOptions,
): Promise<ReadonlyMap<string, Set<number>>> {
  const { workspaceId } = options;
  const { names, bare, matches } = visitEvents(program.definition, program.zone);
  const keyOf = await personKeys(client, { workspaceId, without: [] });
  const days = new Map<string, Set<number>>();
  const until = options.now + DAY_MS;
  let share = 0;
  for (const part of await listEventsParts(client)) {
    await scanEvents<Set<number>>(client, part, {
      workspaceId,
      names,
      bare,
      buckets: null,
      find: (data, at) => {
        const key = keyOf(bytesAt(data, at));
        if (key === null) return undefined;
        const known = days.get(key) ?? new Set<number>();
        days.set(key, known);
        return known;
      },
      take: (known, event) => {
        if (event.at < until && (bare || matches(event))) known.add(localDay(program.zone, event.at));
      },
    });
    share += part.share;
    options.onShare(0.5 + share / 2);
  }
  for (const [key, known] of days) if (known.size === 0) days.delete(key);
  return days;
}

/** Distinct days, ascending, none that has not come yet. */
function daysOf({ orders }: FigureFacts, today: number): readonly number[] {
  return [...new Set(orders.map(({ day }) => day))].filter((day) => day <= today).sort(ascending);
}

/** The same order each time, whatever order the disk gives: halves of customers are always the same. */
function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function ascending(a: number, b: number): number {
  return a - b;
}
