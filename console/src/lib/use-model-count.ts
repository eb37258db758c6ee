// Asks everyone about lifecycle models that are not saved, portion after portion, and tells what is known so far. Called off when the
// models change or nobody looks any more.
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { countModels, type CountedModel } from '../api/lifecycle.ts';
import { ApiProblem } from '../api/problem.ts';
import { nothingCounted, withPortion, type ModelCount } from './model-count.ts';

export interface Counting {
  /** The last that was known: of an earlier draft while `pending`. */
  readonly count: ModelCount;
  readonly pending: boolean;
  readonly error: unknown;
  readonly retry: () => void;
}

const waitMs = 500;
/** A definition that changes under the count makes it begin again, not for ever. */
const restartsMax = 3;

/** Null: there is nothing to ask. */
export function useModelCount(models: readonly CountedModel[] | null): Counting {
  const [asked] = useDebouncedValue(models === null ? null : JSON.stringify(models), waitMs);
  const [turn, setTurn] = useState(0);
  const [state, setState] = useState<{ readonly of: string | null; count: ModelCount; error: unknown }>({
    of: null,
    count: nothingCounted,
    error: null,
  });
  useEffect(() => {
    if (asked === null) return undefined;
    const calling = new AbortController();
    const of = `${turn} ${asked}`;
    void walk(JSON.parse(asked) as readonly CountedModel[], calling.signal, (count) =>
      setState({ of, count, error: null }),
    ).catch((error: unknown) => {
      if (!calling.signal.aborted) setState((old) => ({ ...old, of, error }));
    });
    return () => calling.abort();
  }, [asked, turn]);
  const current = models === null ? null : `${turn} ${JSON.stringify(models)}`;
  return {
    count: state.count,
    pending: state.of !== current,
    error: state.of === current ? state.error : null,
    retry: () => setTurn((n) => n + 1),
  };
}

async function walk(
  models: readonly CountedModel[],
  signal: AbortSignal,
  tell: (count: ModelCount) => void,
): Promise<void> {
  let count = nothingCounted;
  let cursor: string | null = null;
  let restarts = 0;
  for (;;) {
    let portion;
    try {
      portion = await countModels(models, cursor, signal);
    } catch (error) {
      const changed = error instanceof ApiProblem && error.status === 409 && cursor !== null;
      if (!changed || restarts === restartsMax) throw error;
      restarts += 1;
      cursor = null;
      count = nothingCounted;
      continue;
    }
    if (signal.aborted) return;
    count = withPortion(count, portion);
    tell(count);
    if (portion.next_cursor === null) return;
    cursor = portion.next_cursor;
  }
}
