// A draft that is kept in this browser while it is worked on, with undo and redo. Forgotten when it is saved or thrown away.
import { useCallback, useEffect, useState } from 'react';

interface History<T> {
  readonly past: readonly T[];
  readonly now: T;
  readonly future: readonly T[];
  /** Counts undo and redo: fields with words of their own begin anew. */
  readonly jumps: number;
}

export interface Draft<T> {
  readonly value: T;
  readonly change: (value: T) => void;
  readonly undo: (() => void) | null;
  readonly redo: (() => void) | null;
  readonly jumps: number;
  readonly isChanged: boolean;
  /** Back to what was saved. */
  readonly forget: () => void;
}

const undoMax = 100;
const keep = <T>(key: string, value: T): void => {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A full or forbidden storage: the draft lives in this page only.
  }
};

/** `saved` is what it begins with, unless a draft was left behind under `key`. */
export function useDraft<T>(key: string, saved: T, read: (kept: unknown) => T | null): Draft<T> {
  const [history, setHistory] = useState<History<T>>(() => ({
    past: [],
    now: keptUnder(key, read) ?? saved,
    future: [],
    jumps: 0,
  }));
  const isChanged = JSON.stringify(history.now) !== JSON.stringify(saved);
  useEffect(() => {
    if (isChanged) keep(key, history.now);
    else localStorage.removeItem(key);
  }, [key, history.now, isChanged]);
  const change = useCallback(
    (value: T) =>
      setHistory((old) => ({
        ...old,
        past: [...old.past, old.now].slice(-undoMax),
        now: value,
        future: [],
      })),
    [],
  );
  const undo = () =>
    setHistory((old) => {
      const before = old.past.at(-1);
      if (before === undefined) return old;
      return {
        past: old.past.slice(0, -1),
        now: before,
        future: [old.now, ...old.future],
        jumps: old.jumps + 1,
      };
    });
  const redo = () =>
    setHistory((old) => {
      const [next, ...future] = old.future;
      if (next === undefined) return old;
      return { past: [...old.past, old.now], now: next, future, jumps: old.jumps + 1 };
    });
  return {
    value: history.now,
    change,
    undo: history.past.length === 0 ? null : undo,
    redo: history.future.length === 0 ? null : redo,
    jumps: history.jumps,
    isChanged,
    forget: () => {
      localStorage.removeItem(key);
      setHistory((old) => ({ past: [...old.past, old.now], now: saved, future: [], jumps: old.jumps + 1 }));
    },
  };
}

function keptUnder<T>(key: string, read: (kept: unknown) => T | null): T | null {
  try {
    const kept = localStorage.getItem(key);
    return kept === null ? null : read(JSON.parse(kept));
  } catch {
    return null;
  }
}
