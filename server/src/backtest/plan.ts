// What a backtest goes by from its beginning to its end: definitions, how far history is known, the parts of the people, and what
// had been learnt at the beginning of each month. Made once and stored, so that whoever resumes it goes on with the same.
import { asksAny, BUCKETS, compile, predictionsAsked, prepareBacktest, refitInstants } from '@rapport/engine';
import type { Definition } from '@rapport/engine';
import { toProblemError } from '../errors.ts';
import type { Log } from '../log.ts';
import { planBuckets } from '../postgres/backtest-histories.ts';
import type { Plan } from '../postgres/backtest-stored.ts';
import { storePlan } from '../postgres/backtests.ts';
import type { BacktestRow } from '../postgres/backtests.ts';
import type { Pool } from '../postgres/pool.ts';
import { loadDefinition } from '../postgres/programs.ts';
import { askThread } from '../threads.ts';
import type { RelearnData, RelearnWord } from './relearn-thread.ts';

/** Counts up when what is stored of a backtest under way changes its shape: older ones begin again. */
const FORMAT = 1;
/** Small enough that progress moves and the threads end together, large enough that a look at the database is worth it. */
const EVENTS_A_PART = 12_000;
const THREAD_HEAP_MB = 2_048;

interface PlanDeps {
  readonly pool: Pool;
  readonly url: string;
  readonly now: () => number;
  readonly log: Log;
}

/** The stored one of a backtest that was begun already, else a new one, stored. */
export async function planBacktest(deps: PlanDeps, row: BacktestRow, signal: AbortSignal): Promise<Plan> {
  if (row.plan?.format === FORMAT) return row.plan;
  const definition = await loadDefinition(deps.pool, row.workspace_id);
  const known_until = deps.now();
  const parts = await planBuckets(deps.pool, { buckets: BUCKETS, eventsEach: EVENTS_A_PART });
  const learning = await learnMonthly(deps, row, { definition, known_until, signal });
  const plan = { format: FORMAT, definition, known_until, parts, ...learning };
  await storePlan(deps.pool, row, plan);
  return plan;
}

async function learnMonthly(
  deps: PlanDeps,
  { asked, workspace_id: workspaceId }: BacktestRow,
  how: { readonly definition: Definition; readonly known_until: number; readonly signal: AbortSignal },
): Promise<Pick<Plan, 'refits' | 'learnt'>> {
  const { definition, known_until: knownUntil, signal } = how;
  const span = { from: asked.from, to: asked.to };
  const options = { span, others: asked.others, holdOut: asked.hold_out, assumeConsent: false };
  // What cannot be compiled is told before a thread is started.
  const { program } = prepareBacktest(definition, asked.tested, options);
  const needs = predictionsAsked(program.definition);
  if (!asksAny(needs)) return { refits: [], learnt: { kind: 'not_asked' } };
  try {
    const instants = refitInstants({ ...span, to: Math.min(span.to, knownUntil) }, compile(definition).zone);
    const data: RelearnData = { url: deps.url, workspaceId, definition, knownUntil, instants, needs };
    const told = await askThread({
      file: new URL('relearn-thread.ts', import.meta.url),
      name: 'learning each month',
      data,
      heapMb: THREAD_HEAP_MB,
      signal,
      hear: (word: RelearnWord) => word,
    });
    return {
      refits: told.flatMap(({ at, prediction, moved }) => (moved ? [{ at, prediction }] : [])),
      learnt: {
        kind: 'monthly',
        fits: told.map(({ at, verdict, customers, moved }) => ({ at, verdict, customers, moved })),
      },
    };
  } catch (error) {
    signal.throwIfAborted();
    deps.log.warn(
      { err: error },
      'what was known each month could not be learnt; a backtest uses today’s parameters',
    );
    return { refits: [], learnt: { kind: 'failed', why: toProblemError(error).failure.message } };
  }
}
