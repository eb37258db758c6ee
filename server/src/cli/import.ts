// `rapport import FILE`: an order history becomes people and events, and is lived through silently. Contacts nobody. The
// same file again changes nothing; what was interrupted is finished by the next start or by the same command.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { derivedSecret, loadSecret } from '../config.ts';
import { ProblemError } from '../errors.ts';
import { readAsOf } from '../import/as-of.ts';
import { contextOf, DELIMITER_NAMES, readingOptions } from '../import/asked.ts';
import { DATE_FORMATS } from '../import/dates.ts';
import { describePreview } from '../import/describe.ts';
import { noticesOfTally, previewFile, readImport } from '../import/import.ts';
import { runImport, type ImportDeps } from '../import/run.ts';
import { sourceFromPath, type FileSource } from '../import/source.ts';
import type { ImportPlan } from '../import/survey.ts';
import { uploadsFolder } from '../import/upload.ts';
import {
  findImport,
  findSameFile,
  insertImport,
  pageRefusals,
  startImport,
  type ImportProgress,
  type ImportRow,
  type StoredOptions,
} from '../postgres/imports.ts';
import { createPrograms } from '../postgres/programs.ts';
import { print, withDatabase, type CommandContext } from './context.ts';
import { createRefusedFile, recognitionWords } from './import-words.ts';
import { getWorkspace } from './workspace.ts';

type Flags = {
  readonly asOf?: string;
  readonly permission: 'none' | 'existing' | 'opted-in';
  readonly permissionSource?: string;
  readonly map?: Readonly<Record<string, string>>;
  readonly kind?: 'orders' | 'people';
  readonly currency?: string;
  readonly dateFormat?: string;
  readonly decimal?: 'point' | 'comma';
  readonly delimiter?: string;
  readonly encoding?: string;
  readonly header?: boolean;
  readonly dryRun?: boolean;
  readonly refused?: string;
};

const followMs = 500;
const refusalsPage = 1000;

export function addImport(program: Command): void {
  program
    .command('import')
    .description('import an order history or a list of people; contacts nobody')
    .argument('<file>', 'CSV, TSV or whitespace-separated; UTF-8, UTF-16 or Latin-1')
    .option('--as-of <day>', 'the last day that the file covers, e.g. 1998-06-30 (default: now)')
    .addOption(
      new Option('--permission <which>', 'may these people be written to?')
        .choices(['none', 'existing', 'opted-in'])
        .default('none'),
    )
    .option('--permission-source <words>', 'where and when the permission was given')
    .option(
      '--map <role=column,…>',
      'columns by name or number, e.g. --map date=created_at,email=Email (repeatable)',
      readMap,
    )
    .addOption(new Option('--kind <kind>', 'what the rows are').choices(['orders', 'people']))
    .option('--currency <code>', 'of amounts without one, e.g. EUR')
    .addOption(new Option('--date-format <format>', 'how dates are written').choices([...DATE_FORMATS]))
    .addOption(new Option('--decimal <mark>', 'the decimal mark').choices(['point', 'comma']))
    .addOption(new Option('--delimiter <name>', 'what separates columns').choices([...DELIMITER_NAMES]))
    .option('--encoding <name>', 'e.g. utf-8, utf-16le, latin1')
    .option('--header', 'the first line names the columns')
    .option('--no-header', 'the first line is data')
    .option('--dry-run', 'read the whole file, show what would be imported, and change nothing')
    .option('--refused <file>', 'where refused rows go, with their reasons (default: beside the file)')
    .action((file: string, flags: Flags) => withDatabase((context) => importFile(context, file, flags)));
}

async function importFile(context: CommandContext, file: string, flags: Flags): Promise<void> {
  await checkFile(file);
  const workspace = await getWorkspace(context);
  const secret = await loadSecret(context.config);
  const deps: Omit<ImportDeps, 'programs'> = {
    pool: context.pool,
    now: context.now,
    newId: context.newId,
    secret,
    erasureKey: derivedSecret(secret, 'erasures'),
    log: context.log,
  };
  const options = storedOptions(flags, workspace.settings.time_zone, context.now());
  const source = await sourceFromPath(file);
  const reading = await contextOf(deps, workspace.id, options);
  const { survey, items } = await previewFile(source, readingOptions(options), reading);
  for (const line of recognitionWords(describePreview({ survey, items }))) print(line);
  for (const notice of survey.notices) note(notice.message, notice.hint);
  if (survey.kind === 'refused') {
    const failure = {
      code: 'invalid_file',
      message: 'The file was not imported.',
      hint: 'See above.',
    } as const;
    throw new ProblemError(failure, { problems: survey.problems });
  }
  if (flags.dryRun === true) return dryRun(source, survey.plan, { key: reading.key, file, flags });
  const row = await storeImport(context, { workspaceId: workspace.id, file, options });
  const programs = createPrograms(context.pool);
  const ended = await runToEnd({ ...deps, programs }, row);
  await report(context, ended, { file, refused: flags.refused });
}

/** Reads everything and stores nothing. */
async function dryRun(
  source: FileSource,
  plan: ImportPlan,
  how: { readonly key: Uint8Array; readonly file: string; readonly flags: Flags },
): Promise<void> {
  const { batches, tally } = readImport(source, plan, how.key);
  const target = how.flags.refused ?? `${how.file}.refused.csv`;
  const refused = createRefusedFile(target);
  try {
    for await (const batch of batches) await refused.write(batch.filter((item) => item.kind === 'refused'));
  } finally {
    await refused.close();
  }
  for (const notice of noticesOfTally(tally)) note(notice.message, notice.hint);
  if (tally.refused > 0)
    print(`${tally.refused} rows would be refused; they are in ${target}, each with its reason.`);
  print(`${tally.rows} rows read: ${tally.orders} orders, ${tally.refunds} refunds, ${tally.people} people.`);
  print('Nothing was imported, because of --dry-run.');
}

async function checkFile(file: string): Promise<void> {
  const info = await stat(file).catch(() => undefined);
  if (info?.isFile() === true) return;
  throw new ProblemError({
    code: 'invalid_file',
    message: `There is no file ${file}.`,
    hint: info === undefined ? 'Check the name and the folder.' : 'Give a file, not a folder.',
  });
}

function storedOptions(flags: Flags, timeZone: string, now: number): StoredOptions {
  const asOf = flags.asOf === undefined ? undefined : readAsOf(flags.asOf, timeZone, now);
  if (asOf?.kind === 'refused') {
    throw new ProblemError({ ...asOf.problem, code: 'invalid_file', path: '--as-of' });
  }
  return {
    as_of: asOf === undefined ? null : new Date(asOf.at).toISOString(),
    permission: flags.permission === 'opted-in' ? 'opted_in' : flags.permission,
    ...(flags.permissionSource === undefined ? {} : { permission_source: flags.permissionSource }),
    ...(flags.map === undefined ? {} : { map: flags.map }),
    ...(flags.kind === undefined ? {} : { kind: flags.kind }),
    ...(flags.currency === undefined ? {} : { currency: flags.currency }),
    ...(flags.dateFormat === undefined ? {} : { date_format: flags.dateFormat }),
    ...(flags.decimal === undefined ? {} : { decimal: flags.decimal }),
    ...(flags.delimiter === undefined ? {} : { delimiter: flags.delimiter }),
    ...(flags.encoding === undefined ? {} : { encoding: flags.encoding }),
    ...(flags.header === undefined ? {} : { header: flags.header }),
  };
}

/** A copy in the data folder is what is read, so that a running Rapport can finish what this command cannot. */
async function storeImport(
  context: CommandContext,
  what: { readonly workspaceId: string; readonly file: string; readonly options: StoredOptions },
): Promise<ImportRow> {
  const { pool, config } = context;
  const { workspaceId, file } = what;
  const fileHash = await hashFile(file);
  const earlier = await findSameFile(pool, workspaceId, fileHash);
  if (earlier !== undefined)
    note('This very file was imported before.', 'What is known already is not counted again.');
  const id = context.newId();
  const folder = uploadsFolder(config.dataDir);
  const storedPath = path.join(folder, id);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await copyFile(file, storedPath);
  const at = context.now();
  try {
    await insertImport(pool, {
      id,
      workspace_id: workspaceId,
      file_name: path.basename(file),
      file_hash: fileHash,
      stored_path: storedPath,
      options: what.options,
      notices: [],
      at,
    });
  } catch (error) {
    await rm(storedPath, { force: true });
    throw error;
  }
  const options = { ...what.options, read_at: new Date(at).toISOString() };
  await startImport(pool, workspaceId, id, { options, at });
  return getImport(context, workspaceId, id);
}

/** Runs the import here; when a running Rapport was quicker to take it up, follows its progress instead. */
async function runToEnd(deps: ImportDeps, row: ImportRow): Promise<ImportRow> {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    let shownAt = 0;
    const outcome = await runImport(deps, row, {
      signal: stopping.signal,
      onProgress(status, progress) {
        if (deps.now() - shownAt < followMs) return;
        shownAt = deps.now();
        showProgress(status, progress);
      },
    });
    const ended = outcome.kind === 'ended' ? outcome.row : await follow(deps, row, stopping.signal);
    if (ended.finished_at !== null) return ended;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
  throw new ProblemError({
    code: 'command_failed',
    message: 'The import was interrupted; what was read so far is stored.',
    hint: 'It goes on when Rapport starts; running the same command again does no harm either.',
  });
}

async function follow(deps: ImportDeps, row: ImportRow, signal: AbortSignal): Promise<ImportRow> {
  for (;;) {
    const now = (await findImport(deps.pool, row.workspace_id, row.id)) ?? row;
    if (now.finished_at !== null || signal.aborted) return now;
    showProgress(now.status, now.progress);
    await new Promise((resolve) => {
      setTimeout(resolve, followMs);
    });
  }
}

async function report(
  context: CommandContext,
  row: ImportRow,
  files: { readonly file: string; readonly refused: string | undefined },
): Promise<void> {
  if (process.stderr.isTTY) process.stderr.write('\n');
  for (const notice of row.notices) note(notice.message, notice.hint);
  const { rows, orders, people, refunds, duplicates, refused, established } = row.progress;
  if (refused > 0) {
    const target = files.refused ?? `${files.file}.refused.csv`;
    await writeRefusals(context, row, target);
    print(`${refused} rows were refused; they are in ${target}, each with its reason.`);
  }
  if (row.status !== 'done') {
    const problem = row.problem ?? {
      message: `The import ended as ${row.status}.`,
      hint: 'Look at it in the console.',
    };
    throw new ProblemError({ code: 'invalid_file', message: problem.message, hint: problem.hint });
  }
  print(
    `${rows} rows read: ${orders} orders, ${refunds} refunds, ${people} new people; ${duplicates} known already.`,
  );
  print(`${established} people have lived through their history. Nobody was contacted.`);
}

async function writeRefusals(context: CommandContext, row: ImportRow, file: string): Promise<void> {
  const refused = createRefusedFile(file);
  try {
    for (let after = -1; ;) {
      const page = await pageRefusals(context.pool, row, { after, limit: refusalsPage });
      await refused.write(page);
      const last = page.at(-1);
      if (last === undefined || page.length < refusalsPage) break;
      after = last.row;
    }
  } finally {
    await refused.close();
  }
}

async function getImport(context: CommandContext, workspaceId: string, id: string): Promise<ImportRow> {
  const row = await findImport(context.pool, workspaceId, id);
  if (row === undefined) throw new Error(`The import ${id} was just made and is gone.`);
  return row;
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

function readMap(given: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const map: Record<string, string> = { ...before };
  // A comma only ends a pair when another one follows: columns may have commas in their names.
  for (const pair of given.split(/,(?=[\w.]+=)/)) {
    const at = pair.indexOf('=');
    if (at < 1) throw new InvalidArgumentError('Give it as role=column, e.g. date=OrderDate.');
    map[pair.slice(0, at).trim()] = pair.slice(at + 1).trim();
  }
  return map;
}

/** One line that rewrites itself on a terminal; nothing in a log file. */
function showProgress(status: ImportRow['status'], progress: ImportProgress): void {
  if (!process.stderr.isTTY) return;
  const words =
    status === 'establishing'
      ? `living through history: ${progress.established} of ${progress.to_establish} people`
      : `reading: ${progress.items} of ${progress.rows} rows`;
  process.stderr.write(`\r\u001b[K${words}`);
}

function note(message: string, hint: string): void {
  process.stderr.write(`${message}${hint === '' ? '' : `\n  → ${hint}`}\n`);
}
