// What was written and not yet saved, kept in this browser: a closed tab, a lost network or an ended session loses nothing.
export interface KeptDraft {
  /** The version that was being changed. */
  readonly version: number;
  readonly draft: unknown;
  /** Epoch milliseconds. */
  readonly at: number;
}

const nameOf = (key: string): string => `rapport.draft.${key}`;

/** Null: nothing kept, or it cannot be read. */
export function findDraft(key: string): KeptDraft | null {
  try {
    const kept = JSON.parse(localStorage.getItem(nameOf(key)) ?? 'null') as KeptDraft | null;
    return kept !== null && typeof kept.version === 'number' && typeof kept.at === 'number' ? kept : null;
  } catch {
    return null;
  }
}

/** False when the browser keeps nothing (private windows, a full store). */
export function keepDraft(key: string, kept: KeptDraft): boolean {
  try {
    localStorage.setItem(nameOf(key), JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}

export function dropDraft(key: string): void {
  try {
    localStorage.removeItem(nameOf(key));
  } catch {
    // Nothing is kept, so nothing is to be dropped.
  }
}

export function canKeep(): boolean {
  const works = keepDraft('probe', { version: 0, draft: null, at: 0 });
  dropDraft('probe');
  return works;
}
