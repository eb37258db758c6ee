-- What came in under each key lately, so that whoever connects a site sees it within a second: a few small rows a key and day,
-- written at most twice a second. And a browser's key, readable: it stands in every page of the site, so hiding it from its
-- owner only kept it from being copied. Cheap on a big database: a new table, and a column without a default.
alter table keys add column shown text check (shown is null or kind = 'browser');

create table heard (
  workspace_id uuid not null references workspaces (id),
  -- all zeros: of no key that we know
  key_id uuid not null,
  day date not null,
  -- why it was refused; empty: stored
  code text not null,
  count bigint not null,
  last_at timestamptz not null,
  -- the newest few, as a list: when, what, from which site; never of whom
  recent jsonb not null,
  primary key (workspace_id, key_id, day, code)
);
