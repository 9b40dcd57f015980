-- One row per log: an organ's, and 'system'.
create table audit_log_state (
  log text not null primary key,
  generation integer not null,
  origin text not null,
  size integer not null,
  epoch integer not null,
  frontier blob not null,
  checkpoint text not null
) strict, without rowid;

-- Entries committed with their change, not yet integrated; number is the index the entry will have,
-- without a gap in each log. The seal mac covers every other column.
create table audit_pending (
  log text not null,
  number integer not null,
  entry_id blob not null unique,
  body blob not null,
  created integer not null,
  mac blob not null,
  primary key (log, number)
) strict;

-- Integrated entries; body is the leaf, person and leaf only help to find it. created and mac are
-- those of the pending row, whose number idx was: what is not yet signed is judged by that seal.
create table audit_entry (
  log text not null,
  idx integer not null,
  entry_id blob not null unique,
  body blob not null,
  leaf blob not null,
  person text,
  created integer not null,
  mac blob not null,
  primary key (log, idx)
) strict;

create index audit_entry_person on audit_entry (log, person, idx);
