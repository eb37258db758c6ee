-- When Rapport was off, and what came due meanwhile. Costs nothing: a small table, and a column that is null for all but the
-- messages that waited through an outage; their index is as small.
create table outages (
  workspace_id uuid not null references workspaces (id),
  -- the last sign of life before it, and the first instant after it
  from_at timestamptz not null,
  until_at timestamptz not null,
  -- when everything that had come due meanwhile was noticed; until then it is still being worked through
  settled_at timestamptz,
  -- {moments, people, stage_moves, entered}: counted once, when it was settled
  counts jsonb,
  primary key (workspace_id, from_at)
);

-- The outage through which it waited although its time had come.
alter table messages add column outage_at timestamptz;
create index messages_outage on messages (workspace_id, outage_at) where outage_at is not null;
