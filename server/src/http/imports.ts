// Imports over HTTP: upload a file, see how it will be read, correct that, start, watch, cancel, fetch what was refused.
// The upload goes to the data folder as it comes, never into memory; the work is the import worker's.
import multipart from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { ProblemError } from '../errors.ts';
import { readAsOf } from '../import/as-of.ts';
import { contextOf, readingOptions } from '../import/asked.ts';
import { checkFile } from '../import/check.ts';
import { describePreview, type PreviewView } from '../import/describe.ts';
import { LIMITS } from '../import/limits.ts';
import { refusedHeader, refusedLines } from '../import/refused-csv.ts';
import { removeFile } from '../import/run.ts';
import { sourceFromPath } from '../import/source.ts';
import { storeUpload } from '../import/upload.ts';
import { getWorkspace } from '../postgres/definitions.ts';
import { countTouched } from '../postgres/import-people.ts';
import { lookAhead } from '../postgres/import-undo-ahead.ts';
import { NOTHING_UNDONE } from '../postgres/import-undo.ts';
import {
  cancelImport,
  changeOptions,
  findImport,
  findSameFile,
  insertImport,
  listImports,
  pageRefusals,
  startImport,
  startUndo,
  type ImportRow,
  type StoredOptions,
} from '../postgres/imports.ts';
import { actorOf } from './auth.ts';
import { changeOther } from './changes.ts';
import type { App, HttpDeps } from './deps.ts';
import { notFound, printId, readId } from './ids.ts';
import {
  canUndo,
  importSchema,
  optionsSchema,
  previewedSchema,
  undoAheadSchema,
  viewImport,
  whyNotUndoable,
} from './import-wire.ts';
import { pageOf, pageQuery, readTimeCursor, toPage } from './paging.ts';

const UPLOAD_TYPES = [
  'text/csv',
  'text/plain',
  'text/tab-separated-values',
  'application/csv',
  'application/vnd.ms-excel',
  'application/octet-stream',
];
const REFUSALS_PAGE = 1_000;

const byId = z.object({ id: z.string() });

export async function registerImports(app: App, deps: HttpDeps): Promise<void> {
  const db = deps.pools.console;

  app.get(
    '/api/imports',
    {
      schema: {
        tags: ['imports'],
        summary: 'Imports, the newest first',
        querystring: pageQuery,
        response: { 200: pageOf(importSchema) },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query;
      const rows = await listImports(db, actorOf(request).workspaceId, {
        limit: limit + 1,
        cursor: readTimeCursor(cursor),
      });
      return toPage(rows, {
        limit,
        item: viewImport,
        cursor: (row) => [row.created_at.toISOString(), row.id],
      });
    },
  );

  await app.register(async (scope) => registerUpload(scope, deps));

  app.get(
    '/api/imports/:id',
    {
      schema: {
        tags: ['imports'],
        summary: 'An import and how far it is',
        params: byId,
        response: { 200: importSchema },
      },
    },
    async (request) => viewImport(await getImport(deps, request)),
  );

  app.put(
    '/api/imports/:id',
    {
      schema: {
        tags: ['imports'],
        summary: 'Say how the file is to be read, and see its first rows again',
        params: byId,
        body: optionsSchema,
        response: { 200: previewedSchema },
      },
    },
    async (request) => {
      const row = await getImport(deps, request);
      const options = await mergeOptions(deps, row, request.body);
      if (!(await changeOptions(db, row.workspace_id, row.id, options))) throw begun(row);
      return { ...viewImport({ ...row, options }), preview: await preview(deps, { ...row, options }) };
    },
  );

  app.post(
    '/api/imports/:id/start',
    {
      schema: {
        tags: ['imports'],
        summary: 'Import the file; contacts nobody',
        params: byId,
        body: optionsSchema.nullish(),
        response: { 202: importSchema },
      },
    },
    async (request, reply) => {
      const row = await getImport(deps, request);
      if (row.status !== 'preview') throw begun(row);
      const asked = await mergeOptions(deps, row, request.body ?? {});
      if (asked.permission === 'opted_in' && !asked.permission_source) throw withoutSource();
      const { readable, problems, check } = await preview(deps, { ...row, options: asked });
      if (!readable) throw unreadable(row, problems);
      if (check !== null && check.rows > 0 && check.refused >= check.rows) throw nothingLeft(row, check);
      const at = deps.now();
      const options = { ...asked, read_at: new Date(at).toISOString() };
      const what = {
        action: 'import.start',
        subject: printId('imp', row.id),
        detail: { permission: asked.permission },
      };
      const started = await changeOther(deps, actorOf(request), what, (connection) =>
        startImport(connection, row.workspace_id, row.id, { options, at }),
      );
      if (!started) throw begun(row);
      deps.wake.imports();
      return reply.code(202).send(viewImport(await getImport(deps, request)));
    },
  );

  app.post(
    '/api/imports/:id/cancel',
    {
      schema: {
        tags: ['imports'],
        summary: 'Stop reading; what was stored stays',
        params: byId,
        response: { 200: importSchema },
      },
    },
    async (request) => {
      const row = await getImport(deps, request);
      const what = { action: 'import.cancel', subject: printId('imp', row.id) };
      const cancelled = await changeOther(deps, actorOf(request), what, (connection) =>
        cancelImport(connection, row.workspace_id, row.id, deps.now()),
      );
      if (!cancelled) throw begun(row);
      // One that runs is removed by whoever reads it.
      if (row.status === 'preview') await removeFile({ pool: db }, row);
      deps.wake.imports();
      return viewImport(await getImport(deps, request));
    },
  );

  app.get(
    '/api/imports/:id/undo',
    {
      schema: {
        tags: ['imports'],
        summary: 'What would go and what would stay if it were taken back now; changes nothing',
        params: byId,
        response: { 200: undoAheadSchema },
      },
    },
    async (request) => {
      const row = await getImport(deps, request);
      if (!canUndo(row)) throw notUndoable(row);
      return lookAhead(db, row);
    },
  );

  app.post(
    '/api/imports/:id/undo',
    {
      schema: {
        tags: ['imports'],
        summary: 'Take it back: its facts, and the people known by it alone; contacts nobody',
        params: byId,
        response: { 202: importSchema },
      },
    },
    async (request, reply) => {
      const row = await getImport(deps, request);
      if (!canUndo(row)) throw notUndoable(row);
      const of = await countTouched(db, row);
      const what = { action: 'import.undo', subject: printId('imp', row.id), detail: { people: of } };
      const started = await changeOther(deps, actorOf(request), what, (connection) =>
        startUndo(connection, row, {
          ...NOTHING_UNDONE,
          ...row.progress.undo,
          of: of + (row.progress.undo?.done ?? 0),
        }),
      );
      if (!started) throw notUndoable(await getImport(deps, request));
      deps.wake.imports();
      return reply.code(202).send(viewImport(await getImport(deps, request)));
    },
  );

  app.get(
    '/api/imports/:id/refused',
    {
      schema: { tags: ['imports'], summary: 'The refused rows with their reasons, as CSV', params: byId },
    },
    async (request, reply) => {
      const row = await getImport(deps, request);
      const what = { action: 'import.refused_read', subject: printId('imp', row.id) };
      await changeOther(deps, actorOf(request), what, async () => undefined);
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${printId('imp', row.id)}-refused.csv"`)
        .header('cache-control', 'no-store')
        .send(Readable.from(refusedCsv(deps, row)));
    },
  );
}

/** Raw bytes with the name in the query, or a form with one file. */
async function registerUpload(scope: App, deps: HttpDeps): Promise<void> {
  await scope.register(multipart, { limits: { files: 1, fields: 10, fileSize: LIMITS.fileBytesMax } });
  // The body stays a stream: it is read by the handler, chunk by chunk, into the data folder.
  scope.addContentTypeParser(UPLOAD_TYPES, (_request, _payload, done) => done(null));
  scope.post(
    '/api/imports',
    {
      bodyLimit: LIMITS.fileBytesMax + 1024 * 1024,
      schema: {
        tags: ['imports'],
        summary: 'Upload a file and see how it would be read; nothing is imported yet',
        consumes: ['multipart/form-data', ...UPLOAD_TYPES],
        querystring: z.object({ file_name: z.string().max(255).optional() }),
        response: { 201: previewedSchema },
      },
    },
    async (request, reply) => {
      const { workspaceId } = actorOf(request);
      const upload = await openUpload(request, request.query.file_name);
      const id = deps.newId();
      const stored = await storeUpload({ dataDir: deps.config.dataDir, id, content: upload.content });
      const what = { action: 'import.upload', subject: printId('imp', id), detail: { bytes: stored.bytes } };
      await changeOther(deps, actorOf(request), what, async (connection) => {
        const same = await findSameFile(connection, workspaceId, stored.hash);
        await insertImport(connection, {
          id,
          workspace_id: workspaceId,
          file_name: upload.name,
          file_hash: stored.hash,
          stored_path: stored.path,
          options: { as_of: null, permission: 'none' },
          notices: same === undefined ? [] : [sameFile(same)],
          at: deps.now(),
        });
      });
      const row = await findImport(deps.pools.console, workspaceId, id);
      if (row === undefined) throw notFound('import', id);
      return reply.code(201).send({ ...viewImport(row), preview: await preview(deps, row) });
    },
  );
}

async function openUpload(
  request: FastifyRequest,
  name: string | undefined,
): Promise<{ readonly name: string; readonly content: AsyncIterable<Uint8Array> }> {
  if (request.isMultipart()) {
    const part = await request.file();
    if (part !== undefined) return { name: nameOf(name ?? part.filename), content: part.file };
    throw new ProblemError({
      code: 'invalid_body',
      message: 'The form holds no file.',
      hint: 'Send one part with a file, or the bytes of the file as the body.',
    });
  }
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (UPLOAD_TYPES.includes(type)) return { name: nameOf(name), content: request.raw };
  throw new ProblemError({
    code: 'unsupported_media_type',
    message: `A file cannot be sent as ${type === '' ? 'nothing' : type}.`,
    hint: 'Send it as text/csv or application/octet-stream, or as multipart/form-data.',
  });
}

function nameOf(given: string | undefined): string {
  const last =
    given
      ?.split(/[\\/]/)
      .at(-1)
      ?.replaceAll(/\p{Cc}/gu, '')
      .trim() ?? '';
  return last === '' ? 'file' : last.slice(0, 255);
}

async function preview(deps: HttpDeps, row: ImportRow): Promise<PreviewView> {
  if (row.stored_path === null) throw gone(row);
  const source = await sourceFromPath(row.stored_path, row.file_name).catch(() => {
    throw gone(row);
  });
  const context = await contextOf(
    { pool: deps.pools.console, secret: deps.config.secret, now: deps.now },
    row.workspace_id,
    row.options,
  );
  return describePreview(await checkFile(source, readingOptions(row.options), context));
}

/** What was said before, with what is said now; the as-of day is read in the workspace's zone. */
async function mergeOptions(
  deps: HttpDeps,
  row: ImportRow,
  said: z.infer<typeof optionsSchema>,
): Promise<StoredOptions> {
  const { as_of: day, ...others } = said;
  const change = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined));
  const merged: StoredOptions = { ...row.options, ...change };
  if (day === undefined) return merged;
  if (day === null || day.trim() === '') return { ...merged, as_of: null, as_of_said: true };
  const { settings } = await getWorkspace(deps.pools.console, row.workspace_id);
  const read = readAsOf(day, settings.time_zone, deps.now());
  if (read.kind === 'read') return { ...merged, as_of: new Date(read.at).toISOString(), as_of_said: true };
  throw new ProblemError({
    code: 'invalid_body',
    path: '/as_of',
    message: read.problem.message,
    hint: read.problem.hint,
  });
}

async function getImport(
  deps: HttpDeps,
  request: FastifyRequest<{ Params: { id: string } }>,
): Promise<ImportRow> {
  const id = readId('imp', request.params.id);
  const row = await findImport(deps.pools.console, actorOf(request).workspaceId, id);
  if (row === undefined) throw notFound('import', request.params.id);
  return row;
}

async function* refusedCsv(deps: HttpDeps, row: ImportRow): AsyncGenerator<string> {
  yield refusedHeader();
  for (let after = -1; ;) {
    const page = await pageRefusals(deps.pools.console, row, { after, limit: REFUSALS_PAGE });
    yield refusedLines(page);
    const last = page.at(-1);
    if (last === undefined || page.length < REFUSALS_PAGE) return;
    after = last.row;
  }
}

function sameFile(same: ImportRow) {
  return {
    code: 'same_file' as const,
    message: `This very file was imported before (${printId('imp', same.id)}).`,
    hint: 'Importing it again changes nothing, unless another permission is given.',
  };
}

function begun(row: ImportRow): ProblemError {
  return new ProblemError({
    code: 'conflict',
    message: `The import is ${row.status === 'preview' ? 'begun by someone else' : row.status} already.`,
    hint: 'Look at it again; to import the file with other options, upload it again.',
  });
}

function notUndoable(row: ImportRow): ProblemError {
  const { why, hint } = notUndoableWords[whyNotUndoable(row) ?? 'settling'];
  return new ProblemError({ code: 'conflict', message: `The import of ${row.file_name} ${why}.`, hint });
}

const notUndoableWords = {
  taken_back: { why: 'is taken back already', hint: 'Look at its page for what is left to do.' },
  running: { why: 'has not ended', hint: 'Wait for its end, or stop it first.' },
  settling: {
    why: 'is still being worked through',
    hint: 'Wait until everybody has lived through what was stored.',
  },
  too_old: {
    why: 'was made before Rapport kept whom an import touches, so it cannot be told apart any more',
    hint: 'Send corrections as live events.',
  },
};

function gone(row: ImportRow): ProblemError {
  return new ProblemError({
    code: 'conflict',
    message: `The file ${row.file_name} is not in the data folder any more.`,
    hint: 'Upload it again; what was imported is not imported twice.',
  });
}

function withoutSource(): ProblemError {
  return new ProblemError({
    code: 'invalid_body',
    path: '/permission_source',
    message: 'The permission is "opted_in", but nothing says where they agreed.',
    hint: 'Give `permission_source`, for example "newsletter form on the shop", and `permission_date`; or say "none".',
  });
}

function nothingLeft(row: ImportRow, check: NonNullable<PreviewView['check']>): ProblemError {
  const [first] = check.reasons;
  return new ProblemError({
    code: 'invalid_file',
    message: `Every row of ${row.file_name} would be refused${first === undefined ? '.' : `, most of them because: ${first.reason}`}`,
    hint: 'A column has probably been taken for another: look at what the columns mean.',
  });
}

function unreadable(row: ImportRow, problems: PreviewView['problems']): ProblemError {
  return new ProblemError(
    {
      code: 'invalid_file',
      message: `${row.file_name} cannot be imported as it is.`,
      hint: 'Correct the options below.',
    },
    { problems },
  );
}
