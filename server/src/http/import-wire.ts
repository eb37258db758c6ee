// Imports as they are on the wire: what a caller may say about a file, how far an import is, how a file would be read.
import { z } from 'zod';
import { DELIMITER_NAMES } from '../import/asked.ts';
import { DATE_FORMATS } from '../import/dates.ts';
import type { ImportRow } from '../postgres/imports.ts';
import { printId } from './ids.ts';
import { iso } from './wire.ts';

const problemSchema = z.object({ code: z.string(), message: z.string(), hint: z.string() });

/** What a caller may say about a file; all of it is guessed otherwise, but the as-of day and the permission. */
export const optionsSchema = z
  .strictObject({
    kind: z.enum(['orders', 'people']).optional(),
    map: z.record(z.string().max(100), z.string().max(300)).optional(),
    date_format: z.enum(DATE_FORMATS).optional(),
    decimal: z.enum(['point', 'comma']).optional(),
    delimiter: z.enum(DELIMITER_NAMES).optional(),
    encoding: z.string().max(40).optional(),
    header: z.boolean().optional(),
    currency: z.string().max(10).optional(),
    as_of: z.string().max(60).nullable().optional(),
    permission: z.enum(['none', 'existing', 'opted_in']).optional(),
    permission_source: z.string().trim().max(300).optional(),
    permission_date: z.union([z.iso.date(), z.literal('')]).optional(),
  })
  .meta({ id: 'ImportOptions' });

const progressSchema = z.object({
  rows: z.number(),
  items: z.number(),
  orders: z.number(),
  refunds: z.number(),
  people: z.number(),
  refused: z.number(),
  duplicates: z.number(),
  identical_rows: z.number(),
  identities_left: z.number(),
  to_establish: z.number(),
  established: z.number(),
  /** While and after it is taken back. */
  undo: z
    .object({
      of: z.number(),
      done: z.number(),
      facts: z.number(),
      /** People who were known by this file alone are gone. */
      removed: z.number(),
      /** All others go on without what it said. */
      kept: z.number(),
      /** Of these: a consent that the file had given was withdrawn. */
      withdrawn: z.number(),
    })
    .optional(),
});

export const importSchema = z
  .object({
    id: z.string(),
    file_name: z.string(),
    status: z.enum([
      'preview',
      'storing',
      'establishing',
      'done',
      'failed',
      'cancelled',
      'undoing',
      'undone',
    ]),
    options: z.record(z.string(), z.unknown()),
    progress: progressSchema,
    notices: z.array(problemSchema).readonly(),
    problem: problemSchema.nullable(),
    created_at: z.string(),
    started_at: z.string().nullable(),
    finished_at: z.string().nullable(),
    /** It can be taken back: it has ended, and whom it touched is known. */
    undoable: z.boolean(),
    /** Why it cannot; null: it can. */
    not_undoable: z.enum(['running', 'settling', 'too_old', 'taken_back']).nullable(),
  })
  .meta({ id: 'Import' });

const itemSchema = z.object({
  row: z.number(),
  kind: z.enum(['order', 'person', 'refused']),
  who: z.string().nullable(),
  at: z.string().nullable(),
  total: z.number().nullable(),
  currency: z.string().nullable(),
  events: z.array(z.string()).readonly(),
  traits: z.record(z.string(), z.string()),
  reason: z.string().nullable(),
  hint: z.string().nullable(),
});

const previewSchema = z
  .object({
    readable: z.boolean(),
    kind: z.enum(['orders', 'people']).nullable(),
    encoding: z.string().nullable(),
    delimiter: z.string().nullable(),
    header: z.boolean().nullable(),
    rows: z.number().nullable(),
    rows_estimated: z.boolean(),
    date_format: z.string().nullable(),
    decimal: z.enum(['point', 'comma']).nullable(),
    currency: z.string().nullable(),
    columns: z
      .array(
        z.object({
          number: z.number(),
          name: z.string(),
          role: z.string().nullable(),
          by: z.enum(['said', 'heading', 'content']).nullable(),
          fit: z.object({ cells: z.number(), of: z.number() }).nullable(),
          samples: z.array(z.string()).readonly(),
        }),
      )
      .readonly(),
    notices: z.array(problemSchema).readonly(),
    problems: z.array(problemSchema).readonly(),
    items: z.array(itemSchema).readonly(),
    check: z
      .object({
        rows: z.number(),
        complete: z.boolean(),
        orders: z.number(),
        people: z.number(),
        people_with_email: z.number(),
        refused: z.number(),
        oldest_at: z.string().nullable(),
        newest_at: z.string().nullable(),
        reasons: z
          .array(z.object({ code: z.string(), reason: z.string(), hint: z.string(), rows: z.number() }))
          .readonly(),
        refused_items: z.array(itemSchema).readonly(),
      })
      .nullable(),
  })
  .meta({ id: 'ImportPreview' });

export const previewedSchema = importSchema
  .extend({ preview: previewSchema })
  .meta({ id: 'PreviewedImport' });
export function viewImport(row: ImportRow): z.infer<typeof importSchema> {
  return {
    id: printId('imp', row.id),
    file_name: row.file_name,
    status: row.status,
    options: { ...row.options },
    progress: { ...row.progress },
    notices: [...row.notices],
    problem: row.problem,
    created_at: iso(row.created_at),
    started_at: row.started_at === null ? null : iso(row.started_at),
    finished_at: row.finished_at === null ? null : iso(row.finished_at),
    undoable: canUndo(row),
    not_undoable: whyNotUndoable(row),
  };
}

export const undoAheadSchema = z
  .object({
    people: z.number(),
    /** The numbers below are of these; all, unless the import is large. */
    looked_at: z.number(),
    removed: z.number(),
    kept: z.number(),
    facts: z.number(),
  })
  .meta({ id: 'ImportUndoAhead' });

export const canUndo = (row: ImportRow): boolean => whyNotUndoable(row) === null;

export function whyNotUndoable(row: ImportRow): z.infer<typeof importSchema>['not_undoable'] {
  const { status, undoable, started_at: started, stored_path: path } = row;
  if (status === 'undoing' || status === 'undone') return 'taken_back';
  if (started === null || status === 'storing' || status === 'establishing') return 'running';
  if (!undoable) return 'too_old';
  return path === null ? null : 'settling';
}
