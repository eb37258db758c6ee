// The as-of day of an import: the end of the history that a file holds. Said by the caller or now; never guessed.

import { problem, shown, type Problem } from './problem.ts';

export type AsOfOutcome =
  | { readonly kind: 'read'; readonly at: number }
  | { readonly kind: 'refused'; readonly problem: Problem };

/** A day means its last millisecond in the workspace's zone, today means now; an instant needs its zone. */
export function readAsOf(text: string, timeZone: string, now: number): AsOfOutcome {
  const at = instantOf(text.trim(), timeZone);
  if (at === undefined || at < 0) {
    return refused(
      `${shown(text)} is not a day.`,
      'Give a day such as 1998-06-30, or an instant with its zone such as 1998-06-30T18:00:00Z.',
    );
  }
  if (at <= now) return { kind: 'read', at };
  if (/^\d{4}-\d{2}-\d{2}$/.test(text.trim()) && at - now <= 86_400_000 + 3_600_000)
    return { kind: 'read', at: now };
  return refused(
    `${shown(text)} lies in the future.`,
    'Give the last day that the file covers, or leave it out for now.',
  );
}

function instantOf(text: string, timeZone: string): number | undefined {
  try {
    if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
      return Temporal.PlainDate.from(text).add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds - 1;
    }
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    return undefined;
  }
}

function refused(message: string, hint: string): AsOfOutcome {
  return { kind: 'refused', problem: problem('option_invalid', message, hint) };
}
