// Topics: what a person consents to hear about. Definitions; consents themselves are standing.
import type { Queryable } from './pool.ts';

export interface Topic {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly position: number;
}

export async function listTopicRows(db: Queryable, workspaceId: string): Promise<readonly Topic[]> {
  const { rows } = await db.query<Topic>(
    `select key, name, description, position
     from topics
     where workspace_id = $1
     order by position, key`,
    [workspaceId],
  );
  return rows;
}

/** False when the key is taken. */
export async function insertTopic(db: Queryable, workspaceId: string, topic: Topic): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into topics (workspace_id, key, name, description, position)
     values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [workspaceId, topic.key, topic.name, topic.description, topic.position],
  );
  return rowCount === 1;
}

export async function updateTopic(db: Queryable, workspaceId: string, topic: Topic): Promise<void> {
  await db.query(
    `update topics
     set name = $3, description = $4, position = $5
     where workspace_id = $1 and key = $2`,
    [workspaceId, topic.key, topic.name, topic.description, topic.position],
  );
}

export async function deleteTopic(db: Queryable, workspaceId: string, key: string): Promise<void> {
  await db.query('delete from topics where workspace_id = $1 and key = $2', [workspaceId, key]);
}
