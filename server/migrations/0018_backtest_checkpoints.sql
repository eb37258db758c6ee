-- How far a backtest came, so that whoever takes it up after its process ended goes on from there. Costs nothing: a small table,
-- and a column with a constant default is added without rewriting it.
alter table backtests
  -- {definition, known_until, parts, refits, learnt}: what it goes by from its beginning to its end, whatever changes meanwhile
  add column plan jsonb,
  -- {done, sums}: the parts that are done, and what came of them
  add column checkpoint jsonb,
  -- how often a process took it up and ended without a word
  add column attempts smallint not null default 0;
