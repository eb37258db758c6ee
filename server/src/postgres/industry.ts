// A business that calls a purchase otherwise gets the shipped segments and journeys in its words. What somebody has edited stays
// theirs; a journey that has been on keeps its versions and gets a new one.
import { inPurchaseWords, readyJourneys, shippedSegments } from '@rapport/engine';
import type { Selector } from '@rapport/engine';
import type { Connection } from './pool.ts';

/** The caller holds the workspace's row lock and bumps the program. */
export async function sayInPurchaseWords(
  connection: Connection,
  change: {
    readonly workspaceId: string;
    readonly from: Selector;
    readonly to: Selector;
    readonly at: Date;
  },
): Promise<void> {
  const from = namesOf(change.from);
  const to = namesOf(change.to);
  if (from.join('\0') === to.join('\0')) return;
  for (const { key, rule } of shippedSegments) {
    await connection.query(
      `update segments set rule = $4
        where workspace_id = $1 and key = $2 and shipped and rule = $3::jsonb`,
      [
        change.workspaceId,
        key,
        JSON.stringify(inPurchaseWords(rule, from)),
        JSON.stringify(inPurchaseWords(rule, to)),
      ],
    );
  }
  for (const { key, graph } of readyJourneys) {
    await sayJourney(connection, {
      ...change,
      key,
      before: JSON.stringify(inPurchaseWords(graph, from)),
      after: JSON.stringify(inPurchaseWords(graph, to)),
    });
  }
}

async function sayJourney(
  connection: Connection,
  journey: {
    readonly workspaceId: string;
    readonly key: string;
    readonly before: string;
    readonly after: string;
    readonly at: Date;
  },
): Promise<void> {
  if (journey.before === journey.after) return;
  const { rows } = await connection.query<{ version: number; untouched: boolean; was_on: boolean }>(
    `select v.version, v.graph = $3::jsonb as untouched,
            exists (select 1 from activations a
                     where a.workspace_id = v.workspace_id and a.journey_key = v.journey_key) as was_on
       from journey_versions v
      where v.workspace_id = $1 and v.journey_key = $2
      order by v.version desc
      limit 1`,
    [journey.workspaceId, journey.key, journey.before],
  );
  const [newest] = rows;
  if (newest === undefined || !newest.untouched) return;
  if (newest.was_on) {
    await connection.query(
      `insert into journey_versions (workspace_id, journey_key, version, graph, created_at, created_by)
       values ($1, $2, $3, $4, $5, null)`,
      [journey.workspaceId, journey.key, newest.version + 1, journey.after, journey.at],
    );
    return;
  }
  await connection.query(
    'update journey_versions set graph = $4 where workspace_id = $1 and journey_key = $2 and version = $3',
    [journey.workspaceId, journey.key, newest.version, journey.after],
  );
}

const namesOf = ({ event }: Selector): readonly string[] => (typeof event === 'string' ? [event] : event);
