// A draft of something that is saved in versions: kept in this browser while it is worked on, with undo and redo. What was written and
// not saved is taken up again later, and remembers which version it began with. Forgotten when it is saved or thrown away.
import { useBlocker } from '@tanstack/react-router';
import { useCallback, useEffect, useState } from 'react';
import { changedTo, historyOf, redone, replaced, undone, type History } from './history.ts';
import { canKeep, dropDraft, findDraft, keepDraft } from './kept-draft.ts';

export interface Draft<T> {
  readonly value: T;
  /** Changes about the same thing in quick succession are one step back. */
  readonly change: (value: T, about?: string | null) => void;
  /** From what it is at that moment. */
  readonly changeWith: (how: (old: T) => T, about?: string | null) => void;
  readonly undo: (() => void) | null;
  readonly redo: (() => void) | null;
  /** Counts undo and redo: fields with words of their own begin anew. */
  readonly jumps: number;
  readonly isChanged: boolean;
  /** The version that is being changed. */
  readonly basedOn: number;
  /** When what was taken up again had been written; null: it begins with what is saved. */
  readonly takenUp: number | null;
  /** Back to what is saved; can be taken back. */
  readonly forget: () => void;
  /** It was saved as this version. */
  readonly settle: (version: number) => void;
}

export interface DraftOf<T> {
  /** `journey.welcome`: under this name it is kept. */
  readonly key: string;
  readonly version: number;
  /** What it begins with, unless a draft was left behind. */
  readonly saved: T;
  /** Null: what was kept is of no use any more. */
  readonly read: (kept: unknown) => T | null;
}

export function useDraft<T>({ key, version, saved, read }: DraftOf<T>): Draft<T> {
  const [kept] = useState(() => {
    const found = findDraft(key);
    const draft = found === null ? null : read(found.draft);
    if (found === null || draft === null || same(draft, saved)) return null;
    return { ...found, draft };
  });
  const [history, setHistory] = useState<History<T>>(() => historyOf(kept?.draft ?? saved));
  const [takenUp, setTakenUp] = useState(kept?.at ?? null);
  const [basedOn, setBasedOn] = useState(kept?.version ?? version);
  const isChanged = !same(history.now, saved);
  useEffect(() => {
    if (isChanged) keepDraft(key, { version: basedOn, draft: history.now, at: Date.now() });
    else dropDraft(key);
  }, [key, history.now, isChanged, basedOn]);
  // What was written is kept; only a browser that keeps nothing must ask.
  useBlocker({
    shouldBlockFn: () => isChanged && !canKeep() && !window.confirm('Leave without saving what you changed?'),
    enableBeforeUnload: () => isChanged && !canKeep(),
  });
  const changeWith = useCallback(
    (how: (old: T) => T, about: string | null = null) =>
      setHistory((old) => changedTo(old, how(old.now), { about, at: Date.now() })),
    [],
  );
  const change = useCallback(
    (value: T, about: string | null = null) => changeWith(() => value, about),
    [changeWith],
  );
  return {
    value: history.now,
    change,
    changeWith,
    undo: history.past.length === 0 ? null : () => setHistory(undone),
    redo: history.future.length === 0 ? null : () => setHistory(redone),
    jumps: history.jumps,
    isChanged,
    basedOn,
    takenUp,
    forget: () => {
      dropDraft(key);
      setHistory((old) => replaced(old, saved));
      setBasedOn(version);
      setTakenUp(null);
    },
    settle: (fresh) => {
      dropDraft(key);
      setBasedOn(fresh);
      setTakenUp(null);
    },
  };
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
