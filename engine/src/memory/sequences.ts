// The newest starts of a sequence, each with the first end that followed it, and the newest ends for starts that come late.
// A function of the set of events alone: a start so old that its ends are no longer kept asks for history.
import type { Instant } from '../lib/instant.ts';
import { compareText } from '../lib/json.ts';
import type { SequenceEnd, SequenceSlot, SequenceStart } from './slot.ts';
import { isLater } from './slots.ts';

export const STARTS_MAX = 32;
const ENDS_MAX = 32;

/** What an event is to a sequence: its beginning, its end, or both. `key` is '' where nothing has to be equal. */
export interface SequencePart {
  readonly at: Instant;
  readonly id: string;
  readonly key: string;
  readonly starts: boolean;
  readonly ends: boolean;
}

const EMPTY: SequenceSlot = { kind: 'sequence', starts: [], ends: [], dropped: null };

/** `perKey`: of each key only the newest start. */
export function foldSequence(
  slot: SequenceSlot | undefined,
  part: SequencePart,
  perKey: boolean,
): SequenceSlot | 'needs_history' {
  let next = slot ?? EMPTY;
  if (part.starts) {
    // Its own end is not among the ends yet: no event follows itself.
    const started = withStart(next, part, perKey);
    if (started === 'needs_history') return started;
    next = started;
  }
  return part.ends ? withEnd(next, part) : next;
}

/** Of all parts at once, oldest first, ordered as events are. */
export function refoldSequence(parts: readonly SequencePart[], perKey: boolean): SequenceSlot | undefined {
  if (parts.length === 0) return undefined;

  const begun: SequencePart[] = [];
  const keys = new Set<string>();
  for (let i = parts.length - 1; i >= 0 && begun.length < STARTS_MAX; i--) {
    const part = parts[i]!;
    if (!part.starts || (perKey && keys.has(part.key))) continue;
    keys.add(part.key);
    begun.push(part);
  }
  const ended = parts.filter((part) => part.ends);
  const starts = begun.map(({ at, id, key }): SequenceStart => {
    const first = ended.find((end) => end.at >= at && end.id !== id && end.key === key);
    return [at, id, key, first?.at ?? null];
  });
  const ends = ended.map(({ at, key }): SequenceEnd => [at, key]).sort(newestFirst);
  return { kind: 'sequence', starts, ends: ends.slice(0, ENDS_MAX), dropped: ends[ENDS_MAX]?.[0] ?? null };
}

/** Of two people without a common event. */
export function mergeSequences(
  a: SequenceSlot,
  b: SequenceSlot,
  perKey: boolean,
): SequenceSlot | 'needs_history' {
  let slot: SequenceSlot = EMPTY;
  for (const [mine, other] of [
    [a, b],
    [b, a],
  ] as const) {
    for (const [at, id, key, end] of mine.starts) {
      const found = firstEnd(other, at, key);
      const first = end === null || (found !== null && found < end) ? found : end;
      slot = placed(slot, [at, id, key, first], perKey);
    }
  }
  for (const [mine, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const isUnsure = (start: SequenceStart): boolean =>
      isTooOld(other, start[0]) && mine.starts.some((each) => each[1] === start[1]);
    if (slot.starts.some(isUnsure)) return 'needs_history';
  }
  const dropped = Math.max(a.dropped ?? -Infinity, b.dropped ?? -Infinity);
  const known = { ...slot, ends: a.ends, dropped: Number.isFinite(dropped) ? dropped : null };
  return b.ends.reduce<SequenceSlot>(keepEnd, known);
}

function withStart(slot: SequenceSlot, part: SequencePart, perKey: boolean): SequenceSlot | 'needs_history' {
  const next = placed(slot, [part.at, part.id, part.key, firstEnd(slot, part.at, part.key)], perKey);
  return next !== slot && isTooOld(slot, part.at) ? 'needs_history' : next;
}

/** Perhaps an end at or after this instant was let go of. */
function isTooOld(slot: SequenceSlot, at: Instant): boolean {
  return slot.dropped !== null && at <= slot.dropped;
}

/** The same slot where the start is older than what is kept. */
function placed(slot: SequenceSlot, start: SequenceStart, perKey: boolean): SequenceSlot {
  const [at, id, key] = start;
  const same = perKey ? slot.starts.findIndex((each) => each[2] === key) : -1;
  if (same >= 0 && isLater(slot.starts[same]![0], slot.starts[same]![1], at, id)) return slot;

  const others = same < 0 ? slot.starts : slot.starts.toSpliced(same, 1);
  let i = 0;
  while (i < others.length && isLater(others[i]![0], others[i]![1], at, id)) i++;
  return i >= STARTS_MAX ? slot : { ...slot, starts: others.toSpliced(i, 0, start).slice(0, STARTS_MAX) };
}

function firstEnd(slot: SequenceSlot, from: Instant, key: string): Instant | null {
  for (let i = slot.ends.length - 1; i >= 0; i--) {
    const [at, of] = slot.ends[i]!;
    if (at >= from && of === key) return at;
  }
  return null;
}

function withEnd(slot: SequenceSlot, { at, id, key }: SequencePart): SequenceSlot {
  const isFirst = (start: SequenceStart): boolean =>
    start[0] <= at && start[1] !== id && start[2] === key && (start[3] === null || at < start[3]);
  const starts = slot.starts.some(isFirst)
    ? slot.starts.map((start): SequenceStart => (isFirst(start) ? [start[0], start[1], start[2], at] : start))
    : slot.starts;
  return keepEnd({ ...slot, starts }, [at, key]);
}

function keepEnd(slot: SequenceSlot, end: SequenceEnd): SequenceSlot {
  const { ends } = slot;
  let i = 0;
  while (i < ends.length && newestFirst(ends[i]!, end) < 0) i++;
  const next = ends.toSpliced(i, 0, end);
  const over = next[ENDS_MAX];
  if (over === undefined) return { ...slot, ends: next };
  return { ...slot, ends: next.slice(0, ENDS_MAX), dropped: Math.max(over[0], slot.dropped ?? over[0]) };
}

function newestFirst(a: SequenceEnd, b: SequenceEnd): number {
  return b[0] - a[0] || compareText(b[1], a[1]);
}
