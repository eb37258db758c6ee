// What was written and not yet saved, kept in this browser: a closed tab, a lost network or an ended session loses nothing.
export interface KeptDraft<T> {
  /** The version that was being changed. */
  readonly version: number;
  readonly draft: T;
  /** Epoch milliseconds. */
  readonly at: number;
}

const nameOf = (key: string): string => `rapport.draft.${key}`;

/** Null: nothing kept, or it cannot be read. */
export function findDraft<T>(key: string): KeptDraft<T> | null {
  try {
    const kept = JSON.parse(localStorage.getItem(nameOf(key)) ?? 'null') as KeptDraft<T> | null;
    return kept !== null && typeof kept.version === 'number' && typeof kept.at === 'number' ? kept : null;
  } catch {
    return null;
  }
}

/** False when the browser keeps nothing (private windows, a full store). */
export function keepDraft<T>(key: string, kept: KeptDraft<T>): boolean {
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
