-- Lifecycle models keep every version that was saved, and a deleted model, journey or template is kept until it is put back. Tables
-- of definitions, a few hundred rows: costs nothing on a big database.
alter table lifecycle_models add column version integer not null default 1;
alter table lifecycle_models add column archived_at timestamptz;

-- Immutable once written.
create table lifecycle_versions (
  workspace_id uuid not null references workspaces (id),
  model_key text not null,
  version integer not null,
  name text not null,
  body jsonb not null,
  created_at timestamptz not null,
  created_by text,
  primary key (workspace_id, model_key, version)
);
insert into lifecycle_versions (workspace_id, model_key, version, name, body, created_at, created_by)
select workspace_id, key, version, name, body, created_at, null from lifecycle_models;

-- A deleted journey that nobody ever entered: its rules are not part of the program.
alter table journeys add column never_ran boolean not null default false;

-- Of all versions at once.
alter table templates add column archived_at timestamptz;
