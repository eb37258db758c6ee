-- What was put to the test over stored history, how far it is, and what came out, so that a link to a result works. A small
-- table that is read whole, at most 200 rows a workspace; costs nothing: it is new.
create table backtests (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  -- {of, tested, name, from, to, assume_consent, others, hold_out, sample}: what was asked, and what was tested as it was defined then
  asked jsonb not null,
  state text not null check (state in ('queued', 'running', 'done', 'failed', 'cancelled', 'interrupted')),
  -- {share, people, events, events_per_second}
  progress jsonb not null default '{}',
  -- ids of people, never their names
  result jsonb,
  problem jsonb,
  created_at timestamptz not null,
  created_by text,
  started_at timestamptz,
  finished_at timestamptz,
  -- sign of life of the process that runs it: without one for some seconds it was interrupted
  alive_at timestamptz,
  primary key (workspace_id, id)
);
create index backtests_newest on backtests (workspace_id, created_at desc, id);
