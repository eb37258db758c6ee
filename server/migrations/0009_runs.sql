-- Journeys' runs as rows, written in the transaction of the decisions they follow from, so that numbers and lists need not read
-- the log's JSON. Filled here from the log: on a big table about a minute for each million of runs, once.

create table runs (
  -- of the person who entered, also after a merge
  bucket smallint not null,
  workspace_id uuid not null,
  id uuid not null,
  -- who entered; a merge leaves it, aliases say who that is now
  person_id uuid not null,
  journey_key text not null,
  version integer not null,
  arm text not null check (arm in ('treated', 'control')),
  node text not null,
  node_at timestamptz not null,
  started_at timestamptz not null,
  goal_at timestamptz,
  ended_at timestamptz,
  end_reason text,
  primary key (bucket, workspace_id, id)
) with (fillfactor = 80);
create index runs_person on runs (bucket, workspace_id, person_id);
create index runs_newest on runs (workspace_id, journey_key, started_at desc, id desc);
-- Who stands where: only runs under way, so it stays as small as they are few.
create index runs_here on runs (workspace_id, journey_key, node, started_at desc, id desc) where ended_at is null;

-- One row a step from node to node; the first comes from nowhere. Insert only, counted from the index alone.
create table run_moves (
  bucket smallint not null,
  workspace_id uuid not null,
  run_id uuid not null,
  -- the visit that it began: part of the run's standing
  visit integer not null,
  person_id uuid not null,
  journey_key text not null,
  arm text not null,
  from_node text not null,
  to_node text not null,
  at timestamptz not null,
  primary key (bucket, workspace_id, run_id, visit)
);
create index run_moves_counted on run_moves (workspace_id, journey_key, at) include (from_node, to_node, arm);

insert into runs (bucket, workspace_id, id, person_id, journey_key, version, arm, node, node_at, started_at, goal_at, ended_at, end_reason)
select s.bucket, s.workspace_id, s.id, s.person_id, s.run ->> 'journey', (s.run ->> 'version')::int, s.run ->> 'arm',
       coalesce(m.node, s.run ->> 'node'), coalesce(m.at, s.started_at), s.started_at, g.at, e.at, e.reason
from (
  select distinct on (workspace_id, (body::jsonb #>> '{run,id}')) bucket, workspace_id, person_id, due_at as started_at,
         body::jsonb -> 'run' as run, (body::jsonb #>> '{run,id}')::uuid as id
  from decisions
  where kind = 'run_started'
  order by workspace_id, (body::jsonb #>> '{run,id}'), due_at
) s
left join (
  select distinct on (workspace_id, (body::jsonb ->> 'run')) workspace_id, (body::jsonb ->> 'run')::uuid as run,
         body::jsonb ->> 'to' as node, due_at as at
  from decisions
  where kind = 'run_moved'
  order by workspace_id, (body::jsonb ->> 'run'), due_at desc, seq desc
) m on m.workspace_id = s.workspace_id and m.run = s.id
left join (
  select workspace_id, (body::jsonb ->> 'run')::uuid as run, min(due_at) as at
  from decisions
  where kind = 'goal_reached'
  group by 1, 2
) g on g.workspace_id = s.workspace_id and g.run = s.id
left join (
  select distinct on (workspace_id, (body::jsonb ->> 'run')) workspace_id, (body::jsonb ->> 'run')::uuid as run,
         body::jsonb ->> 'reason' as reason, due_at as at
  from decisions
  where kind = 'run_ended'
  order by workspace_id, (body::jsonb ->> 'run'), due_at desc, seq desc
) e on e.workspace_id = s.workspace_id and e.run = s.id;

insert into run_moves (bucket, workspace_id, run_id, visit, person_id, journey_key, arm, from_node, to_node, at)
select r.bucket, r.workspace_id, r.id,
       (row_number() over (partition by r.workspace_id, r.id order by d.due_at, d.seq))::int,
       r.person_id, r.journey_key, r.arm, d.body::jsonb ->> 'from', d.body::jsonb ->> 'to', d.due_at
from decisions d
join runs r on r.workspace_id = d.workspace_id and r.id = (d.body::jsonb ->> 'run')::uuid
where d.kind = 'run_moved';

-- What became of a journey's messages, and what was not sent and why, newest first.
create index messages_journey on messages (workspace_id, journey_key, requested_at desc, id desc);
create index messages_not_sent on messages (workspace_id, reason, requested_at desc, id desc) where state in ('dropped', 'failed', 'uncertain');
