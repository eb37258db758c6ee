-- Saved views of the people list, and which columns each user sees. Small tables, copied to every node on Citus; costs nothing.

create table people_views (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  name text not null,
  -- null: everybody's
  user_id uuid,
  -- {search, stage, segment, rule, sort, columns}
  body jsonb not null,
  created_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id)
);

create table people_columns (
  workspace_id uuid not null references workspaces (id),
  user_id uuid not null,
  columns text[] not null,
  primary key (workspace_id, user_id)
);
