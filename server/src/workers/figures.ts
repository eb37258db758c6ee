// Home's figures, worked out when somebody looks and they are older than a few minutes: one reading of the events that
// orders and answers are made of. Nothing runs while nobody looks. One at a time a workspace.
import { compileFacts, figureEvents, Figures, localDay, OUTSIDE_SEGMENT } from '@rapport/engine';
import type { EventFact, FigureResults, Program } from '@rapport/engine';
import type { Log } from '../log.ts';
import { bytesAt, listEventsParts, personBytes, scanEvents } from '../postgres/event-scan.ts';
import { findFigures, listMergedPeople, listOutside, storeFigures } from '../postgres/figures.ts';
import type { Connection, Pool } from '../postgres/pool.ts';
import type { Programs } from '../postgres/programs.ts';

/** Looked at again within this time, they are not worked out anew. */
const FRESH_MS = 5 * 60_000;
/** A reading that took long rests for this many times as long. */
const REST_TIMES = 20;

export interface FiguresDeps {
  readonly pool: Pool;
  readonly programs: Programs;
  readonly now: () => number;
  readonly log: Log;
}

export interface FiguresWorker {
  /** Works them out unless they are fresh or being worked out; returns at once. */
  readonly refresh: (workspaceId: string) => void;
  readonly isRunning: (workspaceId: string) => boolean;
  readonly stop: () => Promise<void>;
}

export function createFiguresWorker(deps: FiguresDeps): FiguresWorker {
  const running = new Map<string, Promise<unknown>>();
  let stopped = false;
  return {
    refresh: (workspaceId) => {
      if (stopped || running.has(workspaceId)) return;
      const work = refreshFigures(deps, workspaceId)
        .catch((error: unknown) => deps.log.warn({ err: error }, 'the figures could not be worked out'))
        .finally(() => running.delete(workspaceId));
      running.set(workspaceId, work);
    },
    isRunning: (workspaceId) => running.has(workspaceId),
    stop: async () => {
      stopped = true;
      await Promise.all(running.values());
    },
  };
}

/** False: they are fresh enough. */
export async function refreshFigures(deps: FiguresDeps, workspaceId: string): Promise<boolean> {
  const program = await deps.programs.get(workspaceId);
  const before = await findFigures(deps.pool, workspaceId);
  const now = deps.now();
  if (before !== null) {
    const rest = Math.max(FRESH_MS, before.took_ms * REST_TIMES);
    const isToday = before.results.day === localDay(program.zone, now);
    if (isToday && now - before.worked_out_at.getTime() < rest) return false;
  }
  const began = performance.now();
  const client = await deps.pool.connect();
  try {
    const results = await workOut(client, workspaceId, program, now);
    await storeFigures(client, workspaceId, {
      results,
      worked_out_at: new Date(now),
      took_ms: Math.round(performance.now() - began),
    });
  } finally {
    client.release();
  }
  return true;
}

/** Everyone's figures, from their stored events. */
async function workOut(
  client: Connection,
  workspaceId: string,
  program: Program,
  now: number,
): Promise<FigureResults> {
  const histories = await readHistories(client, workspaceId, program);
  const read = compileFacts(program.definition, program.zone);
  const figures = new Figures(localDay(program.zone, now));
  for (const events of new Set(histories.values())) figures.add(read(events));
  return figures.result();
}

/** By the bytes of the person's id; of people who were merged, one list for all their ids. */
async function readHistories(
  client: Connection,
  workspaceId: string,
  program: Program,
): Promise<ReadonlyMap<string, EventFact[]>> {
  const survivors = new Map<string, string>();
  for (const { id, survivor } of await listMergedPeople(client, workspaceId))
    survivors.set(personBytes(id), personBytes(survivor));
  const outside = new Set((await listOutside(client, workspaceId, OUTSIDE_SEGMENT)).map(personBytes));

  const histories = new Map<string, EventFact[]>();
  const find = (person: string): EventFact[] | undefined => {
    const known = histories.get(person);
    if (known !== undefined) return known;
    const key = survivors.get(person) ?? person;
    if (outside.has(key)) return undefined;
    const events = histories.get(key) ?? [];
    histories.set(key, events);
    histories.set(person, events);
    return events;
  };
  for (const part of await listEventsParts(client)) {
    await scanEvents<EventFact[]>(client, part, {
      workspaceId,
      names: figureEvents(program.definition, program.zone),
      bare: false,
      buckets: null,
      find: (data, at) => find(bytesAt(data, at)),
      take: (events, event) => {
        events.push(slim(event));
      },
    });
  }
  return histories;
}

/** Only what figures look at is kept: a shop's orders carry long lists of products. */
function slim(event: EventFact): EventFact {
  const { products: _products, ...properties } = event.properties;
  return { ...event, properties, traits: {}, identities: [] };
}
