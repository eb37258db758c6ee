// Home's figures, worked out when somebody looks and they are older than a few minutes: one reading of the events that
// orders and answers are made of. Nothing runs while nobody looks. One at a time a workspace.
import { compileFacts, figureEvents, Figures, localDay, OUTSIDE_SEGMENT, placesOf } from '@rapport/engine';
import type { EventFact, FigureFacts, FigureResults, Program } from '@rapport/engine';
import type { Log } from '../log.ts';
import { idOfBytes } from '../postgres/event-scan.ts';
import { readEveryones } from '../postgres/everyones-events.ts';
import { findFigures, listOutside, storeFigures } from '../postgres/figures.ts';
import type { FigurePart } from '../postgres/figures.ts';
import type { Connection, Pool } from '../postgres/pool.ts';
import type { Programs } from '../postgres/programs.ts';

/** Looked at again within this time, they are not worked out anew. */
const FRESH_MS = 5 * 60_000;
/** Of the people behind a part of a figure so many are kept to be listed. */
const LISTED_MAX = 2_000;
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
  const work = workOut(client, workspaceId, program, now);
  const { results, parts } = await work.finally(() => client.release());
  const took_ms = Math.round(performance.now() - began);
  await storeFigures(deps.pool, workspaceId, { results, worked_out_at: new Date(now), took_ms }, parts);
  return true;
}

interface WorkedOut {
  readonly results: FigureResults;
  readonly parts: readonly FigurePart[];
}

/** Everyone's figures, from their stored events, and the people behind them. */
async function workOut(
  client: Connection,
  workspaceId: string,
  program: Program,
  now: number,
): Promise<WorkedOut> {
  const histories = await readEveryones(client, {
    workspaceId,
    names: figureEvents(program.definition, program.zone),
    without: await listOutside(client, workspaceId, OUTSIDE_SEGMENT),
  });
  const read = compileFacts(program.definition, program.zone);
  const figures = new Figures(localDay(program.zone, now));
  const everyone: (readonly [string, FigureFacts])[] = [];
  const taken = new Set<readonly EventFact[]>();
  for (const [person, events] of histories) {
    if (taken.has(events)) continue;
    taken.add(events);
    const facts = read(events);
    figures.add(facts);
    everyone.push([person, facts]);
  }
  const results = figures.result();
  return { results, parts: peopleBehind(results, everyone) };
}

/** Two passes, because the period of the retention rate is known only when everyone was read. */
function peopleBehind(
  { day, retention }: FigureResults,
  everyone: readonly (readonly [string, FigureFacts])[],
): readonly FigurePart[] {
  const parts = new Map<string, { readonly person: string; readonly rank: number }[]>();
  for (const [person, facts] of everyone) {
    for (const { figure, part, rank } of placesOf(facts, { day, retentionDays: retention?.days ?? null })) {
      const key = `${figure} ${part}`;
      const people = parts.get(key);
      if (people === undefined) parts.set(key, [{ person, rank }]);
      else people.push({ person, rank });
    }
  }
  return [...parts].map(([key, people]) => {
    const [figure = '', part = ''] = key.split(' ');
    people.sort((a, b) => b.rank - a.rank || (a.person < b.person ? -1 : 1));
    const ids = people.slice(0, LISTED_MAX).map(({ person }) => idOfBytes(person));
    return { figure, part, people: people.length, ids };
  });
}
