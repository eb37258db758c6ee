// What was changed, with the way back and forth again. Pure; whoever draws it holds it.
export interface History<T> {
  readonly past: readonly T[];
  readonly now: T;
  readonly future: readonly T[];
  /** What the last change was about, and when: typing on at one place is one step back. */
  readonly about: string | null;
  readonly at: number;
  /** Counts steps back and forth: fields with words of their own begin anew. */
  readonly jumps: number;
}

const stepsMax = 200;
const togetherMs = 1_500;

export const historyOf = <T>(now: T): History<T> => ({
  past: [],
  now,
  future: [],
  about: null,
  at: 0,
  jumps: 0,
});

export function changedTo<T>(
  history: History<T>,
  now: T,
  how: { readonly about: string | null; readonly at: number },
): History<T> {
  const together = how.about !== null && how.about === history.about && how.at - history.at < togetherMs;
  const past = together ? history.past : [...history.past, history.now].slice(-stepsMax);
  return { ...history, past, now, future: [], ...how };
}

export function undone<T>(history: History<T>): History<T> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  const future = [history.now, ...history.future];
  return jumped(history, { past: history.past.slice(0, -1), now: before, future });
}

export function redone<T>(history: History<T>): History<T> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return jumped(history, { past: [...history.past, history.now], now: next, future });
}

/** Another whole in its place, as one step that can be taken back. */
export function replaced<T>(history: History<T>, now: T): History<T> {
  const past = [...history.past, history.now].slice(-stepsMax);
  return jumped(history, { past, now, future: [] });
}

function jumped<T>(history: History<T>, to: Pick<History<T>, 'past' | 'now' | 'future'>): History<T> {
  return { ...to, about: null, at: 0, jumps: history.jumps + 1 };
}
