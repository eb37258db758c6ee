-- The sample store of a workspace: one row while there is one, with how far loading is. Whose it is, is written in the ids
-- of its people. Costs nothing: the table is new, and small: a reference table on Citus.
create table sample_stores (
  workspace_id uuid primary key references workspaces (id),
  seed bigint not null,
  -- {until, time_zone, currency, people}: what the story was told with, so that a resumed loading tells the same one
  story jsonb not null,
  status text not null check (status in ('loading', 'ready', 'removing', 'failed')),
  -- {journeys, gap_days}: definitions that came with it and go with it; gap_days null: it set none
  made jsonb not null,
  -- {people, events, newest}: people and events stored, and the number of the newest person
  progress jsonb not null,
  problem jsonb,
  started_at timestamptz not null,
  finished_at timestamptz
);
