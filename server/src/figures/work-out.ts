// Everyone's figures from their stored events, and the people behind each part. Reads, and nothing else.
import {
  compileFacts,
  ExpectedFigure,
  figureEvents,
  Figures,
  localDay,
  OUTSIDE_SEGMENT,
  placesOf,
} from '@rapport/engine';
import type { FigurePlace, FigureResults, Program } from '@rapport/engine';
import { loadKnownUntil } from '../postgres/backtests.ts';
import { idOfBytes } from '../postgres/event-scan.ts';
import { eachOfEveryone } from '../postgres/everyones-events.ts';
import { listOutside } from '../postgres/figures.ts';
import type { FigurePart } from '../postgres/figures.ts';
import type { Connection } from '../postgres/pool.ts';
import { findHeldOutError } from '../postgres/predictions.ts';

/** Of the people behind a part of a figure so many are kept to be listed. */
const LISTED_MAX = 2_000;

export interface WorkedOut {
  readonly results: FigureResults;
  readonly parts: readonly FigurePart[];
}

/** Everyone's figures, from their stored events, and the people behind them: one person at a time, so that memory does not grow with them. */
export async function workOut(
  client: Connection,
  workspaceId: string,
  program: Program,
  now: number,
): Promise<WorkedOut> {
  const read = compileFacts(program.definition, program.zone);
  const day = localDay(program.zone, now);
  const figures = new Figures(day);
  const expected = await beginExpected(client, workspaceId, program, day);
  const behind = new Behind();
  const asked = {
    workspaceId,
    names: figureEvents(program.definition, program.zone),
    without: await listOutside(client, workspaceId, OUTSIDE_SEGMENT),
  };
  await eachOfEveryone(client, asked, (person, events) => {
    const facts = read(events);
    figures.add(facts);
    for (const place of placesOf(facts, day)) behind.add(person, place);
    const worth = expected?.add(facts) ?? null;
    if (worth !== null) behind.add(person, { figure: 'expected', part: 'of', rank: worth });
  });
  const results: FigureResults = { ...figures.result(), expected: expected?.result() ?? null };
  return { results, parts: behind.parts(results.retention?.days ?? null) };
}

/** Null: no rhythm is learnt, or nothing of what orders bring. */
export function modelsOf({ definition: { prediction } }: Program) {
  const model = prediction?.purchases.model ?? null;
  const spending = prediction?.spending ?? null;
  return model === null || spending === null ? null : { model, spending };
}

/** Null where there are no models. Silence counts to the day up to which most people are known. */
async function beginExpected(
  client: Connection,
  workspaceId: string,
  program: Program,
  today: number,
): Promise<ExpectedFigure | null> {
  const models = modelsOf(program);
  if (models === null) return null;
  const { people, as_of_people: frozen, newest_as_of: asOf } = await loadKnownUntil(client, workspaceId);
  const isOld = asOf !== null && frozen * 2 > people;
  return new ExpectedFigure({
    ...models,
    day: isOld ? Math.min(today, localDay(program.zone, asOf.getTime())) : today,
    heldOutError: await findHeldOutError(client, workspaceId),
  });
}

interface Part {
  people: number;
  /** At most twice as many as are listed. */
  best: { readonly person: string; readonly rank: number }[];
}

/** How many people stand behind each part, and the first of them. */
class Behind {
  readonly #parts = new Map<string, Part>();

  add(person: string, { figure, part, rank, days }: FigurePlace): void {
    const key = `${figure} ${part} ${days ?? ''}`;
    let of = this.#parts.get(key);
    if (of === undefined) {
      of = { people: 0, best: [] };
      this.#parts.set(key, of);
    }
    of.people += 1;
    of.best.push({ person, rank });
    if (of.best.length >= 2 * LISTED_MAX) of.best = firstOf(of.best);
  }

  /** Over the retention rate's period that is shown; null: there is none yet. */
  parts(retentionDays: number | null): readonly FigurePart[] {
    return [...this.#parts].flatMap(([key, { people, best }]) => {
      const [figure = '', part = '', days = ''] = key.split(' ');
      if (days !== '' && Number(days) !== retentionDays) return [];
      return [{ figure, part, people, ids: firstOf(best).map(({ person }) => idOfBytes(person)) }];
    });
  }
}

function firstOf(people: Part['best']): Part['best'] {
  return people.toSorted((a, b) => b.rank - a.rank || (a.person < b.person ? -1 : 1)).slice(0, LISTED_MAX);
}
