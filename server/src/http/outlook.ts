// One person's prediction: the curve of the chance that they are still with us, with every order and visit on it, the lapse
// moment ahead, and what is to be expected. Reads only; the engine works it out at the moment of asking.
import { aliveCurve, comingsOf, DAY_MS, outlookOf } from '@rapport/engine';
import type { Outlook, Person, Program } from '@rapport/engine';
import { z } from 'zod';
import { actorOf } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import { notFound } from './ids.ts';
import { findSubject } from './person-view.ts';
import { rhythmOf, rhythmWords } from './rhythm.ts';
import { shortName } from './short-name.ts';
import { iso, isoOrNull } from './wire.ts';

const lapseSchema = z.object({
  one_in: z.number().int(),
  at: z.string(),
  /** `model`: the rhythm learnt from everyone; `own_gaps`, `pooled_gap`: what stands in where no model does. */
  by: z.enum(['model', 'own_gaps', 'pooled_gap']),
});

const outlookSchema = z
  .object({
    verdict: z.enum(['fits', 'degenerate', 'not_converged', 'too_little', 'unlearnt']),
    fitted_at: z.string().nullable(),
    as_of: z.string(),
    currency: z.string(),
    sentence: z.string(),
    ordered_days: z.number().int(),
    last_order_at: z.string(),
    p_alive: z.number().nullable(),
    speed: z.enum(['new', 'fast', 'middle', 'slow']).nullable(),
    lapses: z.array(lapseSchema),
    next_order: z.object({ at: z.string(), from: z.string(), to: z.string() }).nullable(),
    within: z.array(z.object({ days: z.number().int(), chance: z.number(), expected: z.number() })),
    worth: z
      .object({ so_far: z.number(), expected: z.number(), low: z.number(), high: z.number() })
      .nullable(),
    curve: z.array(z.object({ at: z.string(), p_alive: z.number() })),
    orders: z.array(z.string()),
    visits: z.array(z.string()),
    visit_lapse_at: z.string().nullable(),
  })
  .meta({ id: 'PersonPrediction' });

type View = z.infer<typeof outlookSchema>;

/** Points of the curve: as many as a wide screen shows. */
const curvePoints = 240;
/** The curve goes on this far beyond what is ahead. */
const aheadShare = 0.15;
const aheadDaysMin = 14;
const aheadDaysMax = 730;

export function registerOutlook(app: App, deps: HttpDeps): void {
  app.get(
    '/api/people/:id/prediction',
    {
      schema: {
        tags: ['people'],
        summary: 'Whether somebody is still with us, when silence becomes unusual, what is to be expected',
        params: z.object({ id: z.string().max(100) }),
        response: { 200: z.object({ prediction: outlookSchema.nullable() }) },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const { id } = request.params;
      const subject = await findSubject(deps, workspaceId, id);
      if (subject === undefined) throw notFound('person', id);
      return { prediction: viewOutlook(subject.program, subject.person, deps.now()) };
    },
  );
}

/** Null: they never ordered. */
function viewOutlook(program: Program, person: Person, now: number): View | null {
  const outlook = outlookOf(program, person, 'orders', now);
  if (outlook === null) return null;
  const { definition, zone } = program;
  const asOf = person.frozen_at ?? now;
  const visits = outlookOf(program, person, 'visits', now);
  const rhythm = rhythmOf(program, person, now);
  const model = definition.prediction?.purchases.model ?? null;
  const comings = comingsOf('orders', person.memory, zone);
  return {
    verdict: outlook.verdict,
    fitted_at: isoOrNull(definition.prediction?.fitted_at ?? null),
    as_of: iso(asOf),
    currency: definition.currency,
    sentence: rhythm === null ? '' : rhythmWords(shortName(person), rhythm),
    ordered_days: outlook.days,
    last_order_at: iso(outlook.lastAt),
    p_alive: outlook.pAlive,
    speed: outlook.speed,
    lapses: outlook.lapses.map(({ at, ...lapse }) => ({ ...lapse, at: iso(at) })),
    next_order:
      outlook.next === null
        ? null
        : { at: iso(outlook.next.at), from: iso(outlook.next.from), to: iso(outlook.next.to) },
    within: outlook.within.map((each) => ({ ...each })),
    worth: viewWorth(outlook.worth),
    curve:
      model === null || comings === null
        ? []
        : aliveCurve(model, comings, { until: curveEnd(outlook, asOf), points: curvePoints }).map(
            (point) => ({
              at: iso(point.at),
              p_alive: point.pAlive,
            }),
          ),
    orders: (comings?.times ?? []).map(iso),
    visits: (comingsOf('visits', person.memory, zone)?.times ?? []).map(iso),
    visit_lapse_at: isoOrNull(visits?.lapses[0]?.at ?? null),
  };
}

function viewWorth(worth: Outlook['worth']): View['worth'] {
  if (worth === null) return null;
  const { soFar, expected, low, high } = worth;
  return { so_far: soFar, expected, low, high };
}

/** As far as the later of now and the careful lapse moment, and a little further. */
function curveEnd({ lapses, lastAt }: Outlook, asOf: number): number {
  const ahead = Math.max(asOf, ...lapses.map(({ at }) => at));
  const more = Math.max(aheadDaysMin * DAY_MS, (ahead - lastAt) * aheadShare);
  return Math.min(ahead + more, asOf + aheadDaysMax * DAY_MS);
}
