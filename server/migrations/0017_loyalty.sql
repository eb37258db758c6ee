-- Loyalty: programmes as definitions, every posting of points as a row (written from decisions alone), and tiers among the
-- memberships. Changing the check reads memberships once: some seconds for each million of rows; the tables are new and empty.
create table programmes (
  workspace_id uuid not null references workspaces (id),
  key text not null,
  name text not null,
  -- unit, counts_from, earn, expiry, tiers, keep_tier_for
  body jsonb not null,
  position integer not null,
  created_at timestamptz not null,
  archived_at timestamptz,
  primary key (workspace_id, key)
);

-- One row moves points from one account of a person to another: debits equal credits by construction. A merge leaves rows where
-- they stand; aliases say whose they are now.
create table point_entries (
  bucket smallint not null,
  workspace_id uuid not null,
  person_id uuid not null,
  -- of the decision
  seq integer not null,
  programme_key text not null,
  entry text not null,
  from_account text not null check (from_account in ('issued', 'balance', 'spent', 'expired', 'debt')),
  to_account text not null check (to_account in ('issued', 'balance', 'spent', 'expired', 'debt')),
  points integer not null check (points > 0),
  source text not null,
  rule text,
  reason text,
  expires_at timestamptz,
  at timestamptz not null,
  primary key (bucket, workspace_id, person_id, seq),
  check (from_account <> to_account)
);
create index point_entries_summed on point_entries (workspace_id, programme_key) include (entry, from_account, to_account, points);

alter table memberships drop constraint memberships_kind_check;
alter table memberships add constraint memberships_kind_check check (kind in ('stage', 'segment', 'tier'));
