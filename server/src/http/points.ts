// One person's points: balances, tiers, entries; and points given, spent or taken back by hand, once for each key.
import { lotsOf, NO_POINTS, refusalOf, spendable } from '@rapport/engine';
import type { Cause, PointsCommand, PointsRefusal, Program } from '@rapport/engine';
import { z } from 'zod';
import { ProblemError } from '../errors.ts';
import { insertAudit } from '../postgres/audit.ts';
import { listPointEntries } from '../postgres/loyalty.ts';
import { stepPeople } from '../postgres/steps.ts';
import { actorId, actorOf } from './auth.ts';
import { pointsWords } from './decision-words.ts';
import type { App, HttpDeps } from './deps.ts';
import { notFound, printId } from './ids.ts';
import { badCursor, pageOf, pageQuery, readCursor, toPage } from './paging.ts';
import { getSubject } from './person-act.ts';
import type { Subject } from './person-view.ts';
import { iso } from './wire.ts';

const paramsSchema = z.object({ id: z.string().max(100) });

const balanceSchema = z.object({
  programme: z.string(),
  name: z.string(),
  unit: z.object({ one: z.string(), many: z.string() }),
  balance: z.number(),
  owed: z.number(),
  earned: z.number(),
  spent: z.number(),
  tier: z.object({ key: z.string(), name: z.string(), since: z.string() }).nullable(),
  /** What goes next if nothing is done; null: nothing by itself. */
  next_expiry: z.object({ at: z.string(), points: z.number() }).nullable(),
});

const entrySchema = z.object({
  id: z.string(),
  programme: z.string(),
  entry: z.string(),
  from: z.string(),
  to: z.string(),
  points: z.number(),
  source: z.string(),
  reason: z.string().nullable(),
  expires_at: z.string().nullable(),
  at: z.string(),
  words: z.string(),
});

const pointsSchema = z
  .object({ programmes: z.array(balanceSchema), entries: pageOf(entrySchema) })
  .meta({ id: 'Points' });

const commandSchema = z.object({
  programme: z.string().max(100),
  do: z.enum(['award', 'spend', 'correct', 'open']),
  points: z.number().int(),
  reason: z.string().trim().min(1).max(200),
  /** The Idempotency-Key header does the same; without both, each request counts. */
  key: z.string().min(1).max(200).optional(),
});

export function registerPoints(app: App, deps: HttpDeps): void {
  app.get(
    '/api/people/:id/points',
    {
      schema: {
        tags: ['loyalty'],
        summary: 'Points, tiers and entries of one person, newest entries first',
        params: paramsSchema,
        querystring: pageQuery,
        response: { 200: pointsSchema },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      return viewPoints(
        deps,
        workspaceId,
        await getSubject(deps, workspaceId, request.params.id),
        request.query,
      );
    },
  );

  app.post(
    '/api/people/:id/points',
    {
      schema: {
        tags: ['loyalty'],
        summary: 'Give, spend or take back points, or bring a balance along from elsewhere',
        params: paramsSchema,
        body: commandSchema,
        response: { 200: pointsSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { workspaceId } = actor;
      const subject = await getSubject(deps, workspaceId, request.params.id);
      const header = request.headers['idempotency-key'];
      const { key = typeof header === 'string' ? header : deps.newId(), ...asked } = request.body;
      const command: PointsCommand = { ...asked, key };
      const program = await deps.programs.get(workspaceId);
      // Asked before, so that a refusal has its words; what passes in between is refused by the step itself.
      const refusal = refusalOf(program, subject.person.standing, command, deps.now());
      if (refusal !== null && refusal.kind !== 'repeated') throw refused(refusal, command, program);
      const cause: Cause = { kind: 'command', id: actorId(actor) };
      const steps = {
        pool: deps.pools.console,
        programs: deps.programs,
        now: deps.now,
        ...(deps.silenceUpTo === undefined ? {} : { silenceUpTo: deps.silenceUpTo }),
        notify: { wakeAt: () => deps.wake.clock(), messages: () => deps.wake.sender() },
      };
      const input = { kind: 'points', ...command } as const;
      if (refusal === null)
        await stepPeople(steps, workspaceId, [{ person: subject.key, input, cause }], {
          also: (client, report) => {
            const [outcome] = report.outcomes;
            if (outcome?.kind === 'absent') throw notFound('person', printId('per', subject.key.id));
            const posted =
              outcome?.kind === 'stepped' &&
              (outcome.decisions.some((d) => d.kind === 'points_posted' && d.source === `command:${key}`) ||
                outcome.state.standing.points?.[command.programme]?.commands.includes(key) === true);
            if (!posted) throw refused({ kind: 'not_enough', has: 0 }, command, program);
            return insertAudit(client, {
              workspaceId,
              auditId: deps.newId(),
              at: new Date(deps.now()),
              by: actorId(actor),
              action: 'person.points',
              subject: printId('per', subject.key.id),
              detail: { programme: command.programme, do: command.do, points: command.points },
            });
          },
        });
      const after = await getSubject(deps, workspaceId, request.params.id);
      return viewPoints(deps, workspaceId, after, { limit: 50, cursor: undefined });
    },
  );
}

async function viewPoints(
  deps: HttpDeps,
  workspaceId: string,
  { key, person }: Subject,
  page: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<z.infer<typeof pointsSchema>> {
  const { definition } = await deps.programs.get(workspaceId);
  const now = person.frozen_at ?? deps.now();
  const programmes = (definition.programmes ?? []).map((programme) => {
    const points = person.standing.points?.[programme.key] ?? NO_POINTS;
    const position = person.standing.tiers?.[programme.key];
    const next = lotsOf(points, programme.expiry).find(([at]) => at > now);
    return {
      programme: programme.key,
      name: programme.name,
      unit: { ...programme.unit },
      balance: spendable(points, programme.expiry, now),
      owed: points.debt,
      earned: points.earned,
      spent: points.spent,
      tier:
        position === undefined
          ? null
          : {
              key: position.tier,
              name: programme.tiers.find((tier) => tier.key === position.tier)?.name ?? position.tier,
              since: iso(position.since),
            },
      next_expiry: next === undefined ? null : { at: iso(next[0]), points: next[1] },
    };
  });
  const rows = await listPointEntries(deps.pools.console, {
    workspaceId,
    keys: [key, ...person.aliases],
    after: readAfter(page.cursor),
    limit: page.limit + 1,
  });
  const entries = toPage(rows, {
    limit: page.limit,
    cursor: (row) => [row.at.toISOString(), row.person_id, row.seq],
    item: (row) => ({
      id: `${row.person_id}/${row.seq}`,
      programme: row.programme_key,
      entry: row.entry,
      from: row.from_account,
      to: row.to_account,
      points: row.points,
      source: row.source,
      reason: row.reason,
      expires_at: row.expires_at === null ? null : iso(row.expires_at),
      at: iso(row.at),
      words: pointsWords({ ...row, from: row.from_account, to: row.to_account }),
    }),
  });
  return { programmes, entries };
}

function readAfter(cursor: string | undefined) {
  const parts = readCursor(cursor, 3);
  if (parts === null) return null;
  const [at, id, seq] = parts;
  const isGood =
    typeof at === 'string' &&
    !Number.isNaN(Date.parse(at)) &&
    typeof id === 'string' &&
    /^[0-9a-f-]{36}$/.test(id) &&
    typeof seq === 'number' &&
    Number.isSafeInteger(seq);
  if (!isGood) throw badCursor();
  return { at, id, seq };
}

function refused(
  refusal: Exclude<PointsRefusal, { kind: 'repeated' }>,
  command: PointsCommand,
  { definition }: Program,
): ProblemError {
  switch (refusal.kind) {
    case 'no_programme':
      return new ProblemError({
        code: 'invalid_body',
        path: '/programme',
        message: `There is no loyalty programme "${command.programme}".`,
        hint:
          (definition.programmes ?? []).length === 0
            ? 'Make one first.'
            : `Use one of: ${(definition.programmes ?? []).map(({ key }) => key).join(', ')}.`,
      });
    case 'no_points':
      return new ProblemError({
        code: 'invalid_body',
        path: '/points',
        message: `${command.points} is no number of points to post.`,
        hint: 'Give a whole number from 1 to 1,000,000,000.',
      });
    case 'not_enough':
      return new ProblemError({
        code: 'not_enough_points',
        path: '/points',
        message: `${command.points} points are more than can be spent: ${refusal.has}.`,
        hint: `Post at most ${refusal.has}.`,
      });
  }
}
