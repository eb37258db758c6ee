-- Signing in (the tables better-auth reads and writes, under our names) and answers kept for Idempotency-Key.
-- Costs nothing: the tables are new. All of them are small: reference tables on Citus.

create table users (
  id uuid primary key,
  workspace_id uuid not null references workspaces (id),
  email text not null unique,
  email_verified boolean not null default false,
  name text not null,
  image text,
  role text not null check (role in ('owner', 'admin', 'marketer', 'agent', 'analyst', 'developer')),
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table user_sessions (
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  token text not null unique,
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index user_sessions_user on user_sessions (user_id);

-- One row a way of signing in: `credential` holds the password's scrypt hash; others come with OIDC.
create table user_logins (
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  account_id text not null,
  provider_id text not null,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  password text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (provider_id, account_id)
);
create index user_logins_user on user_logins (user_id);

create table user_verifications (
  id uuid primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index user_verifications_identifier on user_verifications (identifier);

-- What a POST answered, for 24 hours; `status` null while the first one is at work. The body is encrypted: it may hold a key
-- that is shown once.
create table idempotency_keys (
  workspace_id uuid not null references workspaces (id),
  -- who asked: a key used by one actor says nothing to another
  actor text not null,
  key text not null,
  request_hash bytea not null,
  status smallint,
  body bytea,
  content_type text,
  at timestamptz not null,
  primary key (workspace_id, actor, key)
);
create index idempotency_keys_at on idempotency_keys (at);

-- The journey's runs are read from the decisions that started them.
create index decisions_runs on decisions (workspace_id, decided_at desc, bucket, person_id, seq) where kind = 'run_started';
-- Newest people first, and the beginnings of a user id, for the list of people at a million rows.
create index people_newest on people (workspace_id, created_at desc, id desc) where merged_into is null;
create index profiles_user on profiles (workspace_id, lower(user_id) text_pattern_ops);
create index quarantine_newest on quarantine (workspace_id, at desc, id desc);
create index audit_newest on audit_log (workspace_id, at desc, id desc);
-- "Events of today" and "of this week", at next to no cost for writing.
create index events_received on events using brin (received_at);
