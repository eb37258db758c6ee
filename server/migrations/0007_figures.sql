-- Home's figures as last worked out, one row a workspace. Costs nothing: a small table, copied to every node on Citus.

create table figures (
  workspace_id uuid primary key references workspaces (id),
  results jsonb not null,
  worked_out_at timestamptz not null,
  -- how long it took: what takes long is done more seldom
  took_ms integer not null
);

-- Who moved between stages lately. Few decisions are of this kind: a stage changes a few times in a relationship.
create index decisions_stages on decisions (workspace_id, due_at) where kind = 'stage_changed';

-- Who joined and left a segment, newest first. An entry for each join and leave, nothing for other decisions.
create index decisions_segments on decisions (workspace_id, ((body::jsonb) ->> 'segment'), due_at desc)
  where kind in ('segment_joined', 'segment_left');
