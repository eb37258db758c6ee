// Leaves about two events in a row: this and then that in time, and this without that. The second turns by silence alone,
// at the exact moment at which the time is up.
import type { DurationMs } from '../../lib/instant.ts';
import type { Scope } from '../../memory/plan.ts';
import { sequenceNeed } from '../../memory/plan.ts';
import type { SequenceStart } from '../../memory/slot.ts';
import type { Memory } from '../../person.ts';
import type { Leaf } from '../evaluate.ts';
import { windowReads } from '../reads.ts';
import type { Rule } from '../rule.ts';
import { compileSelector } from '../selector.ts';
import { amongStays, compileStays } from '../stay.ts';
import { durationOf, windowNeeds } from '../window.ts';
import { momentWords } from '../words.ts';

type SequenceRule = Extract<Rule, { kind: 'sequence' | 'unfollowed' }>;

export function compileSequence(rule: SequenceRule, scope: Scope): Leaf {
  const by = rule.by ?? null;
  const own = sequenceNeed({
    first: compileSelector(rule.first, scope.zone),
    then: compileSelector(rule.then, scope.zone),
    by,
    // Who begins anew with one cart has not left it; whoever bought it once has bought it.
    per_key: by !== null && rule.kind === 'unfollowed',
  });
  const stays = compileStays(rule.window, scope.zone);
  const withinMs = durationOf(rule.within);
  const starts = (memory: Memory): readonly SequenceStart[] => {
    const slot = memory.slots[own.key];
    return slot?.kind === 'sequence' ? slot.starts : [];
  };
  return {
    needs: [own, ...windowNeeds(rule.window)],
    reads: windowReads(rule.window),
    ask: (context) => {
      const stayOf = stays(context);
      const waits = rule.kind === 'unfollowed';
      const counting = starts(context.memory).flatMap((start) => {
        const stay = stayOf(start[0]);
        if (stay === null || isFollowed(start, withinMs) === waits) return [];
        return waits ? [{ from: Math.max(stay.from, start[0] + withinMs), to: stay.to }] : [stay];
      });
      return amongStays(counting, context.now);
    },
    evidence: ({ memory, now }) => {
      const newest = starts(memory)[0];
      if (newest === undefined) return 'never begun';
      const begun = `last begun on ${momentWords(scope.zone, newest[0])}`;
      if (isFollowed(newest, withinMs)) return `${begun}, followed on ${momentWords(scope.zone, newest[3]!)}`;
      const due = newest[0] + withinMs;
      return `${begun}, ${now < due ? 'not followed yet; time until' : 'not followed by'} ${momentWords(scope.zone, due)}`;
    },
  };
}

function isFollowed([at, , , end]: SequenceStart, withinMs: DurationMs): boolean {
  return end !== null && end < at + withinMs;
}
