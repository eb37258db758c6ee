-- A loyalty programme counts its versions, so that two who change it at once do not put each other's aside. At most four rows a workspace.
alter table programmes
  add column version integer not null default 1,
  add column saved_by text;
