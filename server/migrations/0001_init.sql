-- The first schema: definitions (reference tables), identities (by their own hash), everything person-owned
-- (by bucket, first in every key, so that the same SQL runs on Citus). Costs nothing: the database is new.

-- ── definitions: small, read whole, copied to every node on Citus ────────────────────────────────────────────────

create table workspaces (
  id uuid primary key,
  name text not null,
  created_at timestamptz not null,
  -- {time_zone, currency, industry, purchase, refund, visit, gap_days, visit_gap_days, policy, sending, strict_linking, …}
  settings jsonb not null,
  -- bumped in the transaction of every change to a definition; a state row written under an older one is upgraded first
  program_version bigint not null default 1
);

-- What changed and when, so that a decision's program version can be explained.
create table program_changes (
  workspace_id uuid not null references workspaces (id),
  version bigint not null,
  at timestamptz not null,
  by_user text,
  what text not null,
  primary key (workspace_id, version)
);

create table segments (
  workspace_id uuid not null references workspaces (id),
  key text not null,
  name text not null,
  rule jsonb not null,
  shipped boolean not null default false,
  position integer not null default 0,
  created_at timestamptz not null,
  archived_at timestamptz,
  primary key (workspace_id, key)
);

create table lifecycle_models (
  workspace_id uuid not null references workspaces (id),
  key text not null,
  name text not null,
  -- {stages: [{key, name, rule, look, action}], tested_first}
  body jsonb not null,
  active boolean not null,
  -- the lowest position is the default model
  position integer not null,
  created_at timestamptz not null,
  primary key (workspace_id, key)
);

create table journeys (
  workspace_id uuid not null references workspaces (id),
  key text not null,
  name text not null,
  description text not null default '',
  active_version integer,
  created_at timestamptz not null,
  archived_at timestamptz,
  primary key (workspace_id, key)
);

-- Immutable once written.
create table journey_versions (
  workspace_id uuid not null references workspaces (id),
  journey_key text not null,
  version integer not null,
  graph jsonb not null,
  created_at timestamptz not null,
  created_by text,
  primary key (workspace_id, journey_key, version)
);

-- Switching on with "also those who qualify today": a ramp that survives restart and midnight.
create table activations (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  journey_key text not null,
  version integer not null,
  who text not null check (who in ('from_now', 'also_today')),
  per_day integer,
  at timestamptz not null,
  by_user text,
  -- the ramp: local day of the allowance, how many were let in on it and in all, and where the scan stands
  ramp_day date,
  ramp_used integer not null default 0,
  ramp_total integer not null default 0,
  ramp_qualified integer,
  ramp_cursor jsonb,
  ramp_done_at timestamptz,
  ended_at timestamptz,
  primary key (workspace_id, id)
);

create table templates (
  workspace_id uuid not null references workspaces (id),
  key text not null,
  version integer not null,
  name text not null,
  channel text not null,
  -- {subject, preheader, body_mjml, text}
  body jsonb not null,
  created_at timestamptz not null,
  primary key (workspace_id, key, version)
);

create table topics (
  workspace_id uuid not null references workspaces (id),
  key text not null,
  name text not null,
  description text not null default '',
  position integer not null default 0,
  primary key (workspace_id, key)
);

create table keys (
  id uuid primary key,
  workspace_id uuid not null references workspaces (id),
  kind text not null check (kind in ('server', 'browser')),
  name text not null default '',
  -- SHA-256 of the key; the key itself is shown once
  hash bytea not null unique,
  -- its first characters, to recognise it by
  prefix text not null,
  created_at timestamptz not null,
  revoked_at timestamptz
);

create table imports (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  file_name text not null,
  -- content hash of the file: the same file again is recognised
  file_hash text,
  stored_path text,
  -- {map, as_of, permission, currency, encoding, delimiter, date_format, …}
  options jsonb not null,
  status text not null check (status in ('preview', 'storing', 'establishing', 'done', 'failed', 'cancelled')),
  -- {rows_read, orders, people, refused, duplicates, identical_rows, established, to_establish}
  progress jsonb not null default '{}',
  notices jsonb not null default '[]',
  problem jsonb,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (workspace_id, id)
);

create table import_refusals (
  workspace_id uuid not null,
  import_id uuid not null,
  row_number bigint not null,
  code text not null,
  message text not null,
  hint text not null,
  raw text not null,
  primary key (workspace_id, import_id, row_number)
);

-- Bad inputs, one row each, with the reason; nothing of the batch around them is lost.
create table quarantine (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  at timestamptz not null,
  source text not null,
  code text not null,
  field text,
  message text not null,
  hint text not null,
  message_id text,
  body text not null,
  primary key (workspace_id, id)
);

create table suppressions (
  workspace_id uuid not null references workspaces (id),
  channel text not null,
  -- keyed hash of the normalised address: it outlives the person
  address_hash bytea not null,
  reason text not null,
  at timestamptz not null,
  primary key (workspace_id, channel, address_hash)
);

create table audit_log (
  workspace_id uuid not null,
  id uuid not null,
  at timestamptz not null,
  by_user text,
  action text not null,
  subject text not null,
  detail jsonb not null default '{}',
  primary key (workspace_id, id)
);

-- What this installation knows of itself: {key, value}; e.g. last_seen_at (restore guard), set-up token hash, crash marks.
create table installation (
  key text primary key,
  value jsonb not null
);

-- ── identities: distributed by their own hashed key ──────────────────────────────────────────────────────────────

create table identities (
  -- bucket of hash(kind, value), not of the person
  bucket smallint not null,
  workspace_id uuid not null,
  kind text not null,
  value text not null,
  person_bucket smallint not null,
  person_id uuid not null,
  -- a browser may link without proof; such links rank below
  trust text not null,
  -- an anonymous_id only: the first user_id it came together with; a second one is a shared device and is not linked
  user_id text,
  created_at timestamptz not null,
  primary key (bucket, workspace_id, kind, value)
);
-- All identities of a person: shown, counted, and moved when two people turn out to be one.
-- By the person alone: an index that begins with the workspace tempts the planner to read all of it.
create index identities_person on identities (person_id);

-- ── person-owned: distributed by bucket, colocated ───────────────────────────────────────────────────────────────

create table people (
  bucket smallint not null,
  workspace_id uuid not null,
  id uuid not null,
  created_at timestamptz not null,
  -- the person's state as JSON text (measured 1.2 to 1.4 times faster than jsonb); {} until first folded.
  -- Kept in the row up to a page: compressing it at each update costs more than it saves.
  state text not null,
  program_version bigint not null,
  -- the stored appointment: may be earlier than the true one, never later; null: none
  wake_at timestamptz,
  -- history stored by an import and not yet lived through
  establish boolean not null default false,
  -- set when this person was merged into another: the row stays as an alias
  merged_bucket smallint,
  merged_into uuid,
  primary key (bucket, workspace_id, id)
) with (fillfactor = 70, toast_tuple_target = 8160);
-- By time first: whoever sleeps until the next appointment finds it in one look, also among a million that wait.
create index people_wake on people (wake_at) where wake_at is not null and merged_into is null;
create index people_establish on people (bucket, workspace_id) where establish;
create index people_version on people (workspace_id, program_version) where merged_into is null;

-- What lists and searches show of a person; written only when it changes, so that the hot row stays narrow.
create table profiles (
  bucket smallint not null,
  workspace_id uuid not null,
  person_id uuid not null,
  name text,
  email text,
  user_id text,
  orders integer not null default 0,
  last_order_at timestamptz,
  as_of timestamptz,
  primary key (bucket, workspace_id, person_id)
) with (fillfactor = 80);
create index profiles_email on profiles (workspace_id, lower(email) text_pattern_ops);
create index profiles_name on profiles (workspace_id, lower(name) text_pattern_ops);

-- Which stage of each model (kind 'stage', of = model, value = stage) and which segments (kind 'segment', of = segment).
create table memberships (
  bucket smallint not null,
  workspace_id uuid not null,
  person_id uuid not null,
  kind text not null check (kind in ('stage', 'segment')),
  "of" text not null,
  value text not null default '',
  since timestamptz not null,
  primary key (bucket, workspace_id, person_id, kind, "of")
) with (fillfactor = 80);
-- Counts per stage and segment, and who is in one, newest first: one index for both.
create index memberships_of on memberships (workspace_id, kind, "of", value, since desc, person_id desc);

create table events (
  bucket smallint not null,
  workspace_id uuid not null,
  person_id uuid not null,
  -- own, skew-corrected time
  at timestamptz not null,
  received_at timestamptz not null,
  message_id text not null,
  -- how the fact looks to the engine (EventFact without id, at) plus context: JSON text
  name text not null,
  body text not null,
  -- an input the engine failed on: kept, shown, left out of folds until retried
  parked boolean not null default false,
  primary key (bucket, workspace_id, person_id, at, message_id)
) partition by range (at);
create table events_default partition of events default;

-- Which messageIds were accepted, for good: a unique key on a partitioned table would have to contain the time.
create table seen (
  bucket smallint not null,
  workspace_id uuid not null,
  message_hash bytea not null,
  -- hash of the body without sentAt: a reused id with another body is quarantined
  body_hash bytea not null,
  primary key (bucket, workspace_id, message_hash)
);

create table decisions (
  bucket smallint not null,
  workspace_id uuid not null,
  person_id uuid not null,
  seq integer not null,
  kind text not null,
  due_at timestamptz not null,
  decided_at timestamptz not null,
  body text not null,
  primary key (bucket, workspace_id, person_id, seq)
);
create index decisions_kind on decisions (workspace_id, kind, decided_at);

-- Who was merged into whom: messages and links under old ids still find their person.
create table aliases (
  bucket smallint not null,
  workspace_id uuid not null,
  person_id uuid not null,
  survivor_bucket smallint not null,
  survivor_id uuid not null,
  at timestamptz not null,
  reason text not null,
  primary key (bucket, workspace_id, person_id)
);

-- The send ledger. queued → claimed → handing → sent | failed | uncertain; or dropped. Held is queued with a later next_at.
create table messages (
  bucket smallint not null,
  workspace_id uuid not null,
  id uuid not null,
  person_id uuid not null,
  run_id uuid,
  journey_key text,
  journey_version integer,
  node text,
  channel text not null,
  topic text not null,
  marketing boolean not null,
  template text,
  webhook jsonb,
  offer jsonb,
  state text not null check (state in ('queued', 'claimed', 'handing', 'sent', 'failed', 'uncertain', 'dropped')),
  -- why it waits or ended
  reason text,
  -- email address or URL it was handed to; provider's id; subject as sent
  sent_to text,
  via text,
  provider_id text,
  subject text,
  attempt smallint not null default 0,
  next_at timestamptz not null,
  lease_until timestamptz,
  requested_at timestamptz not null,
  due_at timestamptz not null,
  expires_at timestamptz not null,
  handing_at timestamptz,
  ended_at timestamptz,
  primary key (bucket, workspace_id, id)
) with (fillfactor = 70);
create index messages_due on messages (bucket, next_at) where state in ('queued', 'claimed');
create index messages_handing on messages (bucket, lease_until) where state = 'handing';
create index messages_person on messages (bucket, workspace_id, person_id, requested_at);
create index messages_newest on messages (workspace_id, requested_at desc, id);

-- The built-in mailbox: what would have been sent while no SMTP server may be used.
create table mailbox (
  bucket smallint not null,
  workspace_id uuid not null,
  message_id uuid not null,
  person_id uuid not null,
  at timestamptz not null,
  sent_to text not null,
  subject text not null,
  html text not null,
  text text not null,
  headers jsonb not null,
  primary key (bucket, workspace_id, message_id)
);
create index mailbox_newest on mailbox (workspace_id, at desc);

-- Inputs on which the engine failed: stored, shown, retried later as late events.
create table parked (
  bucket smallint not null,
  workspace_id uuid not null,
  id uuid not null,
  person_id uuid not null,
  at timestamptz not null,
  reason text not null,
  detail text not null,
  input text not null,
  retries integer not null default 0,
  resolved_at timestamptz,
  primary key (bucket, workspace_id, id)
);
