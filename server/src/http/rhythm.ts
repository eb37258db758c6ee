// A person's rhythm in words: "Sally usually orders every 23 days. It has been 41." Reads memory, decides nothing.
import { DAY_MS } from '@rapport/engine';
import type { Person, Program } from '@rapport/engine';

export interface Rhythm {
  readonly gapDays: number;
  /** The gap is their own, not the workspace's. */
  readonly isOwn: boolean;
  readonly silentDays: number;
  readonly lastOrderAt: number;
}

const gapDaysDefault = 60;

/** Null for someone who has not ordered. `now` is the as-of day for people imported as of an earlier one. */
export function rhythmOf(program: Program, person: Person, now: number): Rhythm | null {
  const slot = person.memory.slots['orders'];
  if (slot?.kind !== 'orders' || slot.net.last_at === null) return null;
  const asOf = person.frozen_at ?? now;
  const own = slot.net.gap_ms;
  const gapDays = own === null ? (program.definition.gap_days ?? gapDaysDefault) : own / DAY_MS;
  return {
    gapDays: Math.max(1, Math.round(gapDays)),
    isOwn: own !== null,
    silentDays: Math.max(0, Math.floor((asOf - slot.net.last_at) / DAY_MS)),
    lastOrderAt: slot.net.last_at,
  };
}

export function rhythmWords(name: string | null, rhythm: Rhythm): string {
  const days = (n: number): string => (n === 1 ? 'day' : `${n} days`);
  const who = name ?? 'This person';
  const count = (n: number): string => (n === 1 ? '1 day' : `${n} days`);
  const usually = rhythm.isOwn
    ? `${who} usually orders every ${days(rhythm.gapDays)}.`
    : `People here usually order again after ${count(rhythm.gapDays)}.`;
  if (rhythm.silentDays === 0) return `${usually} ${who} ordered in the last 24 hours.`;
  return `${usually} It has been ${rhythm.isOwn ? rhythm.silentDays : count(rhythm.silentDays)}.`;
}
