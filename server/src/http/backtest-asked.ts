// What a backtest is asked to test and over which time, read and checked, with everything that is wrong told at once. The same
// for the API and the command line. Reads only.
import { DAY_MS, parseJourney, parseRule, TESTED_KEY } from '@rapport/engine';
import type { Definition, Tested } from '@rapport/engine';
import { z } from 'zod';
import { ProblemError } from '../errors.ts';
import { loadKnownUntil } from '../postgres/backtests.ts';
import type { BacktestAsked, BacktestOf } from '../postgres/backtest-stored.ts';
import { listVersions } from '../postgres/journeys.ts';
import type { Queryable } from '../postgres/pool.ts';
import { notFound } from './ids.ts';
import { getJourney, pickVersion } from './journey-view.ts';
import { loadKnown } from './known.ts';
import { readModel, withoutShown } from './lifecycle-model.ts';
import { invalid } from './refusals.ts';

const sampleDefault = 20;
const spanDefaultMs = 365 * DAY_MS;
const keySchema = z.string().min(1).max(100);

export const askedSchema = z.strictObject({
  of: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('rule'), rule: z.unknown() }),
    z.strictObject({ kind: z.literal('segment'), key: keySchema }),
    z.strictObject({ kind: z.literal('model'), key: keySchema.optional(), model: z.unknown().optional() }),
    z.strictObject({
      kind: z.literal('journey'),
      key: keySchema.optional(),
      version: z.number().int().min(1).optional(),
      graph: z.unknown().optional(),
    }),
  ]),
  from: z.string().max(40).optional(),
  to: z.string().max(40).optional(),
  assume_consent: z.boolean().default(false),
  others: z.boolean().default(true),
  hold_out: z.boolean().default(false),
  sample: z.number().int().min(0).max(100).default(sampleDefault),
});

export type Asked = z.infer<typeof askedSchema>;

interface Around {
  readonly db: Queryable;
  readonly definition: Definition;
  readonly now: number;
}

export async function readAsked(around: Around, asked: Asked): Promise<BacktestAsked> {
  const { of, tested, name } = await readTested(around, asked.of);
  const span = await readSpan(around, asked);
  const { assume_consent, others, hold_out, sample } = asked;
  return { of, tested, name, ...span, assume_consent, others, hold_out, sample };
}

interface Named {
  readonly of: BacktestOf;
  readonly tested: Tested;
  readonly name: string;
}

async function readTested(around: Around, of: Asked['of']): Promise<Named> {
  switch (of.kind) {
    case 'rule':
      return readRule(around, of.rule);
    case 'segment':
      return findSegment(around.definition, of.key);
    case 'model':
      oneOf(of, 'model');
      return of.key === undefined ? readNewModel(around, of.model) : findModel(around.definition, of.key);
    case 'journey':
      oneOf(of, 'graph');
      return of.key === undefined
        ? readNewJourney(around, of.graph)
        : findVersion(around, of.key, of.version);
  }
}

async function readRule({ db, definition }: Around, json: unknown): Promise<Named> {
  const { known } = await loadKnown(db, definition.workspace, definition);
  const parsed = parseRule(json, known, '/of/rule');
  if (!parsed.ok) throw invalid('invalid_rule', parsed.problems, 'The rule is not valid');
  const tested: Tested = { kind: 'segment', key: TESTED_KEY, rule: parsed.value };
  return { of: { kind: 'rule', rule: parsed.value }, tested, name: 'this rule' };
}

function findSegment(definition: Definition, key: string): Named {
  const segment = definition.segments.find((one) => one.key === key);
  if (segment === undefined) throw notFound('segment', key);
  const tested: Tested = { kind: 'segment', key, rule: segment.rule };
  return { of: { kind: 'segment', key }, tested, name: segment.name };
}

function findModel(definition: Definition, key: string): Named {
  const model = definition.models.find((one) => one.key === key);
  if (model === undefined) throw notFound('active lifecycle model', key);
  return { of: { kind: 'model', key }, tested: { kind: 'model', model }, name: model.name };
}

async function readNewModel({ db, definition }: Around, json: unknown): Promise<Named> {
  const things = await loadKnown(db, definition.workspace, definition);
  const shown = typeof json === 'object' && json !== null ? withoutShown({ ...json }) : {};
  const { active: _active, ...body } = shown;
  const model = readModel(body, definition, things);
  return { of: { kind: 'model', model }, tested: { kind: 'model', model }, name: model.name };
}

async function findVersion(
  { db, definition }: Around,
  key: string,
  asked: number | undefined,
): Promise<Named> {
  const row = await getJourney(db, definition.workspace, key);
  const { version, graph } = pickVersion(
    await listVersions(db, { workspaceId: definition.workspace, key }),
    asked,
    key,
  );
  // What it refers to may have changed since the version was written.
  const { known } = await loadKnown(db, definition.workspace, definition);
  const parsed = parseJourney(graph, known, '/of');
  if (!parsed.ok) throw invalid('invalid_journey', parsed.problems, 'The journey is not valid any more');
  const tested: Tested = { kind: 'journey', key, version, graph: parsed.value };
  return { of: { kind: 'journey', key, version }, tested, name: row.name };
}

async function readNewJourney({ db, definition }: Around, json: unknown): Promise<Named> {
  const { known } = await loadKnown(db, definition.workspace, definition);
  const parsed = parseJourney(json, known, '/of/graph');
  if (!parsed.ok) throw invalid('invalid_journey', parsed.problems, 'The journey is not valid');
  const tested: Tested = { kind: 'journey', key: TESTED_KEY, version: 1, graph: parsed.value };
  return { of: { kind: 'journey', graph: parsed.value }, tested, name: 'this journey' };
}

function oneOf(of: { readonly key?: string | undefined }, other: 'model' | 'graph'): void {
  const isGiven =
    other in of && Object.entries(of).some(([key, value]) => key === other && value !== undefined);
  if ((of.key === undefined) === isGiven) return;
  throw refused(
    '/of',
    `"of" names ${of.key === undefined ? 'neither a key nor' : 'both a key and'} a ${other}.`,
    `Send "key" for a stored one, or "${other}" for one that is not stored.`,
  );
}

/** The year before the day up to which most people are known, or what was asked. Half-open. */
async function readSpan(
  { db, definition, now }: Around,
  asked: Pick<Asked, 'from' | 'to'>,
): Promise<{ readonly from: number; readonly to: number }> {
  const to =
    asked.to === undefined
      ? await endOfHistory(db, definition.workspace, now)
      : instantOf('to', asked.to, definition);
  const from = asked.from === undefined ? to - spanDefaultMs : instantOf('from', asked.from, definition);
  if (to > now + DAY_MS)
    throw refused(
      '/to',
      `"to" (${asked.to ?? ''}) lies in the future.`,
      'Leave it out for now: only what has happened can be tested.',
    );
  if (from < to) return { from, to };
  throw refused(
    '/from',
    `From ${new Date(from).toISOString()} to ${new Date(to).toISOString()} is no time at all.`,
    'Let "from" come before "to"; both default to the last year of the history.',
  );
}

async function endOfHistory(db: Queryable, workspaceId: string, now: number): Promise<number> {
  const known = await loadKnownUntil(db, workspaceId);
  if (known.newest_as_of === null || known.as_of_people * 2 <= known.people) return now;
  return known.newest_as_of.getTime() + 1;
}

/** A day begins in the workspace's zone; an instant needs its own. */
function instantOf(field: 'from' | 'to', text: string, definition: Definition): number {
  try {
    if (/^\d{4}-\d{2}-\d{2}$/.test(text))
      return Temporal.PlainDate.from(text).toZonedDateTime(definition.time_zone).epochMilliseconds;
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    throw refused(
      `/${field}`,
      `"${field}" is ${JSON.stringify(text)}, which is neither a day nor an instant.`,
      'Send a day such as 2026-05-31, or an instant with its zone such as 2026-05-31T18:00:00Z.',
    );
  }
}

function refused(path: string, message: string, hint: string): ProblemError {
  return new ProblemError({ code: 'invalid_body', path, message, hint });
}
