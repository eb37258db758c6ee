-- The people behind Home's figures: the first of each part, as ids. A small table, copied to every node on Citus; at most some
-- dozen rows of 32 kB a workspace. Figures are made anew, so that both come from one reading.

create table figure_people (
  workspace_id uuid not null references workspaces (id),
  figure text not null,
  part text not null,
  people integer not null,
  ids uuid[] not null,
  primary key (workspace_id, figure, part)
);

delete from figures;
