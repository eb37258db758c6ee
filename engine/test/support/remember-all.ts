// Folds facts one by one as they come, as a running shop does: what needs history is folded again from all facts so far.
import type { EventFact } from '../../src/input.ts';
import type { Plan } from '../../src/memory/plan.ts';
import { emptyMemory, needsHistory, pruneMemory, refoldMemory, remember } from '../../src/memory/remember.ts';
import type { Memory } from '../../src/person.ts';

/** Facts arrive as time goes on, up to `now`. `counts`, if given, learns how often history was needed. */
export function rememberAll(
  plan: Plan,
  events: readonly EventFact[],
  now: number,
  counts?: { history: number },
): Memory {
  let memory = emptyMemory(plan);
  let receivedAt = 0;
  events.forEach((event, i) => {
    receivedAt = Math.max(receivedAt, event.at);
    const next = remember(plan, memory, event, receivedAt);
    if (needsHistory(next) && counts !== undefined) counts.history++;
    memory = needsHistory(next) ? refoldMemory(plan, events.slice(0, i + 1), receivedAt) : next;
  });
  return pruneMemory(plan, memory, now);
}
