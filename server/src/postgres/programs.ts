// The compiled program of each workspace: read whole, compiled once, kept until its version moves. That another process
// moved it is told within a second by whoever looks (workers/news.ts); a write that meets a newer version reloads at once.
// Never decides anything; never holds a lock while it compiles.
import { compile, DEFAULT_POLICY, parsePrediction, soundDefinition } from '@rapport/engine';
import type {
  Definition,
  JourneyDefinition,
  JourneyGraph,
  LifecycleDefinition,
  ProgrammeDefinition,
  Program,
  SegmentDefinition,
  Selector,
  StageDefinition,
} from '@rapport/engine';
import type { Pool, Queryable } from './pool.ts';

export interface Programs {
  /** The compiled program of the newest version known here. Throws when the workspace does not exist. */
  readonly get: (workspaceId: string) => Promise<Program>;
  /** Reads the definitions again. `compiled` of the version that is read saves compiling it: ten thousand segments take a tenth of a second. */
  readonly reload: (workspaceId: string, compiled?: Program) => Promise<Program>;
  /** This version was seen: reads the definitions again when what is known is older. */
  readonly notice: (workspaceId: string, version: number) => Promise<void>;
  /** What else is known of the workspace: settings that are not part of the program. */
  readonly settings: (workspaceId: string) => Promise<WorkspaceSettings>;
  /** Called after a newer program came into use, in this process. */
  readonly onChange: (listener: (workspaceId: string, program: Program) => void) => void;
}

/** The part of workspaces.settings that ingestion and workers need. */
export interface WorkspaceSettings {
  readonly strict_linking: boolean;
}

const PURCHASE_DEFAULT: Selector = { event: 'Order Completed' };
const REFUND_DEFAULT: Selector = { event: ['Order Refunded', 'Order Cancelled'] };
const VISIT_DEFAULT: Selector = { event: ['Page Viewed', 'Screen Viewed', 'Product Viewed'] };

interface Loaded {
  readonly program: Program;
  readonly settings: WorkspaceSettings;
}

export function createPrograms(pool: Pool): Programs {
  const known = new Map<string, Loaded>();
  const loading = new Map<string, Promise<Loaded>>();
  const listeners: ((workspaceId: string, program: Program) => void)[] = [];

  const load = (workspaceId: string, compiled?: Program): Promise<Loaded> => {
    const under = loading.get(workspaceId);
    if (under !== undefined) return under;
    const promise = readDefinition(pool, workspaceId)
      .then(({ stored, settings }) => {
        const before = known.get(workspaceId);
        const ready = [before?.program, compiled].find((program) => program?.version === stored.version);
        const loaded = { program: ready ?? compile(soundDefinition(stored)), settings };
        if (before !== undefined && before.program.version >= loaded.program.version) {
          // Settings that are not part of the program may still have moved.
          const kept = { program: before.program, settings: loaded.settings };
          known.set(workspaceId, kept);
          return kept;
        }
        known.set(workspaceId, loaded);
        if (before !== undefined) for (const listener of listeners) listener(workspaceId, loaded.program);
        return loaded;
      })
      .finally(() => loading.delete(workspaceId));
    loading.set(workspaceId, promise);
    return promise;
  };

  const loadedOf = async (workspaceId: string): Promise<Loaded> =>
    known.get(workspaceId) ?? load(workspaceId);
  return {
    get: async (workspaceId) => (await loadedOf(workspaceId)).program,
    // A load under way may have read before the change: wait for it, then read again.
    reload: async (workspaceId, compiled) => {
      await loading.get(workspaceId)?.catch(() => undefined);
      return (await load(workspaceId, compiled)).program;
    },
    notice: async (workspaceId, version) => {
      const program = known.get(workspaceId)?.program;
      if (program !== undefined && program.version < version) await load(workspaceId);
    },
    settings: async (workspaceId) => (await loadedOf(workspaceId)).settings,
    onChange: (listener) => void listeners.push(listener),
  };
}

/**
 * Marks a change of definitions, in the caller's transaction: rows of older versions are upgraded before they are
 * stepped again. Call `programs.reload` and `wake.definitions` after the commit. Gives the new version.
 */
export async function bumpProgram(
  client: Queryable,
  workspaceId: string,
  options: { readonly what: string; readonly by: string | null; readonly at: number },
): Promise<number> {
  const { rows } = await client.query<{ version: number }>(
    `update workspaces
     set program_version = program_version + 1
     where id = $1
     returning program_version::int as version`,
    [workspaceId],
  );
  const version = rows[0]?.version;
  if (version === undefined) throw new Error(`workspace ${workspaceId} does not exist`);
  await client.query(
    `insert into program_changes (workspace_id, version, at, by_user, what)
     values ($1, $2, $3, $4, $5)`,
    [workspaceId, version, new Date(options.at), options.by, options.what],
  );
  return version;
}

/** The definition as it is stored now: one consistent reading. */
export async function loadDefinition(client: Queryable, workspaceId: string): Promise<Definition> {
  return soundDefinition((await readDefinition(client, workspaceId)).stored);
}

interface DefinitionRow {
  readonly version: number;
  readonly changed_at: Date;
  readonly refits_since: number | null;
  readonly settings: Partial<Definition> & { readonly strict_linking?: boolean };
  readonly segments: readonly SegmentDefinition[] | null;
  readonly models:
    | readonly {
        readonly key: string;
        readonly name: string;
        readonly body: { readonly stages: readonly StageDefinition[]; readonly tested_first?: string | null };
      }[]
    | null;
  readonly journeys:
    | readonly {
        readonly key: string;
        readonly name: string;
        readonly active: number | null;
        readonly archived: boolean;
      }[]
    | null;
  readonly programmes: readonly ProgrammeDefinition[] | null;
  readonly versions:
    | readonly { readonly journey: string; readonly version: number; readonly graph: JourneyGraph }[]
    | null;
}

/** One statement, so that version and definitions belong together. */
async function readDefinition(
  client: Queryable,
  workspaceId: string,
): Promise<{ readonly stored: Definition; readonly settings: WorkspaceSettings }> {
  const { rows } = await client.query<DefinitionRow>({
    name: 'program_definition',
    text: `select
        w.program_version::int as version,
        coalesce(
          (select c.at from program_changes c where c.workspace_id = w.id and c.version = w.program_version),
          w.created_at) as changed_at,
        (select max(c.version)::int from program_changes c
         where c.workspace_id = w.id and c.what not like 'prediction.%') as refits_since,
        w.settings,
        (select json_agg(json_build_object('key', s.key, 'name', s.name, 'rule', s.rule, 'shipped', s.shipped)
                         order by s.position, s.key)
         from segments s where s.workspace_id = w.id and s.archived_at is null) as segments,
        (select json_agg(json_build_object('key', m.key, 'name', m.name, 'body', m.body) order by m.position, m.key)
         from lifecycle_models m where m.workspace_id = w.id and m.active and m.archived_at is null) as models,
        (select json_agg(json_build_object('key', j.key, 'name', j.name,
                         'active', case when j.archived_at is null then j.active_version end,
                         'archived', j.archived_at is not null) order by j.key)
         from journeys j where j.workspace_id = w.id) as journeys,
        (select json_agg(json_build_object('journey', v.journey_key, 'version', v.version, 'graph', v.graph)
                         order by v.journey_key, v.version)
         from journey_versions v
         where v.workspace_id = w.id
           and not exists (
             select 1 from journeys j
             where j.workspace_id = w.id and j.key = v.journey_key and j.archived_at is not null and j.never_ran)
        ) as versions,
        (select json_agg(p.body || jsonb_build_object('key', p.key, 'name', p.name) order by p.position, p.key)
         from programmes p where p.workspace_id = w.id and p.archived_at is null) as programmes
      from workspaces w
      where w.id = $1`,
    values: [workspaceId],
  });
  const row = rows[0];
  if (row === undefined) throw new Error(`workspace ${workspaceId} does not exist`);
  return {
    stored: parseDefinition(workspaceId, row),
    settings: { strict_linking: row.settings.strict_linking === true },
  };
}

/** Parameters that do not parse (written by hand, or by another version) are as if nothing was learnt; doctor says so. */
function usablePrediction(stored: unknown): Pick<Definition, 'prediction'> {
  if (stored === undefined || stored === null) return {};
  const parsed = parsePrediction(stored);
  return parsed.ok ? { prediction: parsed.value } : {};
}

/** What is stored passed the rules' own parser at the door, of this version or an older one; here only the places of things change. */
function parseDefinition(workspaceId: string, row: DefinitionRow): Definition {
  const { settings } = row;
  return {
    workspace: workspaceId,
    version: row.version,
    changed_at: row.changed_at.getTime(),
    time_zone: settings.time_zone ?? 'UTC',
    currency: settings.currency ?? 'EUR',
    purchase: settings.purchase ?? PURCHASE_DEFAULT,
    refund: settings.refund ?? REFUND_DEFAULT,
    visit: settings.visit ?? VISIT_DEFAULT,
    gap_days: settings.gap_days ?? null,
    visit_gap_days: settings.visit_gap_days ?? null,
    ...usablePrediction(settings.prediction),
    ...(row.refits_since === null ? {} : { refits_since: row.refits_since }),
    segments: row.segments ?? [],
    models: (row.models ?? []).map(({ key, name, body }): LifecycleDefinition => ({
      key,
      name,
      stages: body.stages,
      ...(body.tested_first ? { tested_first: body.tested_first } : {}),
    })),
    journeys: (row.journeys ?? []).map(({ key, name, active, archived }): JourneyDefinition => ({
      key,
      name,
      active,
      ...(archived ? { archived } : {}),
      // Every version: which of them still has runs is written in the people's states only. Of a deleted one that nobody ever
      // entered none is read: its rules would ask for memory.
      versions: Object.fromEntries(
        (row.versions ?? []).filter((v) => v.journey === key).map((v) => [String(v.version), v.graph]),
      ),
    })),
    policy: { ...DEFAULT_POLICY, ...settings.policy },
    ...(row.programmes === null ? {} : { programmes: row.programmes }),
  };
}
