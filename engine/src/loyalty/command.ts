// Points by hand: given, spent for a reward, taken back, brought along. Whether that is possible is asked before it is done.
import type { Cause } from '../decision.ts';
import type { Draft } from '../draft.ts';
import type { PointsCommand } from '../input.ts';
import type { Instant } from '../lib/instant.ts';
import { localDay } from '../lib/zone.ts';
import type { Person } from '../person.ts';
import type { Program } from '../program.ts';
import { decide, give } from './earn.ts';
import { POINTS_MAX } from './exact.ts';
import { NO_POINTS, sourceOfCommand } from './ledger.ts';
import { spendable } from './lapse.ts';
import { expire } from './settle.ts';

/** Closed, in the order in which they are asked. `repeated` is no failure: it counted the first time. */
export type PointsRefusal =
  | { readonly kind: 'no_programme' }
  | { readonly kind: 'repeated' }
  | { readonly kind: 'no_points' }
  | { readonly kind: 'not_enough'; readonly has: number };

/** What stands against a command now; null: it would be posted. */
export function refusalOf(
  program: Program,
  standing: Person['standing'],
  command: PointsCommand,
  at: Instant,
): PointsRefusal | null {
  const programme = program.programmes.find(({ key }) => key === command.programme);
  if (programme === undefined) return { kind: 'no_programme' };
  const points = standing.points?.[command.programme] ?? NO_POINTS;
  if (points.commands.includes(command.key)) return { kind: 'repeated' };
  if (!Number.isSafeInteger(command.points) || command.points < 1 || command.points > POINTS_MAX)
    return { kind: 'no_points' };
  if (command.do === 'award' || command.do === 'open') return null;
  const has = spendable(points, programme.definition.expiry, at);
  return has < command.points ? { kind: 'not_enough', has } : null;
}

/** Posts it, unless something stands against it: then nothing happens. */
export function postCommand(
  draft: Draft,
  command: PointsCommand,
  when: { readonly at: Instant; readonly cause: Cause },
): void {
  const programme = draft.program.programmes.find(({ key }) => key === command.programme);
  if (programme === undefined || refusalOf(draft.program, draft.standing, command, when.at) !== null) return;
  expire(draft, programme, when);
  const { points, reason } = command;
  const source = sourceOfCommand(command.key);
  switch (command.do) {
    case 'award': {
      const day = localDay(draft.program.zone, when.at);
      return give(draft, programme, points, when, { entry: 'awarded', source, day, reason });
    }
    case 'open':
      return give(draft, programme, points, when, { entry: 'opened', source, reason });
    case 'spend':
    case 'correct': {
      const [entry, to] =
        command.do === 'spend' ? (['spent', 'spent'] as const) : (['corrected', 'issued'] as const);
      return decide(draft, when, {
        programme: programme.key,
        entry,
        from: 'balance',
        to,
        points,
        source,
        reason,
      });
    }
  }
}
