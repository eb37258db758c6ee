// Takes an import back, to its end: some people at a time, with the progress in the same commit, so that whoever takes up an
// unfinished one goes on where it stood. Contacts nobody.
import { claimWork } from '../postgres/claim.ts';
import { undoBatch } from '../postgres/import-undo.ts';
import { findImport, refreshStatistics, saveProgress, type ImportRow } from '../postgres/imports.ts';
import { settleGap, type ImportDeps } from './run.ts';

/** From here on the tables change so much that Postgres' statistics are made anew. */
const LARGE_FROM_PEOPLE = 1_000;

/** Throws on what may go away (a lost database); the next run goes on where it stood. */
export async function undoImport(
  deps: ImportDeps,
  asked: ImportRow,
  options: { readonly signal?: AbortSignal } = {},
): Promise<'ended' | 'taken'> {
  const claim = await claimWork(deps.pool, `import ${asked.id}`);
  if (claim === undefined) return 'taken';
  try {
    let row = (await findImport(deps.pool, asked.workspace_id, asked.id)) ?? asked;
    if (row.status !== 'undoing') return 'ended';
    await deps.programs.reload(row.workspace_id);
    for (;;) {
      const progress = await undoBatch(deps, row);
      if (progress === null) break;
      row = { ...row, progress };
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      if (options.signal?.aborted === true) return 'ended';
    }
    await settleGap(deps, row, { orNone: true });
    if ((row.progress.undo?.of ?? 0) >= LARGE_FROM_PEOPLE) await refreshStatistics(deps.pool);
    await saveProgress(deps.pool, row, { from: 'undoing', to: 'undone', progress: row.progress });
    deps.onHistory?.();
    return 'ended';
  } finally {
    await claim();
  }
}
