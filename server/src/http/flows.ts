// Flow between the stages of a model: of those who moved in the last days, from where to where; and how many stood where then.
import { z } from 'zod';
import { listFlows } from '../postgres/flows.ts';
import type { FlowRow } from '../postgres/flows.ts';
import { type Counter, type Counts } from '../postgres/counts.ts';
import { actorOf } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import { notFound } from './ids.ts';
import { iso } from './wire.ts';

const flowsSchema = z
  .object({
    model: z.string(),
    days: z.number().int(),
    since: z.string(),
    /** It is minutes old, and counted afresh now: ask again in a moment. */
    counting: z.boolean(),
    stages: z.array(
      z.object({
        key: z.string(),
        name: z.string(),
        look: z.string(),
        before: z.number().int(),
        now: z.number().int(),
      }),
    ),
    /** Only who moved, largest first. `from` null: came in; `to` null: outside every stage now. */
    flows: z.array(
      z.object({ from: z.string().nullable(), to: z.string().nullable(), people: z.number().int() }),
    ),
  })
  .meta({ id: 'Flows' });

const dayMs = 86_400_000;

export function registerFlows(app: App, deps: HttpDeps, counts: Counter<Counts>): void {
  const moved = deps.counting.keep<readonly FlowRow[]>(
    (of, db) => {
      const [workspaceId = '', days = '90', model = ''] = of.split(' ');
      const since = new Date(deps.now() - Number(days) * dayMs);
      return listFlows(db, { workspaceId, model, since });
    },
    { failed: 'the flow between stages could not be counted' },
  );
  app.get(
    '/api/flows',
    {
      schema: {
        tags: ['overview'],
        summary: 'How people moved between the stages of a model',
        querystring: z.object({
          model: z.string().max(100).optional(),
          days: z.coerce.number().int().min(1).max(730).default(90),
        }),
        response: { 200: flowsSchema },
      },
    },
    async (request): Promise<z.infer<typeof flowsSchema>> => {
      const { workspaceId } = actorOf(request);
      const { days } = request.query;
      const { definition } = await deps.programs.get(workspaceId);
      const key = request.query.model ?? definition.models[0]?.key;
      const model = definition.models.find((each) => each.key === key);
      if (model === undefined) throw notFound('lifecycle model', key ?? '');
      const [standings, movements] = await Promise.all([
        counts.latest(workspaceId),
        moved.latest(`${workspaceId} ${days} ${model.key}`),
      ]);
      const { stages: now } = standings.value;
      const all = movements.value;
      const flows = all.filter((flow) => flow.from !== flow.to).sort((a, b) => b.people - a.people);
      const sum = (rows: readonly FlowRow[]): number => rows.reduce((people, row) => people + row.people, 0);
      return {
        model: model.key,
        days,
        since: iso(new Date(deps.now() - days * dayMs)),
        counting: standings.counting || movements.counting,
        stages: model.stages.map((stage) => {
          const standing = now.get(model.key)?.get(stage.key) ?? 0;
          const came = sum(flows.filter((flow) => flow.to === stage.key));
          const left = sum(flows.filter((flow) => flow.from === stage.key));
          return {
            key: stage.key,
            name: stage.name,
            look: stage.look,
            before: Math.max(0, standing - came + left),
            now: standing,
          };
        }),
        flows: flows.map(({ from, to, people }) => ({ from, to, people })),
      };
    },
  );
}
