// One import from its file to its end: stores the facts, measures the workspace's gap, lets everyone live through their
// history. Every commit carries its own progress, so whoever takes up an unfinished import goes on where it stood.
// Contacts nobody.

import { rm } from 'node:fs/promises';
import { ProblemError, toProblemError } from '../errors.ts';
import type { Log } from '../log.ts';
import { claimWork } from '../postgres/claim.ts';
import { changeDefinition, getWorkspace, updateWorkspace } from '../postgres/definitions.ts';
import { measureGap } from '../postgres/gap.ts';
import { countToEstablish, establishBatch } from '../postgres/import-establish.ts';
import { storeBatch, type StoreItem } from '../postgres/import-store.ts';
import {
  findImport,
  forgetFile,
  noteConsentColumn,
  refreshStatistics,
  saveProgress,
  type ImportProgress,
  type ImportRow,
  type StoredOptions,
} from '../postgres/imports.ts';
import type { Pool, Queryable } from '../postgres/pool.ts';
import { loadDefinition, type Programs } from '../postgres/programs.ts';
import type { StepNotify } from '../postgres/steps.ts';
import { contextOf, readingOptions } from './asked.ts';
import { factsOf } from './facts.ts';
import { noticesOfTally, readImport, type Tally } from './import.ts';
import { LIMITS } from './limits.ts';
import type { ImportItem, RefusedRow } from './orders.ts';
import { notice, problem, type Notice, type Problem } from './problem.ts';
import { sourceFromPath, type FileSource } from './source.ts';
import { surveyFile, type ImportContext, type ImportPlan } from './survey.ts';

export type ImportDeps = {
  /** Of its own, with two connections or more: one holds the claim. */
  readonly pool: Pool;
  readonly programs: Pick<Programs, 'get' | 'reload'>;
  readonly now: () => number;
  readonly newId: () => string;
  /** Of the installation: row ids are keyed with what is derived from it. */
  readonly secret: string;
  /** Key of the hashes of erased identities. */
  readonly erasureKey?: string;
  readonly log: Log;
  readonly notify?: StepNotify;
  /** The workspace's gap changed: everyone else's state is to be upgraded. */
  readonly wakeDefinitions?: () => void;
  /** A whole history came in or went. */
  readonly onHistory?: () => void;
};

export type RunOutcome =
  /** It ended: done, failed or cancelled. */
  | { readonly kind: 'ended'; readonly row: ImportRow }
  /** Another process is at it. */
  | { readonly kind: 'taken' };

export type OnProgress = (status: ImportRow['status'], progress: ImportProgress) => void;

/** A transaction of bulk work: at most this many people, and this many items. */
const BATCH_PEOPLE_MAX = 200;
const BATCH_ITEMS_MAX = 1_000;

/** Takes an import to its end. Throws on what may go away (a lost database); the next run goes on where it stood. */
export async function runImport(
  deps: ImportDeps,
  row: ImportRow,
  options: { readonly signal?: AbortSignal; readonly onProgress?: OnProgress } = {},
): Promise<RunOutcome> {
  const claim = await claimWork(deps.pool, `import ${row.id}`);
  if (claim === undefined) return { kind: 'taken' };
  try {
    const run: Run = {
      deps,
      row,
      signal: options.signal,
      onProgress: options.onProgress ?? (() => undefined),
    };
    if (row.status === 'storing') await storeFile(run);
    const stored = (await findImport(deps.pool, row.workspace_id, row.id)) ?? row;
    if (options.signal?.aborted !== true) await establishAll({ ...run, row: stored });
    const ended = (await findImport(deps.pool, row.workspace_id, row.id)) ?? stored;
    // One that was cancelled or failed may still have people to establish; one that is done is done, also in a process that stops.
    const left = ended.status !== 'done' && options.signal?.aborted === true;
    if (ended.finished_at === null || left) return { kind: 'ended', row: ended };
    await removeFile(deps, ended);
    return { kind: 'ended', row: { ...ended, stored_path: null } };
  } finally {
    await claim();
  }
}

/** What was uploaded is personal data: it stays no longer than it is needed. */
export async function removeFile(deps: Pick<ImportDeps, 'pool'>, row: ImportRow): Promise<void> {
  if (row.stored_path === null) return;
  await rm(row.stored_path, { force: true });
  await forgetFile(deps.pool, row);
}

type Run = {
  readonly deps: ImportDeps;
  readonly row: ImportRow;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: OnProgress;
};

async function storeFile(run: Run): Promise<void> {
  const { deps, row } = run;
  const source = await openStored(row);
  if (source === undefined) {
    const gone = problem(
      'file_empty',
      `The file ${row.file_name} is not there any more.`,
      'Upload it again; what was imported is not imported twice.',
    );
    return endImport(deps, row, { status: 'failed', problem: gone });
  }
  const context = await contextOf(deps, row.workspace_id, row.options);
  const survey = await surveyFile(source, readingOptions(row.options), context);
  if (survey.kind === 'refused') {
    const [first] = survey.problems;
    return endImport(deps, row, {
      status: 'failed',
      notices: survey.notices,
      ...(first === undefined ? {} : { problem: first }),
    });
  }
  const withConsents = survey.plan.mapping.roles.consent !== undefined;
  if (withConsents) await noteConsentColumn(deps.pool, row);
  const options = withConsents ? { ...row.options, consent_column: true } : row.options;
  const progress = await storeItems(
    { ...run, row: { ...row, options } },
    { source, context, plan: survey.plan },
  );
  if (progress === undefined) return;
  const notices = [
    ...survey.notices,
    ...noticesOfTally(progress.tally),
    ...noticesOfStoring(progress.progress),
  ];
  const read = { ...progress.progress, rows: survey.plan.rows };
  await saveProgress(deps.pool, row, { from: 'storing', to: 'establishing', progress: read, notices });
  run.onProgress('establishing', read);
}

/** Undefined when it was cancelled or the process stops. */
async function storeItems(
  run: Run,
  file: { readonly source: FileSource; readonly context: ImportContext; readonly plan: ImportPlan },
): Promise<{ readonly progress: ImportProgress; readonly tally: Tally } | undefined> {
  const { deps, row, signal } = run;
  const { plan, context } = file;
  const { batches, tally } = readImport(file.source, plan, context.key);
  const skip = row.progress.items;
  let progress: ImportProgress = { ...row.progress, rows: plan.rows };
  let seen = 0;
  let pending = newPending();

  async function flush(): Promise<'go' | 'stop' | 'cancelled'> {
    const kept = progress.refused < LIMITS.refusalsKeptMax;
    const outcome = await storeBatch(deps, row, {
      items: pending.items,
      refusals: kept ? pending.refusals : [],
      refusedUnkept: kept ? 0 : pending.refusals.length,
      progress,
      read: { items: seen, identical_rows: tally.identicalRows },
    });
    pending = newPending();
    if (outcome.kind === 'cancelled') return 'cancelled';
    progress = outcome.progress;
    run.onProgress('storing', progress);
    await pause();
    return signal?.aborted === true ? 'stop' : 'go';
  }

  for await (const batch of batches) {
    for (const item of batch) {
      seen += 1;
      if (seen <= skip) continue;
      addTo(pending, item, row, context);
      const full =
        pending.people.size >= BATCH_PEOPLE_MAX ||
        pending.items.length + pending.refusals.length >= BATCH_ITEMS_MAX;
      if (full && (await flush()) !== 'go') return undefined;
    }
    if (seen <= skip) await pause();
  }
  // What is left to do from here on is one statement: a stop may wait for it.
  return (await flush()) === 'cancelled' ? undefined : { progress, tally };
}

type Pending = { readonly items: StoreItem[]; readonly refusals: RefusedRow[]; readonly people: Set<string> };

function newPending(): Pending {
  return { items: [], refusals: [], people: new Set() };
}

function addTo(pending: Pending, item: ImportItem, row: ImportRow, context: ImportContext): void {
  if (item.kind === 'refused') {
    pending.refusals.push(item);
    return;
  }
  const facts = factsOf(item, Math.min(context.asOf, context.now));
  if (facts.length === 0) return;
  pending.items.push({ row: item.row, raw: '', facts, permitted: isPermitted(item, row.options) });
  pending.people.add(item.identities[0]?.join('\0') ?? '');
}

/** As establishing decides it: only such people are taken up again for their consent's sake. */
function isPermitted(item: Exclude<ImportItem, RefusedRow>, options: StoredOptions): boolean {
  if (options.permission === 'none' || !item.identities.some(([kind]) => kind === 'email')) return false;
  if (options.permission === 'existing' && item.kind !== 'order') return false;
  return options.consent_column !== true || item.consent === 'given';
}

/** From here on a file changes the tables so much that Postgres' statistics are made anew. */
const LARGE_FROM_PEOPLE = 1_000;

/** The gap first, so that everyone is lived through under the rules that will hold; then person by person. */
async function establishAll(run: Run): Promise<void> {
  const { deps, row, signal } = run;
  const workspaceId = row.workspace_id;
  const left = await countToEstablish(deps.pool, workspaceId);
  if (row.status === 'establishing' && left > 0) await settleGap(deps, row);
  await deps.programs.reload(workspaceId);
  if (left >= LARGE_FROM_PEOPLE) await refreshStatistics(deps.pool);
  let progress: ImportProgress = { ...row.progress, to_establish: row.progress.established + left };
  const save = async (db: Queryable): Promise<void> => {
    if (row.status === 'establishing') await saveProgress(db, row, { from: 'establishing', progress });
  };
  await save(deps.pool);
  for (;;) {
    const before = progress.established;
    const { people } = await establishBatch({ ...deps, pause }, workspaceId, async (client, count) => {
      progress = { ...progress, established: before + count };
      await save(client);
    });
    if (people === 0) break;
    run.onProgress('establishing', progress);
    await pause();
    if (signal?.aborted === true) return;
  }
  if (row.status !== 'establishing') return;
  if (left >= LARGE_FROM_PEOPLE) await refreshStatistics(deps.pool);
  await saveProgress(deps.pool, row, { from: 'establishing', to: 'done', progress, finishedAt: deps.now() });
  deps.onHistory?.();
  run.onProgress('done', progress);
}

/** A new program version only when the gap is another one. */
export async function settleGap(
  deps: ImportDeps,
  row: ImportRow,
  /** An import was taken back: what it had taught is not known any more. */
  { orNone = false }: { readonly orNone?: boolean } = {},
): Promise<void> {
  const { pool } = deps;
  const gap = await measureGap(pool, await loadDefinition(pool, row.workspace_id));
  if (gap === null && !orNone) return;
  const before = await getWorkspace(pool, row.workspace_id);
  if (before.settings.gap_days === gap) return;
  await changeDefinition(
    pool,
    {
      workspaceId: row.workspace_id,
      auditId: deps.newId(),
      at: new Date(deps.now()),
      by: null,
      action: 'settings.gap',
      subject: `import imp_${row.id}`,
      detail: { gap_days: gap },
    },
    async (connection) => {
      const workspace = await getWorkspace(connection, row.workspace_id);
      await updateWorkspace(connection, { ...workspace, settings: { ...workspace.settings, gap_days: gap } });
      return { result: null, bumps: true };
    },
  );
  deps.wakeDefinitions?.();
}

export async function endImport(
  deps: ImportDeps,
  row: ImportRow,
  end: { readonly status: 'failed'; readonly problem?: Problem; readonly notices?: readonly Notice[] },
): Promise<void> {
  await saveProgress(deps.pool, row, {
    from: row.status,
    to: end.status,
    progress: row.progress,
    ...(end.notices === undefined ? {} : { notices: end.notices }),
    ...(end.problem === undefined ? {} : { problem: end.problem }),
    finishedAt: deps.now(),
  });
  deps.onHistory?.();
}

function noticesOfStoring(progress: ImportProgress): Notice[] {
  const notices: Notice[] = [];
  if (progress.duplicates > 0) {
    notices.push(
      notice('known_already', `${progress.duplicates} facts were known already and changed nothing.`),
    );
  }
  if (progress.identities_left > 0) {
    notices.push(
      notice(
        'identities_left',
        `${progress.identities_left} ids or addresses were not linked, because too many people share them.`,
        'Look for a fixed value, for example the address of a till.',
      ),
    );
  }
  return notices;
}

async function openStored(row: ImportRow): Promise<FileSource | undefined> {
  if (row.stored_path === null) return undefined;
  return sourceFromPath(row.stored_path, row.file_name).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new ProblemError(toProblemError(error).failure, { cause: error });
  });
}

/** Gives the thread to whoever waits for it. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
