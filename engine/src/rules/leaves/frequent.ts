// The value seen most often in a window, compared. Silence changes it whenever an event comes into the window or leaves it.
import type { Instant } from '../../lib/instant.ts';
import type { Scope } from '../../memory/plan.ts';
import { slotKey } from '../../memory/plan.ts';
import type { RecentSlot } from '../../memory/slot.ts';
import { valueOfRecent } from '../../memory/slots.ts';
import { compileComparison } from '../compare.ts';
import type { EvaluationContext, Leaf } from '../evaluate.ts';
import { windowReads } from '../reads.ts';
import type { Rule } from '../rule.ts';
import { compileSelector } from '../selector.ts';
import type { Stay } from '../stay.ts';
import { askAtTurns, compileStays } from '../stay.ts';
import { windowNeeds } from '../window.ts';
import { plural, valueWords } from '../words.ts';

/** One event that may count, newest first, with the place of its value among all values. */
interface Seen extends Stay {
  readonly value: number;
}

interface Sightings {
  readonly seen: readonly Seen[];
  readonly values: readonly string[];
}

export function compileMostFrequent(rule: Extract<Rule, { kind: 'most_frequent' }>, scope: Scope): Leaf {
  const selector = compileSelector(rule, scope.zone);
  const key = slotKey('recent', selector, rule.property);
  const stays = compileStays(rule.window, scope.zone);
  const test = compileComparison(rule.op, rule.value, scope.zone);
  const read = (context: EvaluationContext): Sightings => {
    const slot = context.memory.slots[key];
    const stayOf = stays(context);
    const places = new Map<string, number>();
    const seen: Seen[] = [];
    for (const [at, , text] of slot?.kind === 'recent' ? slot.seen : NOTHING) {
      const stay = stayOf(at);
      if (stay === null) continue;
      const value = places.get(text) ?? places.size;
      places.set(text, value);
      seen.push({ from: stay.from, to: stay.to, value });
    }
    return { seen, values: [...places.keys()] };
  };
  return {
    needs: [{ kind: 'recent', key, selector, property: rule.property }, ...windowNeeds(rule.window)],
    reads: windowReads(rule.window),
    ask: (context) => {
      const { seen, values } = read(context);
      const fits = values.map((text) => test(valueOfRecent(text)));
      return askAtTurns(seen, context.now, (at) => {
        const found = mostFrequent(seen, values.length, at);
        return found !== null && fits[found.value] === true;
      });
    },
    evidence: (context) => {
      const { seen, values } = read(context);
      const found = mostFrequent(seen, values.length, context.now);
      if (found === null) return 'never';
      return `${valueWords(valueOfRecent(values[found.value]!))}: ${plural(found.times, 'time')}`;
    },
  };
}

const NOTHING: RecentSlot['seen'] = [];

/** Of several seen as often, the one seen last. */
function mostFrequent(
  seen: readonly Seen[],
  values: number,
  at: Instant,
): { value: number; times: number } | null {
  const counts = new Uint8Array(values);
  for (const { from, to, value } of seen) if (from <= at && at < to) counts[value]!++;
  let times = 0;
  for (const count of counts) if (count > times) times = count;
  const found = seen.find(({ from, to, value }) => from <= at && at < to && counts[value] === times);
  return found === undefined ? null : { value: found.value, times };
}
