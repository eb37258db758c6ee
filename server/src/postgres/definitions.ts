// The workspace and everything it has defined: made once, changed only under the workspace's row lock with the program
// version bumped in the same transaction. Contacts nobody. (programs.ts reads it all and compiles it.)
import { DEFAULT_POLICY } from '@rapport/engine';
import type {
  Definition,
  JourneyGraph,
  LifecycleDefinition,
  PolicyDefinition,
  SegmentDefinition,
  Selector,
} from '@rapport/engine';
import { insertAudit } from './audit.ts';
import { insertModel } from './lifecycle.ts';
import { inTransaction } from './pool.ts';
import type { Connection, Pool, Queryable } from './pool.ts';
import { bumpProgram, loadDefinition } from './programs.ts';

export const industries = ['shop', 'subscription', 'hospitality', 'fitness', 'education', 'retail'] as const;
export type Industry = (typeof industries)[number];

/** `workspaces.settings`. `sending` belongs to postgres/sending.ts and is carried along untouched. */
export interface WorkspaceSettings {
  readonly time_zone: string;
  readonly currency: string;
  readonly industry: Industry;
  readonly purchase: Selector;
  readonly refund: Selector;
  readonly visit: Selector;
  readonly gap_days: number | null;
  readonly visit_gap_days: number | null;
  readonly strict_linking: boolean;
  readonly policy: PolicyDefinition;
  readonly [more: string]: unknown;
}

export interface Workspace {
  readonly id: string;
  readonly name: string;
  readonly created_at: Date;
  readonly settings: WorkspaceSettings;
  readonly program_version: number;
}

/** What a new workspace starts with; `shipped.ts` puts it together from engine and content. */
export interface Shipped {
  readonly segments: readonly SegmentDefinition[];
  readonly models: readonly LifecycleDefinition[];
  readonly journeys: readonly {
    readonly key: string;
    readonly name: string;
    readonly description: string;
    readonly graph: JourneyGraph;
  }[];
  readonly topics: readonly { readonly key: string; readonly name: string; readonly description: string }[];
  readonly templates: readonly {
    readonly key: string;
    readonly name: string;
    readonly channel: string;
    readonly body: unknown;
  }[];
}

/** What an industry calls a purchase, its refund and a visit. The first name of each is what our import writes. */
export function industryEvents(industry: Industry): {
  readonly purchase: Selector;
  readonly refund: Selector;
  readonly visit: Selector;
} {
  const refund: Selector = { event: ['Order Refunded', 'Order Cancelled'] };
  const visit: Selector = { event: ['Page Viewed', 'Screen Viewed'] };
  switch (industry) {
    case 'shop':
    case 'retail':
      return { purchase: { event: 'Order Completed' }, refund, visit };
    case 'subscription':
      return {
        purchase: { event: ['Order Completed', 'Subscription Renewed', 'Invoice Paid'] },
        refund: { event: ['Order Refunded', 'Order Cancelled', 'Invoice Refunded'] },
        visit: { event: ['Page Viewed', 'Screen Viewed', 'Signed In'] },
      };
    case 'hospitality':
      return {
        purchase: { event: ['Order Completed', 'Booking Completed', 'Stay Completed'] },
        refund: { event: ['Order Refunded', 'Order Cancelled', 'Booking Cancelled'] },
        visit: { event: ['Visited', 'Checked In', 'Page Viewed'] },
      };
    case 'fitness':
      return {
        purchase: { event: ['Order Completed', 'Membership Renewed', 'Class Booked'] },
        refund,
        visit: { event: ['Visited', 'Checked In', 'Class Attended'] },
      };
    case 'education':
      return {
        purchase: { event: ['Order Completed', 'Course Enrolled'] },
        refund: { event: ['Order Refunded', 'Order Cancelled', 'Course Cancelled'] },
        visit: { event: ['Page Viewed', 'Screen Viewed', 'Lesson Completed'] },
      };
  }
}

export async function findWorkspace(db: Queryable): Promise<Workspace | undefined> {
  const { rows } = await db.query<WorkspaceRow>(`${workspaceColumns} order by created_at, id limit 1`);
  return rows[0];
}

export async function getWorkspace(db: Queryable, workspaceId: string): Promise<Workspace> {
  const { rows } = await db.query<WorkspaceRow>(`${workspaceColumns} where id = $1`, [workspaceId]);
  const [row] = rows;
  if (row === undefined) throw new Error(`workspace ${workspaceId} does not exist`);
  return row;
}

/** The default workspace: found, or made with everything that ships. Several processes may start at once: one makes it. */
export async function ensureWorkspace(
  pool: Pool,
  options: {
    readonly shipped: Shipped;
    readonly now: () => number;
    readonly newId: () => string;
    readonly timeZone?: string;
  },
): Promise<Workspace> {
  const found = await findWorkspace(pool);
  if (found !== undefined) return found;
  return inTransaction(pool, async (connection) => {
    await connection.query('lock table workspaces in share row exclusive mode');
    const raced = await findWorkspace(connection);
    if (raced !== undefined) return raced;
    const id = options.newId();
    const at = new Date(options.now());
    const settings: WorkspaceSettings = {
      time_zone: options.timeZone ?? 'UTC',
      currency: 'EUR',
      industry: 'shop',
      ...industryEvents('shop'),
      gap_days: null,
      visit_gap_days: null,
      strict_linking: false,
      policy: DEFAULT_POLICY,
    };
    await connection.query(
      'insert into workspaces (id, name, created_at, settings, program_version) values ($1, $2, $3, $4, 1)',
      [id, 'My business', at, JSON.stringify(settings)],
    );
    await connection.query(
      'insert into program_changes (workspace_id, version, at, by_user, what) values ($1, 1, $2, null, $3)',
      [id, at, 'workspace.create'],
    );
    await seed(connection, { workspaceId: id, at, shipped: options.shipped });
    return getWorkspace(connection, id);
  });
}

async function seed(
  connection: Connection,
  what: { readonly workspaceId: string; readonly at: Date; readonly shipped: Shipped },
): Promise<void> {
  const { workspaceId, at, shipped } = what;
  for (const [position, segment] of shipped.segments.entries()) {
    await connection.query(
      `insert into segments (workspace_id, key, name, rule, shipped, position, created_at)
       values ($1, $2, $3, $4, true, $5, $6)`,
      [workspaceId, segment.key, segment.name, JSON.stringify(segment.rule), position, at],
    );
  }
  const [model] = shipped.models;
  if (model !== undefined) await insertModel(connection, { workspaceId, at, model, position: 0, by: null });
  for (const journey of shipped.journeys) {
    await connection.query(
      'insert into journeys (workspace_id, key, name, description, created_at) values ($1, $2, $3, $4, $5)',
      [workspaceId, journey.key, journey.name, journey.description, at],
    );
    await connection.query(
      `insert into journey_versions (workspace_id, journey_key, version, graph, created_at, created_by)
       values ($1, $2, 1, $3, $4, null)`,
      [workspaceId, journey.key, JSON.stringify(journey.graph), at],
    );
  }
  for (const [position, topic] of shipped.topics.entries()) {
    await connection.query(
      'insert into topics (workspace_id, key, name, description, position) values ($1, $2, $3, $4, $5)',
      [workspaceId, topic.key, topic.name, topic.description, position],
    );
  }
  for (const template of shipped.templates) {
    await connection.query(
      `insert into templates (workspace_id, key, version, name, channel, body, created_at)
       values ($1, $2, 1, $3, $4, $5, $6)`,
      [workspaceId, template.key, template.name, template.channel, JSON.stringify(template.body), at],
    );
  }
}

export interface Change {
  readonly workspaceId: string;
  /** Printed id of who asks; null: Rapport itself. */
  readonly by: string | null;
  readonly auditId: string;
  readonly at: Date;
  /** `segment.update`, `journey.activate`, … */
  readonly action: string;
  readonly subject: string;
  readonly detail?: { readonly [key: string]: unknown };
}

/**
 * Changes definitions: one at a time per workspace (its row is locked first), audited, and, when `bumps` says that what
 * people are judged by has changed, under a new program version. `check` sees the definition as it would be and throws to refuse it.
 */
export async function changeDefinition<T>(
  pool: Pool,
  change: Change,
  work: (
    connection: Connection,
    before: Definition,
  ) => Promise<{ readonly result: T; readonly bumps: boolean }>,
  check?: (after: Definition) => void,
): Promise<{ readonly result: T; readonly version: number }> {
  return inTransaction(pool, async (connection) => {
    await connection.query('select 1 from workspaces where id = $1 for update', [change.workspaceId]);
    const before = await loadDefinition(connection, change.workspaceId);
    const { result, bumps } = await work(connection, before);
    const version = bumps
      ? await bumpProgram(connection, change.workspaceId, {
          what: `${change.action} ${change.subject}`,
          by: change.by,
          at: change.at.getTime(),
        })
      : before.version;
    check?.(await loadDefinition(connection, change.workspaceId));
    await insertAudit(connection, change);
    return { result, version };
  });
}

/** Settings as a whole, replaced; the caller merged them under `changeDefinition`'s lock. */
export async function updateWorkspace(
  db: Queryable,
  workspace: { readonly id: string; readonly name: string; readonly settings: WorkspaceSettings },
): Promise<void> {
  await db.query('update workspaces set name = $2, settings = $3 where id = $1', [
    workspace.id,
    workspace.name,
    JSON.stringify(workspace.settings),
  ]);
}

type WorkspaceRow = Workspace;
const workspaceColumns = 'select id, name, created_at, settings, program_version from workspaces';
