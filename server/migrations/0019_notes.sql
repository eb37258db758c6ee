-- What the team writes about a person, shown on their timeline. No part of anybody's state: rules never see it. A table of its own,
-- new and empty: costs nothing on a big database.
create table notes (
  bucket smallint not null,
  workspace_id uuid not null,
  -- who it was written about; a merge leaves it, aliases say who that is now
  person_id uuid not null,
  id uuid not null,
  body text not null,
  -- the printed id of who wrote it, and their name then
  by_user text not null,
  by_name text not null,
  at timestamptz not null,
  edited_at timestamptz,
  -- deleted, and kept for a day in case it is put back
  deleted_at timestamptz,
  primary key (bucket, workspace_id, person_id, id)
);
-- A handful of rows at a time: those that wait to be gone for good.
create index notes_deleted on notes (deleted_at) where deleted_at is not null;
