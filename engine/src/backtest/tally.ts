// Many people's outcomes added up: plain data that a thread can send and another can add to. The order of adding is no matter.
import { share } from '../lib/id.ts';
import type { DurationMs, Instant, LocalDay } from '../lib/instant.ts';
import { DAY_MS } from '../lib/instant.ts';
import { localDay } from '../lib/zone.ts';
import type { Zone } from '../lib/zone.ts';
import type { Backtest } from './live.ts';
import { sampleOf } from './sample.ts';
import type { SamplePerson } from './sample.ts';
import type { Anyway, MessageStory, Outcome, Reached } from './story.ts';

/** A message of another journey this long before or after counts as overlap. */
export const OVERLAP_MS: DurationMs = 7 * DAY_MS;
/** Longer spans are shown by week. */
const DAYS_SHOWN_MAX = 92;

export type SeriesUnit = 'day' | 'week';

export interface Counts {
  [key: string]: number;
}

export interface PointTally {
  times: number;
  people: number;
  messages: number;
  readonly by: Counts;
}

export interface AnywayTally {
  readonly ordered: number;
  readonly not_ordered: number;
  readonly contacted: number;
  readonly undecided: number;
}

export interface NodeTally {
  asked: number;
  sent: number;
  held: number;
  dropped: number;
  withheld: number;
  waiting: number;
  readonly channel: string;
  readonly template: string | null;
}

export interface StageTally {
  at_start: number;
  at_end: number;
  times: number;
  people: number;
  anyway: AnywayTally;
}

/** Somebody whose message of the tested journey waited, or was not sent. */
export interface Example {
  readonly id: string;
  readonly at: Instant;
  /** A hash of the id: those with the smallest are told. */
  readonly chance: number;
}

/** Of each reason so many people are told. */
const EXAMPLES_MAX = 3;

/** Mutable while it is filled. */
export interface Tally {
  people: number;
  events: number;
  first_at: Instant | null;
  skipped: number;
  reached: { people: number; times: number; already: number; at_end: number };
  readonly points: { [day: string]: PointTally };
  readonly stages: { [stage: string]: StageTally };
  /** Key `from>to`; an empty side is no stage. */
  readonly moves: Counts;
  /** Moved by what was learnt anew: in none of the figures of what was reached. */
  refits: { times: number; people: number };
  journey: { runs: number; control: number; goals: number; under_way: number };
  readonly ends: Counts;
  readonly visits: Counts;
  messaged: number;
  readonly held: Counts;
  readonly dropped: Counts;
  /** By `held:` or `dropped:` and the reason; each person once a reason. */
  readonly examples: { [reason: string]: readonly Example[] };
  readonly nodes: { [node: string]: NodeTally };
  overlap: { in_another: number; another_message: number; any: number };
  readonly others: { [journey: string]: { in_run: number; message: number } };
  anyway: AnywayTally;
  sample: readonly SamplePerson[];
}

const NO_ANYWAY: AnywayTally = { ordered: 0, not_ordered: 0, contacted: 0, undecided: 0 };

export function emptyTally(): Tally {
  return {
    people: 0,
    events: 0,
    first_at: null,
    skipped: 0,
    reached: { people: 0, times: 0, already: 0, at_end: 0 },
    points: {},
    stages: {},
    moves: {},
    refits: { times: 0, people: 0 },
    journey: { runs: 0, control: 0, goals: 0, under_way: 0 },
    ends: {},
    visits: {},
    messaged: 0,
    held: {},
    dropped: {},
    examples: {},
    nodes: {},
    overlap: { in_another: 0, another_message: 0, any: 0 },
    others: {},
    anyway: NO_ANYWAY,
    sample: [],
  };
}

/** `sampleMax`: people kept with their timelines. */
export function addOutcome(backtest: Backtest, tally: Tally, outcome: Outcome, sampleMax: number): void {
  tally.people += 1;
  tally.events += outcome.events;
  tally.first_at = earliest(tally.first_at, outcome.firstAt);
  tally.skipped += outcome.skipped;
  if (outcome.atStart !== null) tally.reached.already += 1;
  if (outcome.atEnd !== null) tally.reached.at_end += 1;
  tally.refits.times += outcome.refits.length;
  if (outcome.refits.length > 0) tally.refits.people += 1;
  const isModel = backtest.tested.kind === 'model';
  if (isModel) addStages(tally, outcome);
  const reached = outcome.reached.filter((one) => one.to !== null);
  const own = ownKey(backtest);
  if (own !== null) addJourney(tally, outcome, own);
  addSeries(
    backtest,
    tally,
    reached,
    outcome.messages.filter((m) => m.journey === own),
    isModel,
  );
  const [first] = reached;
  if (first === undefined || outcome.anyway === null) return;
  tally.reached.people += 1;
  tally.reached.times += reached.length;
  tally.anyway = counted(tally.anyway, outcome.anyway);
  addOverlap(tally, outcome, first, own);
  keepInSample(tally, outcome, { sampleMax, own });
}

/** The same as one tally of all people. */
export function mergeTallies(a: Tally, b: Tally, sampleMax: number): Tally {
  const merged = mergeNumbers(a, b);
  return {
    ...merged,
    first_at: earliest(a.first_at, b.first_at),
    examples: mergeExamples(a.examples, b.examples),
    sample: smallest([...a.sample, ...b.sample], sampleMax),
  };
}

function mergeExamples(a: Tally['examples'], b: Tally['examples']): Tally['examples'] {
  const merged = { ...a };
  for (const [reason, more] of Object.entries(b))
    merged[reason] = smallest([...(merged[reason] ?? []), ...more], EXAMPLES_MAX);
  return merged;
}

/** By day up to 92 of them, else by week. */
export function seriesUnit(backtest: Pick<Backtest, 'options' | 'program'>): SeriesUnit {
  const { span } = backtest.options;
  const { zone } = backtest.program;
  return localDay(zone, span.to - 1) - localDay(zone, span.from) < DAYS_SHOWN_MAX ? 'day' : 'week';
}

/** The first day of the point that an instant falls in; weeks begin on Monday. */
export function pointOf(zone: Zone, unit: SeriesUnit, at: Instant): LocalDay {
  const day = localDay(zone, at);
  // 1970-01-01 was a Thursday.
  return unit === 'day' ? day : day - ((((day + 3) % 7) + 7) % 7);
}

function ownKey({ tested }: Backtest): string | null {
  return tested.kind === 'journey' ? tested.key : null;
}

function addStages(tally: Tally, outcome: Outcome): void {
  const stage = (key: string): StageTally =>
    (tally.stages[key] ??= { at_start: 0, at_end: 0, times: 0, people: 0, anyway: NO_ANYWAY });
  if (outcome.atStart !== null) stage(outcome.atStart).at_start += 1;
  if (outcome.atEnd !== null) stage(outcome.atEnd).at_end += 1;
  for (const { from, to } of outcome.reached) {
    count(tally.moves, `${from ?? ''}>${to ?? ''}`);
    if (to !== null) stage(to).times += 1;
  }
  for (const [key, anyway] of Object.entries(outcome.anywayByStage)) {
    const into = stage(key);
    into.people += 1;
    into.anyway = counted(into.anyway, anyway);
  }
}

function addJourney(tally: Tally, outcome: Outcome, own: string): void {
  for (const run of outcome.runs) {
    if (run.journey !== own) continue;
    tally.journey.runs += 1;
    if (run.arm === 'control') tally.journey.control += 1;
    if (run.goalAt !== null) tally.journey.goals += 1;
    if (run.ended === null) tally.journey.under_way += 1;
    else count(tally.ends, run.ended);
    for (const node of run.nodes) count(tally.visits, node);
  }
  const mine = outcome.messages.filter((m) => m.journey === own);
  if (mine.some((m) => m.end === 'sent')) tally.messaged += 1;
  for (const message of mine) addMessage(tally, message);
  addExamples(tally, outcome.id, mine);
}

function addMessage(tally: Tally, message: MessageStory): void {
  const { channel, template } = message;
  const node = (tally.nodes[message.node] ??= { ...NO_MESSAGES, channel, template });
  node.asked += 1;
  node[message.end] += 1;
  if (message.held !== null) {
    node.held += 1;
    count(tally.held, message.held);
  }
  if (message.dropped !== null) count(tally.dropped, message.dropped);
}

function addExamples(tally: Tally, id: string, messages: readonly MessageStory[]): void {
  const chance = share('backtest', id);
  const told = new Set<string>();
  const tell = (reason: string, at: Instant): void => {
    if (told.has(reason)) return;
    told.add(reason);
    const kept = tally.examples[reason] ?? [];
    if (kept.length < EXAMPLES_MAX || chance < kept.at(-1)!.chance)
      tally.examples[reason] = smallest([...kept, { id, at, chance }], EXAMPLES_MAX);
  };
  for (const { held, dropped, askedAt, endedAt } of messages) {
    if (held !== null) tell(`held:${held}`, askedAt);
    if (dropped !== null) tell(`dropped:${dropped}`, endedAt ?? askedAt);
  }
}

const NO_MESSAGES = { asked: 0, sent: 0, held: 0, dropped: 0, withheld: 0, waiting: 0 };

function addSeries(
  backtest: Backtest,
  tally: Tally,
  reached: readonly Reached[],
  messages: readonly MessageStory[],
  byStage: boolean,
): void {
  if (reached.length === 0 && messages.length === 0) return;
  const { zone } = backtest.program;
  const unit = seriesUnit(backtest);
  const point = (at: Instant): PointTally => {
    const key = String(pointOf(zone, unit, at));
    return (tally.points[key] ??= { times: 0, people: 0, messages: 0, by: {} });
  };
  const points = new Set<PointTally>();
  for (const { at, to } of reached) {
    const into = point(at);
    into.times += 1;
    points.add(into);
    if (byStage && to !== null) count(into.by, to);
  }
  for (const into of points) into.people += 1;
  for (const { end, endedAt } of messages)
    if (end === 'sent' && endedAt !== null) point(endedAt).messages += 1;
}

/** Asked at the first moment reached. */
function addOverlap(tally: Tally, outcome: Outcome, { at }: Reached, own: string | null): void {
  const runs = outcome.runs.filter(
    (run) => run.journey !== own && run.startedAt <= at && (run.endedAt === null || at < run.endedAt),
  );
  const messages = outcome.messages.filter(
    (m) =>
      m.journey !== own && m.endedAt !== null && m.end === 'sent' && Math.abs(m.endedAt - at) < OVERLAP_MS,
  );
  if (runs.length > 0) tally.overlap.in_another += 1;
  if (messages.length > 0) tally.overlap.another_message += 1;
  if (runs.length > 0 || messages.length > 0) tally.overlap.any += 1;
  const other = (key: string) => (tally.others[key] ??= { in_run: 0, message: 0 });
  for (const key of new Set(runs.map((run) => run.journey))) other(key).in_run += 1;
  for (const key of new Set(messages.map((m) => m.journey))) other(key).message += 1;
}

function keepInSample(
  tally: Tally,
  outcome: Outcome,
  how: { readonly sampleMax: number; readonly own: string | null },
): void {
  const chance = share('backtest', outcome.id);
  const worst = tally.sample.length < how.sampleMax ? null : tally.sample.at(-1);
  if (how.sampleMax === 0 || (worst !== null && worst !== undefined && chance >= worst.chance)) return;
  tally.sample = smallest([...tally.sample, sampleOf(outcome, chance, how.own)], how.sampleMax);
}

function smallest<T extends { readonly id: string; readonly chance: number }>(
  sample: readonly T[],
  max: number,
): readonly T[] {
  return [...sample].sort((a, b) => a.chance - b.chance || (a.id < b.id ? -1 : 1)).slice(0, max);
}

function counted(tally: AnywayTally, { verdict }: Anyway): AnywayTally {
  return { ...tally, [verdict]: tally[verdict] + 1 };
}

function count(counts: Counts, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

function earliest(a: Instant | null, b: Instant | null): Instant | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

/** Numbers add, objects are merged key by key; texts and what only one side has are kept. */
function mergeNumbers<T extends object>(a: T, b: T): T {
  const merged: { [key: string]: unknown } = Object.fromEntries(Object.entries(a));
  for (const [key, value] of Object.entries(b)) {
    const mine = merged[key];
    if (typeof mine === 'number' && typeof value === 'number') merged[key] = mine + value;
    else if (isRecord(mine) && isRecord(value)) merged[key] = mergeNumbers(mine, value);
    else merged[key] = mine ?? value;
  }
  return merged as T;
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
