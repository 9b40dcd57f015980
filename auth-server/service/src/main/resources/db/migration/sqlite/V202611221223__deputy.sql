-- 代決 and 後閲: orders of deputies, absences of approvers, and what was decided in their place. Security
-- rows: mac covers every column but itself.
create table deputy (
  id text not null primary key,
  organ text not null references organ (id),
  division text not null,
  person text not null,
  place integer not null,
  valid_from text not null,
  valid_until text not null,
  reference text not null,
  removed integer not null check (removed in (0, 1)),
  entry_id blob not null,
  mac blob not null
) strict;

create index deputy_organ on deputy (organ, division, place);

create table absence (
  id text not null primary key,
  organ text not null references organ (id),
  person text not null,
  starts integer not null,
  ends integer not null,
  said_by text not null,
  cut_short integer not null check (cut_short in (0, 1)),
  entry_id blob not null,
  mac blob not null
) strict;

create index absence_organ on absence (organ, ends);

create table grant_review (
  id text not null primary key,
  grant_id text not null references export_request (id),
  organ text not null,
  step text not null,
  represented text not null,
  decider text not null,
  decided integer not null,
  reviewed integer,
  reviewed_by text,
  entry_id blob not null,
  mac blob not null
) strict;

create index grant_review_grant on grant_review (grant_id);
create index grant_review_open on grant_review (organ, reviewed, decided);
