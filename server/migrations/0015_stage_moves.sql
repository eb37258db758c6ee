-- Moves between stages as rows, written in the transaction of the decisions they follow from: what Home's picture of the flow counts
-- by an index, instead of reading the log's JSON. It takes the place of the index over those decisions. Filled here from the log, and
-- the index of memberships made again with the bucket in it: on a big table a minute or two for each million of moves, once.

create table stage_moves (
  bucket smallint not null,
  workspace_id uuid not null,
  person_id uuid not null,
  -- that of the decision
  seq integer not null,
  model text not null,
  -- null: from outside of the model; out of it
  from_stage text,
  to_stage text,
  -- since when they had stood in from_stage
  since timestamptz,
  at timestamptz not null
);

insert into stage_moves (bucket, workspace_id, person_id, seq, model, from_stage, to_stage, since, at)
select bucket, workspace_id, person_id, seq, model, from_stage, to_stage,
       case when from_stage is not null
         then lag(at) over (partition by bucket, workspace_id, person_id, model order by seq) end,
       at
from (
  select d.bucket, d.workspace_id, d.person_id, d.seq, d.due_at as at, said.model, said."from" as from_stage, said."to" as to_stage
  from decisions d
  cross join lateral json_to_record(d.body::json) as said (model text, "from" text, "to" text)
  left join (
    select bucket, workspace_id, person_id, max(seq) as seq
    from decisions
    where kind = 'restated'
    group by bucket, workspace_id, person_id
  ) r on r.bucket = d.bucket and r.workspace_id = d.workspace_id and r.person_id = d.person_id
  -- a history that was told anew replaces what was before
  where d.kind = 'stage_changed' and d.seq > coalesce(r.seq, -1)
) moves;

alter table stage_moves add primary key (bucket, workspace_id, person_id, seq);
create index stage_moves_at on stage_moves (workspace_id, model, at) include (since, from_stage, to_stage, seq, bucket, person_id);
drop index decisions_stages;

-- Joined with the moves by bucket and person: from the index alone.
drop index memberships_of;
create index memberships_of on memberships (workspace_id, kind, "of", value, since desc, person_id desc) include (bucket);
