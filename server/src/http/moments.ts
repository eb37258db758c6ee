// Moments to come: who will be unusually quiet, and when, if their silence goes on. Asked of the rule itself, at the very
// instant; reads only.
import { decodePerson, joinsAt, localDay, DAY_MS } from '@rapport/engine';
import type { Person, Program } from '@rapport/engine';
import { z } from 'zod';
import { listUpcoming, type UpcomingState } from '../postgres/moments.ts';
import type { Pool } from '../postgres/pool.ts';
import { actorOf } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import { printId } from './ids.ts';
import { rhythmOf, rhythmWords } from './rhythm.ts';
import { shortName } from './short-name.ts';
import { iso } from './wire.ts';

const momentSchema = z.object({
  id: z.string(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  orders: z.number().int(),
  kind: z.literal('unusually_quiet'),
  /** The instant itself, if the silence goes on. */
  at: z.string(),
  gap_days: z.number().int().nullable(),
  silent_days: z.number().int().nullable(),
  reason: z.string(),
});

const momentsSchema = z
  .object({
    from: z.string(),
    /** Everyone whose moment lies before this is counted. Earlier than asked for where more people than we look at have appointments. */
    until: z.string(),
    whole: z.boolean(),
    /** What is shown is some minutes old, and looked at afresh now: ask again in a moment. */
    counting: z.boolean(),
    people: z.number().int(),
    /** By local day of the workspace, days without anyone included. */
    days: z.array(z.object({ day: z.string(), people: z.number().int() })),
    items: z.array(momentSchema),
  })
  .meta({ id: 'Moments' });

type Moments = z.infer<typeof momentsSchema>;

const quietSegment = 'quiet';
const lookedAtMax = 5_000;
const lookedAtOnce = 100;
const listedMax = 200;
/** An outlook over days; it reads thousands of people. */
const freshMs = 60_000;

export function registerMoments(app: App, deps: HttpDeps): void {
  const kept = deps.counting.keep(
    (of, pool) => {
      const [workspaceId = '', days] = of.split(' ');
      return lookAhead(deps, pool, { workspaceId, days: Number(days) });
    },
    { failed: 'the moments to come could not be looked at', freshMs },
  );
  app.get(
    '/api/moments',
    {
      schema: {
        tags: ['overview'],
        summary: 'Who will be unusually quiet in the days to come, and when',
        querystring: z.object({
          days: z.coerce.number().int().min(1).max(60).default(7),
          limit: z.coerce.number().int().min(0).max(listedMax).default(20),
        }),
        response: { 200: momentsSchema },
      },
    },
    async (request): Promise<Moments> => {
      const { workspaceId } = actorOf(request);
      const { days, limit } = request.query;
      const { value: moments, counting } = await kept.latest(`${workspaceId} ${days}`);
      return { ...moments, counting, items: moments.items.slice(0, limit) };
    },
  );
}

async function lookAhead(
  deps: HttpDeps,
  pool: Pool,
  { workspaceId, days }: { readonly workspaceId: string; readonly days: number },
): Promise<Omit<Moments, 'counting'>> {
  const program = await deps.programs.get(workspaceId);
  const now = deps.now();
  const asked = now + days * DAY_MS;
  const rows = await listUpcoming(pool, {
    workspaceId,
    until: new Date(asked),
    limit: lookedAtMax,
  });
  const whole = rows.length < lookedAtMax;
  const until = whole ? asked : Math.max(now, Math.min(asked, rows.at(-1)!.wake_at.getTime()));
  const found: { readonly row: UpcomingState; readonly person: Person; readonly at: number }[] = [];
  for (const [index, row] of rows.entries()) {
    // Events are taken by the same process: they must not wait for thousands of people.
    if (index % lookedAtOnce === lookedAtOnce - 1) await new Promise((resolve) => setImmediate(resolve));
    if (row.state === '{}') continue;
    const person = decodePerson(row.state);
    const at = joinsAt(program, person, quietSegment, { now, until });
    if (at !== null) found.push({ row, person, at });
  }
  found.sort((a, b) => a.at - b.at || b.row.orders - a.row.orders);
  return {
    from: iso(now),
    until: iso(until),
    whole,
    people: found.length,
    days: byDay(
      program,
      { now, until },
      found.map(({ at }) => at),
    ),
    items: found.slice(0, listedMax).map(({ row, person, at }) => ({
      id: printId('per', row.id),
      name: row.name,
      email: row.email,
      orders: row.orders,
      kind: 'unusually_quiet',
      at: iso(at),
      ...wordsOf(program, person, now),
    })),
  };
}

function wordsOf(
  program: Program,
  person: Person,
  now: number,
): Pick<Moments['items'][number], 'gap_days' | 'silent_days' | 'reason'> {
  const rhythm = rhythmOf(program, person, now);
  return {
    gap_days: rhythm?.gapDays ?? null,
    silent_days: rhythm?.silentDays ?? null,
    reason: rhythm === null ? '' : rhythmWords(shortName(person), rhythm),
  };
}

function byDay(
  program: Program,
  span: { readonly now: number; readonly until: number },
  moments: readonly number[],
): Moments['days'] {
  const first = localDay(program.zone, span.now);
  const last = localDay(program.zone, span.until - 1);
  const counts = new Map<number, number>();
  for (const at of moments) {
    const day = localDay(program.zone, at);
    counts.set(day, (counts.get(day) ?? 0) + 1);
  }
  return Array.from({ length: Math.max(1, last - first + 1) }, (_, i) => ({
    day: new Date((first + i) * DAY_MS).toISOString().slice(0, 10),
    people: counts.get(first + i) ?? 0,
  }));
}
