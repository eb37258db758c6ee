-- The team: invitations by a link, removal that can be undone, and when a key was last used. Costs nothing: small tables.

create table invitations (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  email text not null,
  role text not null check (role in ('owner', 'admin', 'marketer', 'agent', 'analyst', 'developer')),
  -- of the token in the link; the link is shown once
  hash bytea not null unique,
  created_at timestamptz not null,
  created_by text not null,
  expires_at timestamptz not null,
  primary key (workspace_id, id)
);

-- Shut out, and let in again with a click as long as nobody is invited under the address.
alter table users add column removed_at timestamptz;

-- To the minute or so; null: not since this was kept.
alter table keys add column last_used_at timestamptz;
