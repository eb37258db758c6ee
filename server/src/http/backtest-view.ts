// A backtest as it is shown: its row, and its result with names, labels and sentences. Names of people are looked up here, so
// that what is stored keeps ids only. Reads only.
import { compileZone, sentence } from '@rapport/engine';
import type { Definition, JourneyGraph, MessagesByReason, Names, OrderedAnyway, Zone } from '@rapport/engine';
import { z } from 'zod';
import type { StoredResult } from '../postgres/backtest-stored.ts';
import type { BacktestRow, ListedRow } from '../postgres/backtests.ts';
import { bucketOf } from '../postgres/bucket.ts';
import { listTemplateNames } from '../postgres/content-keys.ts';
import { namesOf } from '../postgres/names.ts';
import { findPeople } from '../postgres/people-read.ts';
import type { PersonRow } from '../postgres/people-read.ts';
import type { Queryable } from '../postgres/pool.ts';
import {
  endWords,
  itemWords,
  learntWords,
  numberWords,
  peopleWords,
  personWords,
  reasonWords,
  titleWords,
} from './backtest-words.ts';
import { printId } from './ids.ts';
import { nodeLabel, pathWords } from './journey-words.ts';
import { loadKnown } from './known.ts';
import { iso, isoOrNull, looseSchema, problemItemSchema } from './wire.ts';

const count = z.number().int();
const anywaySchema = z.object({
  people: count,
  of: count,
  share: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  undecided: count,
  contacted: count,
});
const messageCounts = {
  asked: count,
  sent: count,
  held: count,
  dropped: count,
  withheld: count,
  waiting: count,
};
const personSchema = z.object({
  id: z.string(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  user_id: z.string().nullable(),
});
const reasonsSchema = z.array(
  z.object({
    reason: z.string(),
    words: z.string(),
    messages: count,
    /** A few people and the moment; the same ones each time. */
    examples: z.array(z.object({ person: personSchema, at: z.string() })),
  }),
);
/** How the parameters of predictions were come by, month by month. */
const learntSchema = z.object({
  kind: z.enum(['not_asked', 'monthly', 'failed', 'unknown']),
  words: z.string().nullable(),
  /** Moved by what was learnt anew: in none of the other figures. */
  moved: z.object({ times: count, people: count }),
  fits: z.array(
    z.object({
      at: z.string(),
      verdict: z.enum(['fits', 'degenerate', 'not_converged', 'too_little']),
      customers: count,
      moved: z.boolean(),
    }),
  ),
});

const resultSchema = z
  .object({
    title: z.string(),
    history: z.object({
      people: count,
      events: count,
      first_at: z.string().nullable(),
      until: z.string(),
      as_of_people: count,
      failed_people: count,
      skipped_inputs: count,
    }),
    consent: z.enum(['history', 'assumed']),
    reached: z.object({ people: count, times: count, already: count, at_end: count }),
    series: z.object({
      unit: z.enum(['day', 'week']),
      points: z.array(
        z.object({
          from: z.string(),
          times: count,
          people: count,
          messages: count,
          by: z.record(z.string(), count),
        }),
      ),
    }),
    stages: z
      .array(
        z.object({
          stage: z.string(),
          name: z.string(),
          look: z.string(),
          at_start: count,
          at_end: count,
          times: count,
          people: count,
          ordered_anyway: anywaySchema,
        }),
      )
      .nullable(),
    moves: z
      .array(z.object({ from: z.string().nullable(), to: z.string().nullable(), times: count }))
      .nullable(),
    journey: z
      .object({
        runs: count,
        control: count,
        goals: count,
        under_way: count,
        ends: z.array(z.object({ reason: z.string(), words: z.string(), runs: count })),
        nodes: z.array(z.object({ node: z.string(), label: z.string(), visits: count })),
      })
      .nullable(),
    messages: z
      .object({
        ...messageCounts,
        people: count,
        held_reasons: reasonsSchema,
        dropped_reasons: reasonsSchema,
        by_node: z.array(
          z.object({
            node: z.string(),
            label: z.string(),
            channel: z.string(),
            template: z.string().nullable(),
            ...messageCounts,
          }),
        ),
      })
      .nullable(),
    overlap: z.object({
      days: z.number(),
      in_another: count,
      another_message: count,
      any: count,
      journeys: z.array(z.object({ key: z.string(), name: z.string(), in_run: count, message: count })),
    }),
    ordered_anyway: anywaySchema.extend({ usual_gap_days: z.number() }),
    sample: z.array(
      z.object({
        person: personSchema,
        sentence: z.string(),
        timeline: z.array(
          z.object({
            at: z.string(),
            kind: z.enum(['reached', 'left', 'relearnt', 'message', 'goal', 'ended', 'order', 'contact']),
            words: z.string(),
          }),
        ),
      }),
    ),
    learnt: learntSchema,
    notes: z.array(z.string()),
  })
  .meta({ id: 'BacktestResult' });

export const backtestInListSchema = z
  .object({
    id: z.string(),
    of: looseSchema,
    name: z.string(),
    sentence: z.string(),
    state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled', 'interrupted']),
    from: z.string(),
    to: z.string(),
    assume_consent: z.boolean(),
    others: z.boolean(),
    hold_out: z.boolean(),
    sample: count,
    progress: z.object({
      /** `learning`: what was known at the beginning of each month, before anyone is lived through. */
      phase: z.enum(['learning', 'living']).optional(),
      share: z.number(),
      people: count,
      events: count,
      events_per_second: z.number().nullable(),
    }),
    created_at: z.string(),
    started_at: z.string().nullable(),
    finished_at: z.string().nullable(),
    by: z.string().nullable(),
    problem: problemItemSchema.partial({ path: true }).nullable(),
  })
  .meta({ id: 'BacktestInList' });

export const backtestSchema = backtestInListSchema
  .extend({ result: resultSchema.nullable() })
  .meta({ id: 'Backtest' });

type Listed = z.infer<typeof backtestInListSchema>;
type Shown = z.infer<typeof backtestSchema>;

/** Without results. */
export async function viewBacktests(
  db: Queryable,
  definition: Definition,
  rows: readonly ListedRow[],
): Promise<Listed[]> {
  const { workspace } = definition;
  const { names } = await loadKnown(db, workspace, definition);
  const [users, templates] = [await namesOf(db, workspace), await listTemplateNames(db, workspace)];
  return rows.map((row) => viewRow(row, { names, users, templates }));
}

export async function viewBacktest(db: Queryable, definition: Definition, row: BacktestRow): Promise<Shown> {
  const [listed] = await viewBacktests(db, definition, [row]);
  if (listed === undefined) throw new Error('one row gave no view');
  if (row.result === null) return { ...listed, result: null };
  const { workspace } = definition;
  const { names } = await loadKnown(db, workspace, definition);
  const templates = await listTemplateNames(db, workspace);
  const told = [row.result.messages?.held_reasons ?? [], row.result.messages?.dropped_reasons ?? []].flat();
  const ids = [...row.result.sample, ...told.flatMap(({ examples }) => examples ?? [])].map(({ id }) => id);
  const keys = [...new Set(ids)].map((id) => ({ bucket: bucketOf(id), id }));
  const people = new Map((await findPeople(db, workspace, keys)).map((person) => [person.id, person]));
  const zone = compileZone(definition.time_zone);
  if (zone === null) throw new Error(`unknown time zone ${definition.time_zone}`);
  return { ...listed, result: viewResult(row, row.result, { definition, names, templates, people, zone }) };
}

function viewRow(
  row: ListedRow,
  around: Pick<Around, 'names' | 'templates'> & { readonly users: ReadonlyMap<string, string> },
): Listed {
  const { asked, created_by: by } = row;
  const { users } = around;
  return {
    id: printId('bkt', row.id),
    of: { ...asked.of },
    name: asked.name,
    sentence: testedWords(row, around),
    state: row.state,
    from: iso(asked.from),
    to: iso(asked.to),
    assume_consent: asked.assume_consent,
    others: asked.others,
    hold_out: asked.hold_out,
    sample: asked.sample,
    progress: row.progress,
    created_at: iso(row.created_at),
    started_at: isoOrNull(row.started_at),
    finished_at: isoOrNull(row.finished_at),
    by: by === null ? null : (users.get(by) ?? by),
    problem: row.problem,
  };
}

function testedWords(
  { asked: { tested } }: ListedRow,
  { names, templates }: Pick<Around, 'names' | 'templates'>,
): string {
  switch (tested.kind) {
    case 'segment':
      return sentence(tested.rule, names);
    case 'model':
      return tested.model.stages.map((stage) => stage.name).join(' → ');
    case 'journey':
      return pathWords(tested.graph, names, templates);
  }
}

interface Around {
  readonly definition: Definition;
  readonly names: Names;
  readonly templates: ReadonlyMap<string, string>;
  readonly people: ReadonlyMap<string, PersonRow>;
  readonly zone: Zone;
}

function viewResult(row: BacktestRow, result: StoredResult, around: Around): NonNullable<Shown['result']> {
  const { asked } = row;
  const { zone, names } = around;
  const { days, in_another, another_message, any, journeys } = result.overlap;
  return {
    title: titleWords(zone, asked, result),
    history: {
      people: result.people,
      events: result.events,
      first_at: isoOrNull(result.first_at),
      until: iso(result.until),
      as_of_people: result.as_of_people,
      failed_people: result.failed_people,
      skipped_inputs: result.skipped_inputs,
    },
    consent: asked.assume_consent ? 'assumed' : 'history',
    reached: result.reached,
    series: { unit: result.series.unit, points: result.series.points.map((point) => ({ ...point })) },
    stages: viewStages(row, result),
    moves: result.moves === null ? null : result.moves.map((move) => ({ ...move })),
    ...viewJourney(row, result, around),
    overlap: {
      days,
      in_another,
      another_message,
      any,
      journeys: journeys.map((one) => ({ ...one, name: names.journeys?.get(one.key) ?? one.key })),
    },
    ordered_anyway: { ...viewAnyway(result.ordered_anyway), usual_gap_days: result.usual_gap_days },
    sample: viewSample(row, result, around),
    learnt: {
      kind: result.learnt?.kind ?? 'unknown',
      words: learntWords(result),
      moved: result.refits ?? { times: 0, people: 0 },
      fits:
        result.learnt?.kind === 'monthly'
          ? result.learnt.fits.map((fit) => ({ ...fit, at: iso(fit.at) }))
          : [],
    },
    notes: notesOf(row, result, around),
  };
}

function viewAnyway(told: OrderedAnyway): z.infer<typeof anywaySchema> {
  return { ...told };
}

function viewStages({ asked: { tested } }: BacktestRow, result: StoredResult) {
  if (tested.kind !== 'model' || result.stages === null) return null;
  const stages = new Map(tested.model.stages.map((stage) => [stage.key, stage]));
  return result.stages.map((stage) => ({
    ...stage,
    name: stages.get(stage.stage)?.name ?? stage.stage,
    look: stages.get(stage.stage)?.look ?? 'growing',
    ordered_anyway: viewAnyway(stage.ordered_anyway),
  }));
}

function viewJourney(
  { asked: { tested } }: BacktestRow,
  result: StoredResult,
  { names, templates, people }: Around,
): Pick<NonNullable<Shown['result']>, 'journey' | 'messages'> {
  const { journey, messages } = result;
  if (tested.kind !== 'journey' || journey === null || messages === null)
    return { journey: null, messages: null };
  const label = (node: string): string => labelOf(tested.graph, node, names, templates);
  const words = ({ reason, messages: count, examples }: MessagesByReason) => ({
    reason,
    messages: count,
    words: reasonWords(reason),
    examples: (examples ?? []).map(({ id, at }) => ({ person: viewPerson(people, id), at: iso(at) })),
  });
  return {
    journey: {
      ...journey,
      ends: journey.ends.map((end) => ({ ...end, words: endWords(end.reason) })),
      nodes: journey.nodes.map((node) => ({ ...node, label: label(node.node) })),
    },
    messages: {
      ...messages,
      held_reasons: messages.held_reasons.map(words),
      dropped_reasons: messages.dropped_reasons.map(words),
      by_node: messages.by_node.map((node) => ({ ...node, label: label(node.node) })),
    },
  };
}

function labelOf(
  graph: JourneyGraph,
  key: string,
  names: Names,
  templates: ReadonlyMap<string, string>,
): string {
  const node = graph.nodes[key];
  return node === undefined ? key : nodeLabel(node, names, templates);
}

function viewSample({ asked }: BacktestRow, result: StoredResult, around: Around) {
  const { names, templates, people, zone } = around;
  const stages = asked.tested.kind === 'model' ? asked.tested.model.stages : [];
  const words = {
    zone,
    asked,
    stages: new Map(stages.map((stage) => [stage.key, stage.name])),
    journeys: names.journeys ?? new Map<string, string>(),
    templates,
  };
  return result.sample.map((one) => ({
    person: viewPerson(people, one.id),
    sentence: personWords(zone, one),
    timeline: one.items.map((item) => ({
      at: iso(item.at),
      kind: item.kind,
      words: itemWords(item, words),
    })),
  }));
}

function viewPerson(people: Around['people'], id: string): z.infer<typeof personSchema> {
  const person = people.get(id);
  return {
    id: printId('per', id),
    name: person?.name ?? null,
    email: person?.email ?? null,
    user_id: person?.user_id ?? null,
  };
}

/** What must be said beside the figures, so that nobody reads more into them. */
function notesOf({ asked }: BacktestRow, result: StoredResult, { definition }: Around): string[] {
  const learnt = learntWords(result);
  const notes: string[] = learnt === null ? [] : [learnt];
  const noConsent =
    result.messages?.dropped_reasons.find((one) => one.reason === 'no_consent')?.messages ?? 0;
  if (asked.assume_consent)
    notes.push(
      'Everyone is taken to have agreed to messages before their first event; later withdrawals count.',
    );
  else if (noConsent > 0)
    notes.push(
      `Consent is as recorded: ${numberWords(noConsent)} messages would not have been sent for lack of it. Imported orders rarely carry any; assume consent to see the rest.`,
    );
  const { tested } = asked;
  if (tested.kind === 'journey') {
    const entry = tested.graph.nodes[tested.graph.entry];
    if (entry?.kind === 'trigger' && entry.on.kind === 'api')
      notes.push('This journey is started by the API only, which leaves nothing in history: nobody enters.');
    if (!asked.hold_out && (tested.graph.hold_out ?? 0) > 0)
      notes.push('Everyone is treated: the journey’s control group is left aside.');
  }
  const others = definition.journeys.filter(
    (one) => one.active !== null && !(tested.kind === 'journey' && one.key === tested.key),
  );
  if (asked.others && others.length > 0)
    notes.push(
      `Lived through beside it, as if on since the beginning: ${others.map((one) => one.name).join(', ')}.`,
    );
  if (result.ordered_anyway.contacted > 0)
    notes.push(
      `${peopleWords(result.ordered_anyway.contacted)} really got a message from us in that time: what they would have done without it is not known.`,
    );
  if (result.as_of_people > 0)
    notes.push(
      `${peopleWords(result.as_of_people, 'is', 'are')} known up to an earlier day only, and lived through up to it.`,
    );
  if (result.failed_people > 0)
    notes.push(
      `${peopleWords(result.failed_people, 'was', 'were')} left out, because the engine failed on them: ${result.failure ?? ''}.`,
    );
  if (result.skipped_inputs > 0)
    notes.push(
      `${numberWords(result.skipped_inputs)} events were passed over: rules fed each other without end.`,
    );
  return notes;
}
