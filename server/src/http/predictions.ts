// Fits over HTTP: what was learnt of the workspace's rhythm, how right it was, and "learn again now". The work is the fit worker's.
import type { FitReport } from '@rapport/engine';
import { DAY_MS, familyOf } from '@rapport/engine';
import { z } from 'zod';
import { askFit, findFit, listFits } from '../postgres/predictions.ts';
import type { FitRow } from '../postgres/predictions.ts';
import { actorId, actorOf } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import { notFound, printId, readId } from './ids.ts';
import {
  alarmWords,
  choiceWords,
  heldOutWords,
  modelName,
  seasonWords,
  verdictWords,
} from './prediction-words.ts';
import { iso, isoOrNull, problemItemSchema } from './wire.ts';

const verdictSchema = z.enum(['fits', 'degenerate', 'not_converged', 'too_little']);
const errorsSchema = z.object({ total: z.number().nullable(), mae: z.number(), rmse: z.number() });
const alarmRowSchema = z.object({
  group: z.enum(['new', 'fast', 'middle', 'slow', 'everyone']),
  /** Silences that ended by themselves, and those of them called unusual. */
  ended: z.number().int(),
  ended_alarmed: z.number().int(),
  /** Alarms old enough to know, and those after which somebody came by themselves. */
  judged: z.number().int(),
  returned: z.number().int(),
  lost: z.number().int(),
  lost_alarmed: z.number().int(),
  days_median: z.number().nullable(),
  days_weighted: z.number().nullable(),
});

const rhythmSchema = z.object({
  verdict: verdictSchema,
  words: z.string(),
  customers: z.number().int(),
  repeating: z.number().int(),
  first_day: z.string().nullable(),
  last_day: z.string().nullable(),
  usual_gap_days: z.number().nullable(),
  /** Which models were fitted to at most 10,000 customers; the first is the one in use. */
  tried: z.object({
    words: z.string().nullable(),
    models: z.array(
      z.object({
        model: z.enum(['bg', 'mbg', 'pareto']),
        name: z.string(),
        k: z.number().int(),
        /** ln of the likelihood of everything, and of the days held out by parameters that had not seen them. */
        ln_likelihood: z.number(),
        held_out: z.number().nullable(),
      }),
    ),
  }),
  gain: z.number().nullable(),
  loss: z.number().nullable(),
  held_out: z
    .object({
      words: z.object({ risk: z.string(), total: z.string() }),
      from: z.string(),
      until: z.string(),
      customers: z.number().int(),
      purchases: z.number().int(),
      model: errorsSchema,
      as_before: errorsSchema,
      nothing: errorsSchema,
      tenths: z.array(z.object({ customers: z.number().int(), predicted: z.number(), came: z.number() })),
      at_risk: z.object({ customers: z.number().int(), stayed_away: z.number().int() }),
    })
    .nullable(),
  alarms: z.array(
    z.object({
      cap: z.number(),
      words: z.string().nullable(),
      rules: z.array(
        z.object({
          kind: z.enum(['personal', 'fixed', 'personal_pooled', 'fixed_pooled']),
          days: z.number().nullable(),
          rows: z.array(alarmRowSchema),
        }),
      ),
    }),
  ),
});

const fitInListSchema = z.object({
  id: z.string(),
  state: z.enum(['queued', 'running', 'done', 'failed', 'interrupted']),
  asked_by: z.string().nullable(),
  created_at: z.string(),
  finished_at: z.string().nullable(),
  progress: z.object({ phase: z.enum(['waiting', 'reading', 'learning']), share: z.number() }),
  verdict: verdictSchema.nullable(),
  problem: problemItemSchema.partial({ path: true }).nullable(),
  /** The version of the definitions that was made with it; null: nothing moved enough, or it failed. */
  program_version: z.number().int().nullable(),
  took_ms: z.number().int().nullable(),
  memory_mb: z.number().int().nullable(),
});

const fitSchema = fitInListSchema
  .extend({
    orders: rhythmSchema.nullable(),
    visits: rhythmSchema.nullable(),
    spending: z
      .object({
        customers: z.number().int(),
        mean_minor: z.number().nullable(),
        fitted: z.boolean(),
        correlation: z.number().nullable(),
      })
      .nullable(),
    season: z
      .object({
        words: z.array(z.string()),
        months: z.number().int(),
        orders: z.array(z.number().int()),
        first_month: z.string().nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'Fit' });

const predictionsSchema = z
  .object({
    /** What rules go by now; null: nothing was learnt yet, or what was learnt has no model. */
    in_use: z
      .object({
        fitted_at: z.string(),
        orders: verdictSchema,
        visits: verdictSchema.nullable(),
        model: z.string().nullable(),
      })
      .nullable(),
    /** The newest that ended well, with its report. */
    newest: fitSchema.nullable(),
    items: z.array(fitInListSchema),
  })
  .meta({ id: 'Predictions' });

type Fit = z.infer<typeof fitSchema>;
type RhythmView = z.infer<typeof rhythmSchema>;

const listed = 20;

export function registerPredictions(app: App, deps: HttpDeps): void {
  const db = deps.pools.console;

  app.get(
    '/api/predictions',
    {
      schema: {
        tags: ['predictions'],
        summary: 'What was learnt of the rhythm of orders and visits, and how right it was',
        response: { 200: predictionsSchema },
      },
    },
    async (request): Promise<z.infer<typeof predictionsSchema>> => {
      const { workspaceId } = actorOf(request);
      const { definition } = await deps.programs.get(workspaceId);
      const rows = await listFits(db, workspaceId, listed);
      const newest = rows.find((row) => row.state === 'done');
      const { prediction } = definition;
      return {
        in_use:
          prediction === undefined
            ? null
            : {
                fitted_at: iso(prediction.fitted_at),
                orders: prediction.purchases.verdict,
                visits: prediction.visits?.verdict ?? null,
                model:
                  prediction.purchases.model === null
                    ? null
                    : modelName(familyOf(prediction.purchases.model), prediction.purchases.model.k),
              },
        newest: newest === undefined ? null : viewFit(newest),
        items: rows.map(viewInList),
      };
    },
  );

  app.post(
    '/api/predictions',
    {
      schema: {
        tags: ['predictions'],
        summary: 'Learn the rhythm again now; one that waits or runs already stands',
        response: { 202: fitSchema },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { workspaceId } = actor;
      const id = await askFit(db, { workspaceId, id: deps.newId(), by: actorId(actor), at: deps.now() });
      deps.wake.fits();
      return reply
        .code(202)
        .header('location', `/api/predictions/${printId('fit', id)}`)
        .send(viewFit(await getFit(deps, workspaceId, id)));
    },
  );

  app.get(
    '/api/predictions/:id',
    {
      schema: {
        tags: ['predictions'],
        summary: 'One fit: how far it is, what was learnt',
        params: z.object({ id: z.string() }),
        response: { 200: fitSchema },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      return viewFit(await getFit(deps, workspaceId, request.params.id));
    },
  );
}

async function getFit(deps: HttpDeps, workspaceId: string, id: string): Promise<FitRow> {
  const row = await findFit(deps.pools.console, workspaceId, readId('fit', id));
  if (row === undefined) throw notFound('fit', id);
  return row;
}

function viewInList(row: FitRow): z.infer<typeof fitInListSchema> {
  return {
    id: printId('fit', row.id),
    state: row.state,
    asked_by: row.asked_by,
    created_at: iso(row.created_at),
    finished_at: isoOrNull(row.finished_at),
    progress: { phase: row.progress.phase ?? 'waiting', share: row.progress.share ?? 0 },
    verdict: row.report?.orders.verdict ?? null,
    problem: row.problem,
    program_version: row.program_version,
    took_ms: row.took_ms,
    memory_mb: row.memory_mb,
  };
}

function viewFit(row: FitRow): Fit {
  const { report } = row;
  return {
    ...viewInList(row),
    orders: report === null ? null : viewRhythm(report.orders, 'orders'),
    visits: report === null ? null : viewRhythm(report.visits, 'visits'),
    spending:
      report === null
        ? null
        : {
            customers: report.spending.customers,
            mean_minor: report.spending.meanMinor,
            fitted: report.spending.fitted,
            correlation: report.spending.correlation,
          },
    season:
      report === null
        ? null
        : {
            words: [...seasonWords(report.season)],
            months: report.season.months,
            orders: [...report.season.orders],
            first_month: monthText(report.season.firstMonth),
          },
  };
}

function viewRhythm(rhythm: FitReport['orders'], of: 'orders' | 'visits'): RhythmView {
  const { heldOut } = rhythm;
  const words = heldOutWords(rhythm);
  return {
    verdict: rhythm.verdict,
    words: verdictWords(rhythm, of),
    customers: rhythm.customers,
    repeating: rhythm.repeating,
    first_day: dayText(rhythm.firstDay),
    last_day: dayText(rhythm.lastDay),
    usual_gap_days: rhythm.usualGapDays,
    tried: {
      words: choiceWords(rhythm),
      models: rhythm.tried.map(({ model, k, lnLikelihood, heldOut: later }) => ({
        model,
        name: modelName(model, k),
        k,
        ln_likelihood: lnLikelihood,
        // Fits of earlier versions held nothing out to choose by.
        held_out: later ?? null,
      })),
    },
    gain: rhythm.gain,
    loss: rhythm.loss,
    held_out:
      heldOut === null || words === null
        ? null
        : {
            words,
            from: dayText(heldOut.from) ?? '',
            until: dayText(heldOut.until) ?? '',
            customers: heldOut.customers,
            purchases: heldOut.purchases,
            model: heldOut.model,
            as_before: heldOut.asBefore,
            nothing: heldOut.nothing,
            tenths: [...heldOut.tenths],
            at_risk: { customers: heldOut.atRisk.customers, stayed_away: heldOut.atRisk.stayedAway },
          },
    alarms: rhythm.alarms.map(({ cap, rules }) => ({
      cap,
      words: alarmWords(rhythm, cap),
      rules: rules.map((rule) => ({
        kind: rule.kind,
        days: rule.days,
        rows: rule.rows.map((row) => ({
          group: row.group,
          ended: row.ended,
          ended_alarmed: row.endedAlarmed,
          judged: row.judged,
          returned: row.returned,
          lost: row.lost,
          lost_alarmed: row.lostAlarmed,
          days_median: row.daysMedian,
          days_weighted: row.daysWeighted,
        })),
      })),
    })),
  };
}

function dayText(day: number | null): string | null {
  return day === null ? null : new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** Months since January 1970. */
function monthText(month: number | null): string | null {
  if (month === null) return null;
  return new Date(Date.UTC(1970 + Math.floor(month / 12), ((month % 12) + 12) % 12, 1))
    .toISOString()
    .slice(0, 7);
}
