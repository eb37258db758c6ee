// How far people have been brought to the newest definitions. While any is behind, what is shown may still move.
import { z } from 'zod';
import type { HttpDeps } from './deps.ts';
import { findBackfill } from '../postgres/backfills.ts';
import type { BackfillNote } from '../postgres/backfills.ts';
import { loadUpgrade } from '../postgres/system.ts';

export const armingSchema = z
  .object({
    done: z.number().int(),
    of: z.number().int(),
    /** `reading` stored events, `writing` people, or `waiting` for its turn. */
    phase: z.enum(['waiting', 'reading', 'writing']),
    /** Share of the stored events gone through, 0 to 1; 1 as well where nothing has to be read. */
    read: z.number(),
    people_per_second: z.number().nullable(),
    /** Until the end of this phase, at the rate so far. */
    seconds_left: z.number().int().nullable(),
  })
  .nullable();
export type Arming = z.infer<typeof armingSchema>;

/** An older note was left by a process that is gone. */
const FRESH_MS = 15_000;

export async function loadArming(deps: HttpDeps, workspaceId: string): Promise<Arming> {
  const { behind, people, version } = await loadUpgrade(deps.pools.console, workspaceId);
  if (behind === 0) return null;
  const note = await findBackfill(deps.pools.console, workspaceId);
  const now = deps.now();
  if (note !== undefined && note.version === version && now - note.notedAt < FRESH_MS)
    return armingOf(note, now);
  // `people` is an estimate; the bar must never run backwards past its end.
  const of = Math.max(people, behind);
  return { done: of - behind, of, phase: 'waiting', read: 0, people_per_second: null, seconds_left: null };
}

/** Counted after it was asked how far people have been brought: what stands beside "nobody is behind" is of the newest definitions. */
export async function countArmed<T>(
  deps: HttpDeps,
  workspaceId: string,
  count: () => Promise<T>,
): Promise<{ readonly arming: Arming; readonly counted: T }> {
  const arming = await loadArming(deps, workspaceId);
  return { arming, counted: await count() };
}

export function armingOf(note: BackfillNote, now: number): NonNullable<Arming> {
  const of = Math.max(note.people, note.leftNow);
  const seconds = Math.max(0, (now - note.phaseAt) / 1_000);
  const written = note.leftBefore - note.leftNow;
  const rate = note.phase === 'writing' && written > 0 && seconds > 0 ? written / seconds : null;
  return {
    done: of - note.leftNow,
    of,
    phase: note.phase,
    read: note.readShare,
    people_per_second: rate === null ? null : Math.round(rate),
    seconds_left: secondsLeft(note, seconds, rate),
  };
}

function secondsLeft(note: BackfillNote, seconds: number, rate: number | null): number | null {
  if (note.phase === 'reading')
    return note.readShare > 0 ? Math.ceil((seconds * (1 - note.readShare)) / note.readShare) : null;
  return rate === null ? null : Math.ceil(note.leftNow / rate);
}
