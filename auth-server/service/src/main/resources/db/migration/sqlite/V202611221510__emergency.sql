-- 緊急時の例外措置 that terminals told of, until they are reported and confirmed. Security rows: mac covers
-- every column but itself.
create table emergency_case (
  id text not null primary key,
  organ text not null references organ (id),
  terminal text not null,
  person text not null,
  approvers text not null,
  fingerprint text not null,
  why text not null,
  minutes integer not null,
  opened integer not null,
  arrived integer not null,
  ended integer,
  cause text,
  people text,
  contents text,
  document text,
  reported integer,
  reported_by text,
  confirmed integer,
  confirmed_by text,
  overdue integer,
  entry_id blob not null,
  mac blob not null
) strict;

create index emergency_case_organ on emergency_case (organ, confirmed, arrived);
