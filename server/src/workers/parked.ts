// A second try for inputs that were parked: on demand, and for all of them when the program changed. Each is taken as a
// late event under the person's lock; what succeeds counts from then on, what fails stays with its newest reason.
import type { Input } from '@rapport/engine';
import { countRetry, listUnresolved, resolveParked } from '../postgres/parked.ts';
import type { ParkedInput } from '../postgres/parked.ts';
import { lockPeople } from '../postgres/people.ts';
import { newRows } from '../postgres/rows.ts';
import { notify, retrying, takeInput, writePeople } from '../postgres/steps.ts';
import type { StepDeps } from '../postgres/steps.ts';

const PAGE = 100;
const DETAIL_MAX = 2_000;

/** True: it went through this time. */
export async function retryParked(
  deps: StepDeps,
  workspaceId: string,
  parked: ParkedInput,
): Promise<boolean> {
  const report = await retrying(deps, workspaceId, async (client, context) => {
    const nothing = { wakeAt: null, messages: false };
    const key = { bucket: parked.bucket, id: parked.personId };
    const locked = await lockPeople(client, workspaceId, [key], { program: context.program });
    const person = locked.get(key.id);
    if (person === undefined) return { ...nothing, mended: false };
    // Only steps.ts writes inputs there.
    const input = JSON.parse(parked.input) as Input;
    const taken = await takeInput(deps, client, context, person, input);
    if (taken.kind === 'parked') {
      const detail = taken.detail.slice(0, DETAIL_MAX).replaceAll('\0', '');
      await countRetry(client, workspaceId, { parked, reason: taken.reason, detail });
      return { ...nothing, mended: false };
    }
    const event = input.kind === 'event' ? { id: input.event.id, at: input.event.at } : null;
    await resolveParked(client, workspaceId, { parked, at: context.now, event });
    const rows = newRows();
    const wakeAt = await writePeople(client, context, [person], rows);
    return { wakeAt, messages: rows.messages.length > 0, mended: true };
  });
  notify(deps, report);
  return report.mended;
}

/** All that wait, in order. Gives how many were mended. */
export async function retryAllParked(deps: StepDeps, workspaceId: string): Promise<number> {
  let mended = 0;
  let cursor: string | null = null;
  for (;;) {
    const page: readonly ParkedInput[] = await listUnresolved(deps.pool, workspaceId, cursor, PAGE);
    for (const parked of page) if (await retryParked(deps, workspaceId, parked)) mended += 1;
    cursor = page.at(-1)?.id ?? null;
    if (page.length < PAGE) return mended;
  }
}
