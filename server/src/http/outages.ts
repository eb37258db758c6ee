// While Rapport was off: how long, how much came due meanwhile, and what became of it, person by person. Reads only.
import type { Decision, Program } from '@rapport/engine';
import { z } from 'zod';
import { listTemplateNames, listTopics } from '../postgres/content-keys.ts';
import type { Counter } from '../postgres/counts.ts';
import {
  countOutage,
  countOutageMessages,
  findOutage,
  listOutageDecisions,
  listOutageMessages,
  listOutagePeople,
  listOutages,
  listRunsOfPeople,
} from '../postgres/outages.ts';
import type {
  OutageCounts,
  OutageMessageRow,
  OutageMessages,
  OutageRow,
  OutageRunRow,
} from '../postgres/outages.ts';
import type { Pool } from '../postgres/pool.ts';
import { actorOf } from './auth.ts';
import { decisionSentence } from './decision-words.ts';
import type { DecisionNames } from './decision-words.ts';
import type { App, HttpDeps } from './deps.ts';
import { notFound, printId } from './ids.ts';
import { nodeLabel } from './journey-words.ts';
import { namesIn } from './known.ts';
import { reasonText } from './message-words.ts';
import { pageOf, pageQuery, readTimeCursor, toPage } from './paging.ts';
import { iso } from './wire.ts';

const outageSchema = z
  .object({
    /** The instant at which it began, in milliseconds. */
    id: z.string(),
    from: z.string(),
    until: z.string(),
    /** What came due meanwhile is still being gone through: the numbers grow. */
    settled: z.boolean(),
    moments: z.number().int(),
    people: z.number().int(),
    /** Of these people. */
    moved: z.number().int(),
    entered: z.number().int(),
    messages: z.object({
      sent: z.number().int(),
      too_late: z.number().int(),
      not_sent: z.number().int(),
      waiting: z.number().int(),
      failed: z.number().int(),
    }),
  })
  .meta({ id: 'Outage' });

const outagePersonSchema = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    email: z.string().nullable(),
    due_at: z.string(),
    happened: z.array(z.object({ due_at: z.string(), sentence: z.string() })),
    messages: z.array(
      z.object({
        id: z.string(),
        due_at: z.string(),
        template: z.string().nullable(),
        fate: z.enum(['sent', 'too_late', 'not_sent', 'waiting', 'failed']),
        reason: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'OutagePerson' });

type Outage = z.infer<typeof outageSchema>;
type OutagePerson = z.infer<typeof outagePersonSchema>;
type Fate = OutagePerson['messages'][number]['fate'];

const sinceMs = 30 * 86_400_000;
const listedMax = 10;
/** Of one person: more are on their own page. */
const happenedMax = 8;

export function registerOutages(app: App, deps: HttpDeps): void {
  const db = deps.pools.console;
  const numbers = deps.counting.keep((of, pool) => countNow(deps, pool, of), {
    failed: 'what came due in an outage could not be counted',
  });

  app.get(
    '/api/outages',
    {
      schema: {
        tags: ['overview'],
        summary: 'When Rapport was off in the last 30 days, and what came due meanwhile; newest first',
        response: { 200: z.object({ items: z.array(outageSchema) }) },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const rows = await listOutages(db, {
        workspaceId,
        since: new Date(deps.now() - sinceMs),
        limit: listedMax,
      });
      return { items: await Promise.all(rows.map((row) => viewOutage(numbers, workspaceId, row))) };
    },
  );

  app.get(
    '/api/outages/:id',
    {
      schema: {
        tags: ['overview'],
        summary: 'One time during which Rapport was off',
        params: z.object({ id: z.string().max(20) }),
        response: { 200: outageSchema },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      return viewOutage(numbers, workspaceId, await getOutage(deps, workspaceId, request.params.id));
    },
  );

  app.get(
    '/api/outages/:id/people',
    {
      schema: {
        tags: ['overview'],
        summary: 'For whom something came due while Rapport was off, and what became of it',
        params: z.object({ id: z.string().max(20) }),
        querystring: pageQuery,
        response: { 200: pageOf(outagePersonSchema) },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const row = await getOutage(deps, workspaceId, request.params.id);
      const { limit, cursor } = request.query;
      const query = queryOf(deps, workspaceId, row);
      const people = await listOutagePeople(db, {
        ...query,
        after: readTimeCursor(cursor),
        limit: limit + 1,
      });
      const shown = people.slice(0, limit);
      const program = await deps.programs.get(workspaceId);
      const [decisions, messages, runs, topics, templates] = await Promise.all([
        listOutageDecisions(db, { ...query, people: shown }),
        listOutageMessages(db, { ...query, people: shown }),
        listRunsOfPeople(db, workspaceId, shown),
        listTopics(db, workspaceId),
        listTemplateNames(db, workspaceId),
      ]);
      // Trusts what is stored: only steps.ts writes decisions.
      const parsed = decisions.map((one) => ({
        person: one.person_id,
        decision: { ...JSON.parse(one.body), kind: one.kind, seq: one.seq } as Decision,
      }));
      const names = {
        ...namesOf(program, templates, runs),
        topics: new Map(topics.map(({ key, name }) => [key, name])),
      };
      return toPage(people, {
        limit,
        item: (person): OutagePerson => ({
          id: printId('per', person.id),
          name: person.name,
          email: person.email,
          due_at: iso(person.due_at),
          happened: parsed
            .filter((one) => one.person === person.id && one.decision.kind !== 'message_requested')
            .slice(0, happenedMax)
            .map(({ decision }) => ({
              due_at: iso(new Date(decision.due_at)),
              sentence: decisionSentence(decision, names),
            })),
          messages: messages
            .filter((one) => one.person_id === person.id)
            .slice(0, happenedMax)
            .map((one) => ({
              id: printId('msg', one.id),
              due_at: iso(one.due_at),
              template: one.template === null ? null : (templates.get(one.template) ?? one.template),
              fate: fateOf(one),
              reason: reasonText(one.state, one.reason),
            })),
        }),
        cursor: (person) => [iso(person.due_at), person.id],
      });
    },
  );
}

async function getOutage(deps: HttpDeps, workspaceId: string, id: string): Promise<OutageRow> {
  const from = new Date(/^\d{1,15}$/.test(id) ? Number(id) : Number.NaN);
  const row = Number.isNaN(from.getTime())
    ? undefined
    : await findOutage(deps.pools.console, workspaceId, from);
  if (row === undefined) throw notFound('outage', id);
  return row;
}

function queryOf(deps: HttpDeps, workspaceId: string, row: OutageRow) {
  return {
    workspaceId,
    from: row.from_at,
    until: row.until_at,
    upTo: row.settled_at ?? new Date(deps.now()),
  };
}

interface Numbers {
  readonly counts: OutageCounts;
  readonly messages: OutageMessages;
}

/** `of` is the workspace and the outage's beginning. What was counted once is not counted again; messages move on. */
async function countNow(deps: HttpDeps, db: Pool, of: string): Promise<Numbers> {
  const [workspaceId = '', id = ''] = of.split(' ');
  const row = await getOutage(deps, workspaceId, id);
  const query = queryOf(deps, workspaceId, row);
  const [counts, messages] = await Promise.all([
    row.counts ?? countOutage(db, query),
    countOutageMessages(db, query),
  ]);
  return { counts, messages };
}

async function viewOutage(numbers: Counter<Numbers>, workspaceId: string, row: OutageRow): Promise<Outage> {
  const id = String(row.from_at.getTime());
  const { counts, messages } = await numbers.get(`${workspaceId} ${id}`);
  return {
    id,
    from: iso(row.from_at),
    until: iso(row.until_at),
    settled: row.settled_at !== null,
    ...counts,
    messages: { ...messages },
  };
}

function namesOf(
  program: Program,
  templates: ReadonlyMap<string, string>,
  rows: readonly OutageRunRow[],
): DecisionNames {
  const known = namesIn(program.definition);
  const runs = new Map(rows.map((row) => [row.id, row]));
  return {
    ...known,
    templates,
    runs: new Map(rows.map((row) => [row.id, row.journey_key])),
    node: (id, key) => {
      const run = runs.get(id);
      const journey = program.definition.journeys.find((one) => one.key === run?.journey_key);
      const node = journey?.versions[String(run?.version)]?.nodes[key];
      return node === undefined ? undefined : nodeLabel(node, known, templates);
    },
  };
}

function fateOf({ state, reason }: OutageMessageRow): Fate {
  switch (state) {
    case 'sent':
      return 'sent';
    case 'dropped':
      return reason === 'too_late' ? 'too_late' : 'not_sent';
    case 'failed':
    case 'uncertain':
      return 'failed';
    default:
      return 'waiting';
  }
}
