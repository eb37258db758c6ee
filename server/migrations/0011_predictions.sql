-- Fits of the workspace's rhythm: asked for by hand or by night, how far, what was learnt, whether it was taken into the
-- program. The parameters in use are in workspaces.settings, so that they belong to the program's version. A small table, at
-- most 60 rows a workspace; costs nothing: it is new.
create table predictions (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  state text not null check (state in ('queued', 'running', 'done', 'failed', 'interrupted')),
  -- null: by night
  asked_by text,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  -- sign of life of the process that runs it
  alive_at timestamptz,
  -- {phase, share}
  progress jsonb not null default '{}',
  prediction jsonb,
  report jsonb,
  problem jsonb,
  -- the program version that was made with it; null: nothing moved, or it failed
  program_version bigint,
  took_ms integer,
  memory_mb integer,
  primary key (workspace_id, id)
);
create index predictions_newest on predictions (workspace_id, created_at desc, id);
