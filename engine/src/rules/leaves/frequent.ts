// The value seen most often in a window, compared. Silence changes it whenever an event comes into the window or leaves it.
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

/** One event that may count, newest first. */
interface Seen extends Stay {
  readonly value: string;
}

export function compileMostFrequent(rule: Extract<Rule, { kind: 'most_frequent' }>, scope: Scope): Leaf {
  const selector = compileSelector(rule, scope.zone);
  const key = slotKey('recent', selector, rule.property);
  const stays = compileStays(rule.window, scope.zone);
  const test = compileComparison(rule.op, rule.value, scope.zone);
  const read = (context: EvaluationContext): readonly Seen[] => {
    const slot = context.memory.slots[key];
    const stayOf = stays(context);
    return (slot?.kind === 'recent' ? slot.seen : NOTHING).flatMap(([at, , value]) => {
      const stay = stayOf(at);
      return stay === null ? [] : [{ ...stay, value }];
    });
  };
  return {
    needs: [{ kind: 'recent', key, selector, property: rule.property }, ...windowNeeds(rule.window)],
    reads: windowReads(rule.window),
    ask: (context) => {
      const seen = read(context);
      return askAtTurns(seen, context.now, (at) => {
        const found = mostFrequent(seen.filter(({ from, to }) => from <= at && at < to));
        return found !== null && test(valueOfRecent(found.value));
      });
    },
    evidence: (context) => {
      const { now } = context;
      const found = mostFrequent(read(context).filter(({ from, to }) => from <= now && now < to));
      if (found === null) return 'never';
      return `${valueWords(valueOfRecent(found.value))}: ${plural(found.times, 'time')}`;
    },
  };
}

const NOTHING: RecentSlot['seen'] = [];

/** Of several seen as often, the one seen last. */
function mostFrequent(seen: readonly Seen[]): { value: string; times: number } | null {
  const counts = new Map<string, number>();
  for (const { value } of seen) counts.set(value, (counts.get(value) ?? 0) + 1);
  let found: { value: string; times: number } | null = null;
  // A map keeps the order in which keys came, here the newest first.
  for (const [value, times] of counts) if (found === null || times > found.times) found = { value, times };
  return found;
}
