// Who would be let in today, asked of one person as stored. Pure; the count over everyone is the shell's.
import { Draft } from '../draft.ts';
import type { Instant } from '../lib/instant.ts';
import type { Person } from '../person.ts';
import type { CompiledGraph, Program } from '../program.ts';
import { qualifies } from './start.ts';

/** Whether the person qualifies today for this version and has never been in the journey (or may enter again). */
export function qualifiesToday(
  program: Program,
  person: Person,
  journey: string,
  graph: CompiledGraph,
  now: Instant,
): boolean {
  const draft = new Draft(program, person, Math.max(now, person.advanced_to));
  const before = person.standing.journeys[journey];
  const running = Object.values(person.standing.runs).some((run) => run.journey === journey);
  if (running || (before !== undefined && graph.reentry.kind === 'once')) return false;
  if (before !== undefined && graph.reentry.kind === 'after' && now < before.last_at + graph.reentry.afterMs)
    return false;
  return qualifies(draft, graph, draft.now);
}
