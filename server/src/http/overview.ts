// The first page: the stage picture, ten people who are slipping with the reason, health of the data, what is to be done next.
import { dayStart, localDay } from '@rapport/engine';
import type { Person, Program } from '@rapport/engine';
import { z } from 'zod';
import type { Counter, Counts } from '../postgres/counts.ts';
import { listJourneys, type JourneyRow } from '../postgres/journeys.ts';
import { findSampleStore, type SampleStoreRow } from '../postgres/sample-store.ts';
import {
  listNextAppointments,
  findQuiet,
  listWaiting,
  loadDataHealth,
  loadSent,
  loadStates,
} from '../postgres/overview.ts';
import type { DataHealth, QuietRow, StateAt } from '../postgres/overview.ts';
import { findPeople } from '../postgres/people-read.ts';
import type { Pool } from '../postgres/pool.ts';
import { describeSending } from './sending-state.ts';
import { armingSchema, loadArming } from './arming.ts';
import type { Arming } from './arming.ts';
import { actorOf } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import { foresee } from './foresight.ts';
import { printId } from './ids.ts';
import { readPerson } from './person-view.ts';
import { rhythmOf, rhythmWords } from './rhythm.ts';
import { shortName } from './short-name.ts';
import { iso, isoOrNull, looseSchema } from './wire.ts';

const overviewSchema = z
  .object({
    /** Some of the numbers are minutes old, and counted afresh now: ask again in a moment. */
    counting: z.boolean(),
    people: z.number().int(),
    customers: z.number().int(),
    known: z.number().int(),
    as_of: z.string().nullable(),
    title: z.string(),
    models: z.array(
      z.object({
        key: z.string(),
        name: z.string(),
        is_default: z.boolean(),
        arming: armingSchema,
        stages: z.array(
          z.object({
            key: z.string(),
            name: z.string(),
            look: z.string(),
            people: z.number().int(),
            share: z.number(),
          }),
        ),
      }),
    ),
    quiet: z.object({
      count: z.number().int(),
      /** Lists whom it counts. */
      rule: looseSchema,
      items: z.array(
        z.object({
          id: z.string(),
          name: z.string().nullable(),
          email: z.string().nullable(),
          user_id: z.string().nullable(),
          last_order_at: z.string().nullable(),
          orders: z.number().int(),
          gap_days: z.number().int().nullable(),
          silent_days: z.number().int().nullable(),
          since: z.string(),
          as_of: z.string().nullable(),
          reason: z.string(),
        }),
      ),
      next: z.object({ id: z.string(), name: z.string().nullable(), at: z.string() }).nullable(),
    }),
    /** People with an open complaint: whoever waits longest first. */
    waiting: z.object({
      count: z.number().int(),
      items: z.array(
        z.object({
          id: z.string(),
          name: z.string().nullable(),
          email: z.string().nullable(),
          user_id: z.string().nullable(),
          since: z.string(),
        }),
      ),
    }),
    data_health: z.object({
      events_today: z.number().int(),
      last_event_at: z.string().nullable(),
      quarantined_7d: z.number().int(),
      parked: z.number().int(),
      lag_ms: z.number(),
      imports_running: z.number().int(),
    }),
    sent_7d: z.object({
      sent: z.number().int(),
      waiting: z.number().int(),
      not_sent: z.number().int(),
      failed: z.number().int(),
      uncertain: z.number().int(),
      withheld: z.number().int(),
    }),
    checklist: z.array(z.object({ key: z.string(), done: z.boolean() })),
  })
  .meta({ id: 'Overview' });

type Overview = z.infer<typeof overviewSchema>;

const quietSegment = 'quiet';
const goneSegment = 'gone';
const waitingSegment = 'open_complaint';
const waitingShown = 5;
const quietShown = 10;
const appointmentsLookedAt = 25;
const weekMs = 7 * 24 * 3_600_000;

export interface OverviewNumbers {
  readonly counts: Counter<Counts>;
  readonly health: Counter<DataHealth>;
}

export function registerOverview(app: App, deps: HttpDeps, numbers: OverviewNumbers): void {
  const db = deps.pools.console;
  const quietPeople = deps.counting.keep(
    (workspaceId, pool) =>
      findQuiet(pool, { workspaceId, segment: quietSegment, gone: goneSegment, limit: quietShown }),
    { failed: 'who is quiet could not be counted' },
  );
  app.get(
    '/api/overview',
    { schema: { tags: ['overview'], summary: 'The first page', response: { 200: overviewSchema } } },
    async (request): Promise<Overview> => {
      const { workspaceId } = actorOf(request);
      const program = await deps.programs.get(workspaceId);
      const now = deps.now();
      const [counted, quietNow, healthNow, sent, arming, journeys, sending, sample, waiting] =
        await Promise.all([
          numbers.counts.latest(workspaceId),
          // Who is gone is past being unusually quiet.
          quietPeople.latest(workspaceId),
          numbers.health.latest(workspaceId),
          loadSent(db, { workspaceId, since: new Date(now - weekMs) }),
          loadArming(deps, workspaceId),
          listJourneys(db, workspaceId),
          describeSending(deps, workspaceId),
          findSampleStore(db, workspaceId),
          listWaiting(db, { workspaceId, segment: waitingSegment, limit: waitingShown }),
        ]);
      const { value: counts } = counted;
      const { value: quiet } = quietNow;
      const { value: health } = healthNow;
      const lag = health.oldest_due_at === null ? 0 : now - health.oldest_due_at.getTime();
      return {
        counting: counted.counting || quietNow.counting || healthNow.counting,
        people: counts.people,
        customers: counts.customers,
        known: counts.segments.get('known') ?? 0,
        as_of: health.people_as_of * 2 > counts.people ? isoOrNull(health.newest_as_of) : null,
        title: titleOf(counts.customers, quiet.count),
        models: viewModels(program, counts, arming),
        quiet: {
          count: quiet.count,
          rule: quietRule(program),
          items: await viewQuiet(deps, workspaceId, { program, rows: quiet.first }),
          next: quiet.count > 0 ? null : await viewNext(deps, workspaceId, program),
        },
        waiting: {
          count: counts.segments.get(waitingSegment) ?? 0,
          items: waiting.map(({ id, since, ...shown }) => ({
            id: printId('per', id),
            ...shown,
            since: iso(since),
          })),
        },
        data_health: {
          events_today: health.events_today,
          last_event_at: isoOrNull(health.last_event_at),
          quarantined_7d: health.quarantined_7d,
          parked: health.parked,
          lag_ms: Math.max(0, lag),
          imports_running: health.imports_running,
        },
        sent_7d: { ...sent },
        checklist: [
          { key: 'import_or_connect', done: health.imports_done > 0 || health.live_events },
          { key: 'journey_on', done: journeys.some((journey) => isOn(journey, sample)) },
          { key: 'sender_set', done: sending.sender_set },
          { key: 'live_sending', done: sending.mode === 'live' },
        ],
      };
    },
  );
}

/** The sample store's own journeys are switched on for its people only. */
function isOn({ key, active_version: version }: JourneyRow, sample: SampleStoreRow | undefined): boolean {
  return version !== null && sample?.made.journeys.includes(key) !== true;
}

/** What `health` above counts, for the day and week in the workspace's zone. */
export async function countHealth(deps: HttpDeps, db: Pool, workspaceId: string): Promise<DataHealth> {
  const program = await deps.programs.get(workspaceId);
  const now = deps.now();
  const today = dayStart(program.zone, localDay(program.zone, now));
  return loadDataHealth(db, {
    workspaceId,
    now: new Date(now),
    dayStart: new Date(today),
    weekStart: new Date(now - weekMs),
  });
}

/** In the segment and not gone, as it is counted; where nobody can be gone, whoever is in the segment. */
function quietRule(program: Program): { [key: string]: unknown } {
  const quiet = { kind: 'segment', segment: quietSegment };
  if (!program.segmentByKey.has(goneSegment)) return quiet;
  return { kind: 'all', rules: [quiet, { kind: 'not', rule: { kind: 'segment', segment: goneSegment } }] };
}

function titleOf(customers: number, quiet: number): string {
  const number = new Intl.NumberFormat('en');
  if (customers === 0) return 'Nobody has ordered yet.';
  const who = customers === 1 ? '1 customer' : `${number.format(customers)} customers`;
  return quiet === 0 ? `${who}, nobody unusually quiet.` : `${who}, ${number.format(quiet)} unusually quiet.`;
}

function viewModels(program: Program, counts: Counts, arming: Arming): Overview['models'] {
  return program.definition.models.map((model, index) => {
    const people = counts.stages.get(model.key) ?? new Map<string, number>();
    const inside = [...people.values()].reduce((sum, n) => sum + n, 0);
    return {
      key: model.key,
      name: model.name,
      is_default: index === 0,
      arming,
      stages: model.stages.map(({ key, name, look }) => {
        const n = people.get(key) ?? 0;
        return {
          key,
          name,
          look,
          people: n,
          share: inside === 0 ? 0 : Math.round((n / inside) * 1000) / 1000,
        };
      }),
    };
  });
}

async function viewQuiet(
  deps: HttpDeps,
  workspaceId: string,
  { program, rows }: { readonly program: Program; readonly rows: readonly QuietRow[] },
): Promise<Overview['quiet']['items']> {
  const db = deps.pools.console;
  const [people, states] = await Promise.all([
    findPeople(db, workspaceId, rows),
    loadStates(db, workspaceId, rows),
  ]);
  const now = deps.now();
  return rows.flatMap((row) => {
    const shown = people.find(({ id }) => id === row.id);
    const state = states.find(({ id }) => id === row.id);
    if (shown === undefined || state === undefined) return [];
    const person = personOf(program, state);
    const rhythm = rhythmOf(program, person, now);
    return [
      {
        id: printId('per', row.id),
        name: shown.name,
        email: shown.email,
        user_id: shown.user_id,
        last_order_at: isoOrNull(shown.last_order_at),
        orders: shown.orders,
        gap_days: rhythm?.gapDays ?? null,
        silent_days: rhythm?.silentDays ?? null,
        since: iso(row.since),
        as_of: isoOrNull(shown.as_of),
        reason: rhythm === null ? 'Unusually quiet.' : rhythmWords(shortName(person), rhythm),
      },
    ];
  });
}

/** "Nobody is unusually quiet today. Next: Ana, on Thursday." */
async function viewNext(
  deps: HttpDeps,
  workspaceId: string,
  program: Program,
): Promise<Overview['quiet']['next']> {
  const states = await listNextAppointments(deps.pools.console, {
    workspaceId,
    now: new Date(deps.now()),
    limit: appointmentsLookedAt,
  });
  const joins = states.flatMap((state) => {
    const person = personOf(program, state);
    const at = foresee(program, person, [quietSegment]).joins.get(quietSegment);
    return at === undefined ? [] : [{ id: state.id, name: shortName(person), at }];
  });
  joins.sort((a, b) => a.at - b.at);
  const [first] = joins;
  return first === undefined ? null : { id: printId('per', first.id), name: first.name, at: iso(first.at) };
}

function personOf(program: Program, state: StateAt): Person {
  return readPerson(program, { ...state, program_version: program.version });
}
