-- Who asked to be forgotten: keyed hashes of the identities they had, so that one that is sent again is refused. Nothing leads from
-- a hash back to the person. A small table, new: costs nothing.
create table erasures (
  workspace_id uuid not null,
  -- HMAC of kind and value
  identity_hash bytea not null,
  at timestamptz not null,
  primary key (workspace_id, identity_hash)
);
