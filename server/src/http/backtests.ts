// Backtests over HTTP: ask for one, watch it, read what came out, cancel it. The work is the backtest worker's.
import { z } from 'zod';
import { ProblemError } from '../errors.ts';
import {
  dropBacktest,
  findBacktest,
  insertBacktest,
  listBacktests,
  QUEUED_MAX,
} from '../postgres/backtests.ts';
import type { BacktestAsked } from '../postgres/backtest-stored.ts';
import type { BacktestRow } from '../postgres/backtests.ts';
import { actorId, actorOf } from './auth.ts';
import { askedSchema, readAsked } from './backtest-asked.ts';
import { backtestInListSchema, backtestSchema, viewBacktest, viewBacktests } from './backtest-view.ts';
import type { Actor, App, HttpDeps } from './deps.ts';
import { notFound, printId, readId } from './ids.ts';
import { pageOf, pageQuery, readTimeCursor, toPage } from './paging.ts';

const byId = z.object({ id: z.string() });

export function registerBacktests(app: App, deps: HttpDeps): void {
  const db = deps.pools.console;

  app.get(
    '/api/backtests',
    {
      schema: {
        tags: ['backtests'],
        summary: 'Backtests, the newest first, without their results',
        querystring: pageQuery,
        response: { 200: pageOf(backtestInListSchema) },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const { limit, cursor } = request.query;
      const rows = await listBacktests(db, workspaceId, { limit: limit + 1, cursor: readTimeCursor(cursor) });
      const { definition } = await deps.programs.get(workspaceId);
      const page = toPage(rows, {
        limit,
        item: (row) => row,
        cursor: (row) => [row.created_at.toISOString(), row.id],
      });
      return { ...page, items: await viewBacktests(db, definition, page.items) };
    },
  );

  app.post(
    '/api/backtests',
    {
      schema: {
        tags: ['backtests'],
        summary: 'What would a rule, segment, model or journey have done? Contacts nobody',
        body: askedSchema,
        response: { 202: backtestSchema },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { workspaceId } = actor;
      const { definition } = await deps.programs.get(workspaceId);
      const asked = await readAsked({ db, definition, now: deps.now() }, request.body);
      const queued = await queue(deps, actor, asked);
      return reply.code(202).header('location', `/api/backtests/${queued.id}`).send(queued);
    },
  );

  app.post(
    '/api/backtests/:id/again',
    {
      schema: {
        tags: ['backtests'],
        summary: 'The same question once more: one that was interrupted, stopped or failed',
        params: byId,
        response: { 202: backtestSchema },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const before = await findAsked(deps, actor.workspaceId, request.params.id);
      if (before.state === 'queued' || before.state === 'running') throw underWay();
      const queued = await queue(deps, actor, before.asked);
      return reply.code(202).header('location', `/api/backtests/${queued.id}`).send(queued);
    },
  );

  app.get(
    '/api/backtests/:id',
    {
      schema: {
        tags: ['backtests'],
        summary: 'One backtest: how far it is, and what came out',
        params: byId,
        response: { 200: backtestSchema },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const { definition } = await deps.programs.get(workspaceId);
      return viewBacktest(db, definition, await findAsked(deps, workspaceId, request.params.id));
    },
  );

  app.delete(
    '/api/backtests/:id',
    {
      schema: {
        tags: ['backtests'],
        summary: 'Cancel one that waits or runs; remove one that has ended',
        params: byId,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const id = readId('bkt', request.params.id);
      if (!(await dropBacktest(db, actorOf(request).workspaceId, id, deps.now())))
        throw notFound('backtest', request.params.id);
      return reply.code(204).send(null);
    },
  );
}

async function queue(
  deps: HttpDeps,
  actor: Actor,
  asked: BacktestAsked,
): Promise<z.infer<typeof backtestSchema>> {
  const { workspaceId } = actor;
  const db = deps.pools.console;
  const id = deps.newId();
  const row = { id, workspaceId, asked, by: actorId(actor), at: deps.now(), state: 'queued' as const };
  if (!(await insertBacktest(db, row))) throw queueFull();
  deps.wake.backtests();
  const { definition } = await deps.programs.get(workspaceId);
  return viewBacktest(db, definition, await getBacktest(deps, workspaceId, id));
}

async function findAsked(deps: HttpDeps, workspaceId: string, printed: string): Promise<BacktestRow> {
  const row = await findBacktest(deps.pools.console, workspaceId, readId('bkt', printed));
  if (row === undefined) throw notFound('backtest', printed);
  return row;
}

async function getBacktest(deps: HttpDeps, workspaceId: string, id: string): Promise<BacktestRow> {
  const row = await findBacktest(deps.pools.console, workspaceId, id);
  if (row === undefined) throw notFound('backtest', printId('bkt', id));
  return row;
}

function underWay(): ProblemError {
  return new ProblemError({
    code: 'conflict',
    message: 'This backtest is under way.',
    hint: 'Wait until it has ended, or cancel it.',
  });
}

function queueFull(): ProblemError {
  return new ProblemError({
    code: 'queue_full',
    message: `${QUEUED_MAX} backtests wait already.`,
    hint: 'Wait until one of them has ended, or cancel one.',
  });
}
