// The first meeting after a history came in: who is there, whom to look at first and why; and the message that would help, with
// what is needed before it can go. Decides nothing, starts nothing.
import { readyJourneys } from '@rapport/engine';
import type { JourneyGraph } from '@rapport/engine';
import { z } from 'zod';
import { listJourneys, listVersions } from '../postgres/journeys.ts';
import { countApart, loadStates } from '../postgres/overview.ts';
import { findPeople } from '../postgres/people-read.ts';
import {
  countCustomers,
  countMailable,
  findLastImport,
  findLookBack,
  listToMeet,
  type CustomersRow,
} from '../postgres/reveal.ts';
import { findSampleStore } from '../postgres/sample-store.ts';
import { listTemplates } from '../postgres/templates.ts';
import { actorOf } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import { notFound, printId } from './ids.ts';
import { entersWords } from './journey-words.ts';
import { loadKnown } from './known.ts';
import { readPerson } from './person-view.ts';
import { rhythmOf, rhythmWords } from './rhythm.ts';
import { shortName } from './short-name.ts';
import { describeSending } from './sending-state.ts';
import { suggestJourneys, type Suggestion } from './suggestion.ts';
import { isoOrNull } from './wire.ts';

const quietSegment = 'quiet';
const goneSegment = 'gone';
const consentedSegment = 'consented';
const metMax = 12;
/** Fewer people with a rhythm of their own than this: quiet is judged by what is usual for everyone. */
const rhythmicMin = 20;

const revealSchema = z
  .object({
    customers: z.number().int(),
    once: z.number().int(),
    rhythmic: z.number().int(),
    with_email: z.number().int(),
    with_name: z.number().int(),
    /** Known up to an earlier day only. */
    frozen: z.number().int(),
    last_order_at: z.string().nullable(),
    gap_days: z.number().nullable(),
    little_history: z.boolean(),
    people: z.array(
      z.object({
        id: z.string(),
        name: z.string().nullable(),
        email: z.string().nullable(),
        user_id: z.string().nullable(),
        reason: z.string(),
      }),
    ),
  })
  .meta({ id: 'Reveal' });

const messageSchema = z
  .object({
    journey: z.object({
      key: z.string(),
      name: z.string(),
      description: z.string(),
      version: z.number().int(),
      active_version: z.number().int().nullable(),
      enters: z.string(),
      hold_out: z.number(),
    }),
    why: z.string(),
    templates: z.array(z.object({ key: z.string(), name: z.string() })),
    others: z.array(z.object({ key: z.string(), name: z.string(), why: z.string() })),
    /** The look back that holds for what is here now; null when none was asked yet. */
    backtest: z.object({ id: z.string(), state: z.string() }).nullable(),
    customers: z.number().int(),
    frozen: z.number().int(),
    mailable: z.object({ customers: z.number().int(), quiet: z.number().int() }),
    needs: z.object({
      permission: z.boolean(),
      sender: z.boolean(),
      mode: z.enum(['mailbox', 'test', 'live']),
      /** The newest file that came without a permission. */
      import: z.object({ id: z.string(), file_name: z.string() }).nullable(),
    }),
  })
  .meta({ id: 'FirstMessage' });

export function registerReveal(app: App, deps: HttpDeps): void {
  const customers = deps.counting.keep((workspaceId, pool) => countCustomers(pool, workspaceId), {
    failed: 'customers could not be counted',
  });
  const quietPeople = deps.counting.keep(
    (workspaceId, pool) => countApart(pool, { workspaceId, segment: quietSegment, apart: goneSegment }),
    { failed: 'who is quiet could not be counted' },
  );

  app.get(
    '/api/reveal',
    {
      schema: {
        tags: ['overview'],
        summary: 'Whom to meet first, and what the history carries',
        response: { 200: revealSchema },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const row = await customers.get(workspaceId);
      const program = await deps.programs.get(workspaceId);
      return {
        ...row,
        last_order_at: isoOrNull(row.last_order_at),
        gap_days: program.definition.gap_days,
        little_history: row.customers > 0 && row.rhythmic < rhythmicMin,
        people: await viewPeople(deps, workspaceId),
      };
    },
  );

  app.get(
    '/api/first-message',
    {
      schema: {
        tags: ['overview'],
        summary:
          'The ready journey that would help first, what is needed before it can go, and its look back',
        querystring: z.object({ journey: z.string().max(100).optional() }),
        response: { 200: messageSchema },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const row = await customers.get(workspaceId);
      const quiet = await quietPeople.get(workspaceId);
      return viewMessage(deps, { workspaceId, customers: row, quiet, wanted: request.query.journey });
    },
  );
}

async function viewPeople(
  deps: HttpDeps,
  workspaceId: string,
): Promise<z.infer<typeof revealSchema>['people']> {
  const db = deps.pools.console;
  const program = await deps.programs.get(workspaceId);
  const rows = await listToMeet(db, { workspaceId, quiet: quietSegment, gone: goneSegment, limit: metMax });
  const [people, states] = await Promise.all([
    findPeople(db, workspaceId, rows),
    loadStates(db, workspaceId, rows),
  ]);
  return rows.flatMap(({ id }) => {
    const shown = people.find((one) => one.id === id);
    const state = states.find((one) => one.id === id);
    if (shown === undefined || state === undefined) return [];
    const person = readPerson(program, { ...state, program_version: program.version });
    const rhythm = rhythmOf(program, person, deps.now());
    const { name, email, user_id } = shown;
    const reason = rhythm === null ? 'Unusually quiet.' : rhythmWords(shortName(person), rhythm);
    return [{ id: printId('per', id), name, email, user_id, reason }];
  });
}

async function viewMessage(
  deps: HttpDeps,
  of: {
    readonly workspaceId: string;
    readonly customers: CustomersRow;
    readonly quiet: number;
    readonly wanted: string | undefined;
  },
): Promise<z.infer<typeof messageSchema>> {
  const db = deps.pools.console;
  const { workspaceId, customers } = of;
  const journeys = await listJourneys(db, workspaceId);
  const ready = new Set(readyJourneys.map(({ key }) => key));
  const off = journeys.filter(({ key, active_version: version }) => ready.has(key) && version === null);
  const facts = { ...customers, quiet: of.quiet, off: new Set(off.map(({ key }) => key)) };
  const suggested = suggestJourneys(facts);
  const key = of.wanted ?? suggested[0]?.journey ?? journeys[0]?.key;
  const journey = journeys.find((one) => one.key === key);
  if (journey === undefined) throw notFound('journey', key ?? 'that is ready');
  const program = await deps.programs.get(workspaceId);
  const [[newest], { names }, templates, mailable, last, sample, sending] = await Promise.all([
    listVersions(db, { workspaceId, key: journey.key }),
    loadKnown(db, workspaceId, program.definition),
    listTemplates(db, workspaceId),
    countMailable(db, {
      workspaceId,
      consented: consentedSegment,
      quiet: quietSegment,
      gone: goneSegment,
    }),
    findLastImport(db, workspaceId),
    findSampleStore(db, workspaceId),
    describeSending(deps, workspaceId),
  ]);
  if (newest === undefined) throw new Error(`journey ${journey.key} has no version`);
  const lookBack = await findLookBack(db, {
    workspaceId,
    key: journey.key,
    version: newest.version,
    since: newestOf([last?.finished_at, sample?.finished_at, newest.created_at]),
  });
  return {
    journey: {
      key: journey.key,
      name: journey.name,
      description: journey.description,
      version: newest.version,
      active_version: journey.active_version,
      enters: entersWords(newest.graph, names),
      hold_out: newest.graph.hold_out ?? 0,
    },
    why: suggested.find((one) => one.journey === journey.key)?.why ?? journey.description,
    templates: lettersOf(newest.graph).map((letter) => ({
      key: letter,
      name: templates.find((one) => one.key === letter)?.name ?? letter,
    })),
    others: suggested.filter((one) => one.journey !== journey.key).map((one) => viewOther(one, journeys)),
    backtest: lookBack === undefined ? null : { id: printId('bkt', lookBack.id), state: lookBack.state },
    customers: customers.customers,
    frozen: customers.frozen,
    mailable,
    needs: {
      permission: mailable.customers === 0,
      sender: !sending.sender_set,
      mode: sending.mode,
      import: last?.permission === 'none' ? { id: printId('imp', last.id), file_name: last.file_name } : null,
    },
  };
}

/** In the order in which somebody gets them. */
function lettersOf(graph: JourneyGraph): readonly string[] {
  const letters = new Set<string>();
  const seen = new Set<string>();
  const ahead = [graph.entry];
  for (let key = ahead.shift(); key !== undefined; key = ahead.shift()) {
    const node = graph.nodes[key];
    if (seen.has(key) || node === undefined) continue;
    seen.add(key);
    if (node.kind === 'email') letters.add(node.template);
    if (node.kind === 'branch') ahead.push(node.then, node.else);
    else if (node.kind === 'wait_until') ahead.push(node.next, node.timeout);
    else if (node.kind !== 'exit') ahead.push(node.next);
  }
  return [...letters];
}

function viewOther(
  { journey, why }: Suggestion,
  journeys: readonly { readonly key: string; readonly name: string }[],
): { readonly key: string; readonly name: string; readonly why: string } {
  return { key: journey, name: journeys.find(({ key }) => key === journey)?.name ?? journey, why };
}

function newestOf(dates: readonly (Date | null | undefined)[]): Date {
  return new Date(Math.max(0, ...dates.map((date) => date?.getTime() ?? 0)));
}
