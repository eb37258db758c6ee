// After a change of definitions: brings every older state to the new program, silently, 200 people at a time, in the
// lane for bulk work. What is left is written in the rows, so a kill loses nothing and a restart goes on.
import type { Log } from '../log.ts';
import { loadHistories } from '../postgres/events.ts';
import { historyKeys, lockPeople } from '../postgres/people.ts';
import { notify, retrying, stepLocked } from '../postgres/steps.ts';
import type { StepDeps } from '../postgres/steps.ts';
import { listOutdated } from '../postgres/upgrades.ts';
import { startLoop } from './loop.ts';
import type { Loop } from './loop.ts';

const PEOPLE_MAX = 200;
/** A process that had not noticed the change may still write an older state: looked for now and then. */
const LOOK_MS = 5_000;
/** How long a batch waits for live work before it takes its turn. */
const YIELD_MS = 20;

export interface UpgradeDeps extends StepDeps {
  readonly log: Log;
  readonly workspaceIds: () => Promise<readonly string[]>;
  readonly busy?: () => boolean;
}

export function startUpgrade(deps: UpgradeDeps): Loop {
  return startLoop({
    name: 'upgrade',
    log: deps.log,
    work: async () => {
      let moved = 0;
      for (const workspaceId of await deps.workspaceIds()) moved += await upgradeBatch(deps, workspaceId);
      if (moved === 0) return LOOK_MS;
      return deps.busy?.() === true ? YIELD_MS : 0;
    },
  });
}

/** At most 200 people; gives how many were brought to the newest program. 0: all are. */
export async function upgradeBatch(deps: StepDeps, workspaceId: string): Promise<number> {
  const newest = await deps.programs.get(workspaceId);
  const outdated = await listOutdated(deps.pool, workspaceId, newest.version, PEOPLE_MAX);
  if (outdated.length === 0) return 0;
  const report = await retrying(deps, workspaceId, async (client, context) => {
    const locked = await lockPeople(client, workspaceId, outdated, { program: context.program });
    const people = [...new Set(locked.values())].filter((p) => p.storedVersion < context.program.version);
    const refolded = people.filter((p) => p.person.plan !== context.program.plan.signature);
    const histories = await loadHistories(client, workspaceId, refolded.map(historyKeys));
    refolded.forEach((person, i) => (person.history = histories[i] ?? []));
    const inputs = people.map((p) => ({
      person: p.key,
      input: { kind: 'definition' } as const,
      silent: true,
    }));
    const done = await stepLocked(deps, client, context, locked, inputs);
    return { ...done, people: people.length };
  });
  notify(deps, report);
  // Others were quicker: there may be more.
  return Math.max(1, report.people);
}

/** Until nobody is left: for the command line and tests. */
export async function upgradeAll(deps: StepDeps, workspaceId: string): Promise<void> {
  while ((await upgradeBatch(deps, workspaceId)) > 0);
}
