-- What memory keeps under each program, so that a later one reads only the events for what it adds; and how far the present
-- backfill is, for whoever asks. Costs nothing: two small tables, read whole, copied to every node on Citus.

create table memory_plans (
  workspace_id uuid not null references workspaces (id),
  version bigint not null,
  -- {signature, format, zone, slots: [[key, digest, size]]}
  shape jsonb not null,
  primary key (workspace_id, version)
);

create table backfills (
  workspace_id uuid primary key references workspaces (id),
  -- people are brought to this program
  version bigint not null,
  phase text not null check (phase in ('reading', 'writing')),
  phase_at timestamptz not null,
  noted_at timestamptz not null,
  -- all people; those left now and when the phase began
  people integer not null,
  left_now integer not null,
  left_before integer not null,
  -- share of the stored events gone through, 0 to 1
  read_share real not null
);
