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

-- Entries committed with their change, not yet numbered; seq is the order of insertion.
create table audit_pending (
  seq integer primary key autoincrement,
  entry_id blob not null unique,
  log text not null,
  body blob not null,
  created integer not null,
  mac blob not null
) strict;

-- Entries numbered and integrated; body is the leaf, the other columns only help to find it.
create table audit_entry (
  log text not null,
  idx integer not null,
  entry_id blob not null unique,
  body blob not null,
  leaf blob not null,
  person text,
  created integer not null,
  primary key (log, idx)
) strict;

create index audit_entry_person on audit_entry (log, person, idx);
create index audit_pending_log on audit_pending (log, seq);
