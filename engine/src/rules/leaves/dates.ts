// Leaves about dates of a person: so many days before or after one, and around its anniversaries. A date holds for whole
// local days of the person's own zone, and `until` is where one of them begins or ends.
import { DAY_MS } from '../../lib/instant.ts';
import type { LocalDay } from '../../lib/instant.ts';
import { parseDateText } from '../../lib/date-text.ts';
import type { Zone } from '../../lib/zone.ts';
import { dayStart, localDay } from '../../lib/zone.ts';
import { personZone, ZONE_TRAITS } from '../../memory/person-zone.ts';
import type { Scope } from '../../memory/plan.ts';
import type { Memory } from '../../person.ts';
import type { Leaf } from '../evaluate.ts';
import { NO } from '../evaluate.ts';
import type { Read } from '../reads.ts';
import type { DateOf, Rule } from '../rule.ts';
import type { Stay } from '../stay.ts';
import { amongStays } from '../stay.ts';
import { dayWords } from '../words.ts';
import { traitReader, traitReads } from './facts.ts';
import { netOrders } from './purchases.ts';

type DateRule = Extract<Rule, { kind: 'date' | 'anniversary' }>;

/** Whatever part of a year lies around now, in these it ends and begins again. */
const YEARS_AHEAD = 4;

export function compileDate(rule: DateRule, scope: Scope): Leaf {
  const readDay = compileDateOf(rule.of);
  const { from, to = from } = rule;
  const needsOrders = rule.of.kind === 'first_order' || rule.of.kind === 'last_order';
  return {
    needs: needsOrders ? [{ kind: 'orders', spend_days: 0 }] : [],
    reads: [...ZONE_TRAITS.map((key): Read => `trait:${key}`), ...readsOf(rule.of)],
    ask: ({ memory, now }) => {
      const zone = personZone(memory, scope.zone);
      const day = readDay(memory, zone);
      if (day === null) return NO;
      const days = rule.kind === 'date' ? [day] : anniversaries(day, localDay(zone, now));
      return amongStays(
        days.map((each): Stay => ({ from: dayStart(zone, each + from), to: dayStart(zone, each + to + 1) })),
        now,
      );
    },
    evidence: ({ memory, now }) => {
      const zone = personZone(memory, scope.zone);
      const day = readDay(memory, zone);
      if (day === null) return 'no date';
      const today = localDay(zone, now);
      const next = rule.kind === 'date' ? day : anniversaries(day, today).find((each) => each >= today);
      const of = rule.kind === 'date' ? '' : `${dayWords(day)}, next on `;
      return `${of}${dayWords(next ?? day)}; today is ${dayWords(today)} in ${zone.name}`;
    },
  };
}

function compileDateOf(of: DateOf): (memory: Memory, zone: Zone) => LocalDay | null {
  switch (of.kind) {
    case 'trait': {
      const read = traitReader(of.path);
      return (memory, zone) => {
        const text = read(memory);
        const date = typeof text === 'string' ? parseDateText(text, zone) : null;
        if (date === null) return null;
        return date.kind === 'day' ? date.day : localDay(zone, date.at);
      };
    }
    case 'first_order':
      return (memory, zone) => dayOf(netOrders(memory).first_at, zone);
    case 'last_order':
      return (memory, zone) => dayOf(netOrders(memory).last_at, zone);
    case 'first_seen':
      return (memory, zone) => dayOf(memory.first_at, zone);
  }
}

function readsOf(of: DateOf): readonly Read[] {
  if (of.kind === 'trait') return traitReads(of.path);
  return of.kind === 'first_seen' ? ['first_seen'] : [];
}

function dayOf(at: number | null, zone: Zone): LocalDay | null {
  return at === null ? null : localDay(zone, at);
}

/** The anniversaries from the year before today's on, none before the first. Those of 29 February fall on 28 in other years. */
function anniversaries(day: LocalDay, today: LocalDay): readonly LocalDay[] {
  const date = new Date(day * DAY_MS);
  const first = Math.max(date.getUTCFullYear() + 1, new Date(today * DAY_MS).getUTCFullYear() - 1);
  return Array.from({ length: YEARS_AHEAD }, (_, i) =>
    dayIn(first + i, date.getUTCMonth(), date.getUTCDate()),
  );
}

function dayIn(year: number, month: number, date: number): LocalDay {
  const day = Date.UTC(year, month, date) / DAY_MS;
  return new Date(day * DAY_MS).getUTCMonth() === month ? day : day - 1;
}
