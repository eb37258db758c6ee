-- Taking an import back: whom it touched, and when, so that its facts are found without reading anybody else's. New and empty;
-- a row of about 60 bytes for each person of a file. Imports of before are not known by it and cannot be taken back.
create table import_people (
  -- of the person who had the facts when they were stored; a merge leaves it, aliases say who that is now
  bucket smallint not null,
  workspace_id uuid not null,
  import_id uuid not null,
  person_id uuid not null,
  -- of the batch: the `received_at` of its facts
  at timestamptz not null,
  primary key (bucket, workspace_id, import_id, person_id, at)
);

alter table imports add column undoable boolean not null default false;
alter table imports drop constraint imports_status_check;
alter table imports add constraint imports_status_check
  check (status in ('preview', 'storing', 'establishing', 'done', 'failed', 'cancelled', 'undoing', 'undone'));
