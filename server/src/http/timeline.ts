// One person's timeline: facts and decisions in one list, newest first, each decision with the fact that caused it.
import type { Decision } from '@rapport/engine';
import { z } from 'zod';
import { ProblemError } from '../errors.ts';
import type { PersonKey } from '../postgres/bucket.ts';
import { listPersonNotes } from '../postgres/notes.ts';
import type { NoteRow } from '../postgres/notes.ts';
import { listPersonDecisions, listPersonEvents } from '../postgres/people-read.ts';
import type { TimelineDecisionRow, TimelineEventRow, TimelinePlace } from '../postgres/people-read.ts';
import { decisionSentence } from './decision-words.ts';
import type { DecisionNames } from './decision-words.ts';
import type { HttpDeps } from './deps.ts';
import { printId } from './ids.ts';
import { readCursor, toPage } from './paging.ts';
import { noteSchema, viewNote } from './person-notes.ts';
import { iso } from './wire.ts';

const becauseSchema = z.object({ kind: z.string(), id: z.string().nullable() });

export const timelineItemSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('event'),
    id: z.string(),
    name: z.string(),
    at: z.string(),
    /** A file gave the day only: the time of `at` means nothing. */
    day_only: z.boolean(),
    received_at: z.string(),
    properties: z.record(z.string(), z.unknown()),
    traits: z.record(z.string(), z.unknown()),
    trust: z.string(),
    parked: z.boolean(),
  }),
  z.object({
    kind: z.literal('decision'),
    id: z.string(),
    decision: z.string(),
    at: z.string(),
    decided_at: z.string(),
    sentence: z.string(),
    /** Of a stage move: the condition of the stage that was reached, as it reads today. */
    reason: z.string().nullable(),
    because: becauseSchema,
    program_version: z.number().int(),
    detail: z.record(z.string(), z.unknown()),
  }),
  noteSchema.extend({ kind: z.literal('note') }),
]);

type TimelineItem = z.infer<typeof timelineItemSchema>;

type Row =
  | { readonly kind: 'event'; readonly at: Date; readonly row: TimelineEventRow }
  | { readonly kind: 'decision'; readonly at: Date; readonly row: TimelineDecisionRow }
  | { readonly kind: 'note'; readonly at: Date; readonly row: NoteRow };

/** What somebody wants to see only: names of events (as patterns) and kinds of decisions. */
const shown = {
  orders: { events: ['Order %', 'Checkout %', 'Subscription %', 'Invoice %', 'Booking %'], decisions: [] },
  visits: { events: ['Page Viewed', 'Screen Viewed', 'Product %', 'Cart %', 'Products %'], decisions: [] },
  messages: {
    events: ['Email %', 'SMS %', 'Push %'],
    decisions: ['message_requested', 'message_withheld', 'message_looked', 'message_result'],
  },
  answers: {
    events: ['Survey %', 'Review %', 'NPS %', 'CSAT %', 'Complaint %', 'Conversation %'],
    decisions: [],
  },
  points: { events: [], decisions: ['points_posted', 'tier_changed', 'refund_counted'] },
  stages: { events: [], decisions: ['stage_changed', 'episode_opened', 'episode_ended'] },
  segments: { events: [], decisions: ['segment_joined', 'segment_left'] },
  journeys: { events: [], decisions: ['run_started', 'run_moved', 'goal_reached', 'run_ended'] },
  consents: { events: ['Consent %'], decisions: ['consent_changed'] },
  records: { events: ['Identified'], decisions: ['merged', 'thawed', 'frozen', 'restated'] },
  notes: { events: [], decisions: [] },
} as const;

export type Show = keyof typeof shown;
export const showSchema = z.enum([
  'orders',
  'visits',
  'messages',
  'answers',
  'points',
  'stages',
  'segments',
  'journeys',
  'consents',
  'records',
  'notes',
]);

export interface TimelineNames extends DecisionNames {
  readonly zone: string;
  /** What counts as an order and as a visit here, by names of events. */
  readonly counted: { readonly orders: readonly string[]; readonly visits: readonly string[] };
  /** The condition of a stage, in words; undefined where the stage is not defined any more. */
  readonly conditionOf: (model: string, stage: string) => string | undefined;
}

/** Patterns of `like` for events, names for decisions; null: all. What the kind of business counts as an order or a visit is one here. */
function kindsOf(
  show: Show | undefined,
  counted: TimelineNames['counted'],
): { readonly events: readonly string[] | null; readonly decisions: readonly string[] | null } {
  if (show === undefined) return { events: null, decisions: null };
  const { events, decisions } = shown[show];
  const more = show === 'orders' || show === 'visits' ? counted[show] : [];
  return { events: [...events, ...more.map((name) => name.replaceAll(/[\\%_]/g, '\\$&'))], decisions };
}

export async function listTimeline(
  deps: HttpDeps,
  page: {
    readonly workspaceId: string;
    readonly keys: readonly PersonKey[];
    readonly cursor: string | undefined;
    readonly limit: number;
    readonly names: TimelineNames;
    readonly show: Show | undefined;
  },
): Promise<{ items: TimelineItem[]; next_cursor: string | null }> {
  const db = deps.pools.console;
  const kinds = kindsOf(page.show, page.names.counted);
  const asked = { ...page, kinds, before: readPlace(page.cursor), limit: page.limit + 1 };
  const hasNotes = page.show === undefined || page.show === 'notes';
  const [events, decisions, notes] = await Promise.all([
    listPersonEvents(db, asked),
    listPersonDecisions(db, asked),
    hasNotes ? listPersonNotes(db, asked) : [],
  ]);
  const rows: Row[] = [
    ...decisions.map((row) => ({ kind: 'decision' as const, at: row.due_at, row })),
    ...events.map((row) => ({ kind: 'event' as const, at: row.at, row })),
    ...notes.map((row) => ({ kind: 'note' as const, at: row.at, row })),
  ];
  // The lists come sorted; a stable sort keeps decisions above the events of the same instant, and notes below.
  rows.sort((a, b) => b.at.getTime() - a.at.getTime());
  const parsed = new Map(decisions.map((row) => [row, parseDecision(row)]));
  return toPage(rows, {
    limit: page.limit,
    item: (row) => {
      switch (row.kind) {
        case 'event':
          return viewEvent(row.row, page.names.zone);
        case 'decision':
          return viewDecision(row.row, parsed.get(row.row), page.names);
        case 'note':
          return { kind: 'note' as const, ...viewNote(row.row) };
      }
    },
    cursor: (row) => [iso(row.at), row.kind, idOf(row)],
  });
}

function viewEvent(row: TimelineEventRow, zone: string): TimelineItem {
  const body = readObject(row.body);
  return {
    kind: 'event',
    id: row.message_id,
    name: row.name,
    at: iso(row.at),
    day_only: body['trust'] === 'import' && isNoon(row.at, zone),
    received_at: iso(row.received_at),
    properties: asRecord(body['properties']),
    traits: asRecord(body['traits']),
    trust: typeof body['trust'] === 'string' ? body['trust'] : 'server',
    parked: row.parked,
  };
}

function viewDecision(
  row: TimelineDecisionRow,
  decision: Decision | undefined,
  names: TimelineNames,
): TimelineItem {
  const {
    kind: _kind,
    seq: _seq,
    due_at: _due,
    decided_at: _decided,
    cause,
    program,
    ...detail
  } = readObject(row.body);
  const because = asRecord(cause);
  return {
    kind: 'decision',
    id: String(row.seq),
    decision: row.kind,
    at: iso(row.due_at),
    decided_at: iso(row.decided_at),
    sentence: decision === undefined ? row.kind : decisionSentence(decision, names),
    reason:
      decision?.kind === 'stage_changed' && decision.to !== null
        ? (names.conditionOf(decision.model, decision.to) ?? null)
        : null,
    because: {
      kind: typeof because['kind'] === 'string' ? because['kind'] : 'time',
      id: typeof because['id'] === 'string' ? because['id'] : null,
    },
    program_version: typeof program === 'number' ? program : 0,
    detail: row.kind === 'merged' ? withoutStanding(detail) : detail,
  };
}

/** An import places a date without a time at 12:00 in the workspace's zone (import/dates.ts). */
function isNoon(at: Date, zone: string): boolean {
  const local = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).toPlainTime();
  return Temporal.PlainTime.compare(local, new Temporal.PlainTime(12)) === 0;
}

/** The other side's whole standing is no reading matter. */
function withoutStanding(detail: { readonly [key: string]: unknown }): { [key: string]: unknown } {
  const { standing: _standing, person, ...rest } = detail;
  return { ...rest, person: typeof person === 'string' ? printId('per', person) : null };
}

/** Trusts what is stored: only steps.ts writes decisions. */
function parseDecision(row: TimelineDecisionRow): Decision {
  return { ...JSON.parse(row.body), kind: row.kind, seq: row.seq } as Decision;
}

function readObject(text: string): { [key: string]: unknown } {
  const parsed: unknown = JSON.parse(text);
  return asRecord(parsed);
}

function asRecord(value: unknown): { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function idOf(row: Row): string {
  switch (row.kind) {
    case 'event':
      return row.row.message_id;
    case 'decision':
      return `${row.row.seq}:${row.row.person_id}`;
    case 'note':
      return row.row.id;
  }
}

const idPatterns = { decision: /^\d{1,9}:[0-9a-f-]{36}$/, note: /^[0-9a-f-]{36}$/ };

function readPlace(cursor: string | undefined): TimelinePlace | null {
  const parts = readCursor(cursor, 3);
  if (parts === null) return null;
  const [at, kind, id] = parts;
  const instant = new Date(typeof at === 'string' ? at : Number.NaN);
  const isKind = kind === 'event' || kind === 'decision' || kind === 'note';
  const isId =
    typeof id === 'string' && (kind === 'event' || idPatterns[kind === 'note' ? kind : 'decision'].test(id));
  if (Number.isNaN(instant.getTime()) || !isKind || !isId) {
    throw new ProblemError({
      code: 'invalid_cursor',
      path: 'cursor',
      message: 'The cursor is not one that this list has given out.',
      hint: 'Take `next_cursor` of the page before.',
    });
  }
  return { at: instant, kind, id };
}
