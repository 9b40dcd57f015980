-- One row per log: an organ's, and 'system'.
create table audit_log_state (
  log text not null primary key,
  generation bigint not null,
  origin text not null,
  size bigint not null,
  epoch bigint not null,
  frontier bytea not null,
  checkpoint text not null
);

-- Entries committed with their change, not yet numbered; seq is the order of insertion.
create table audit_pending (
  seq bigint generated always as identity primary key,
  entry_id bytea not null unique,
  log text not null,
  body bytea not null,
  created bigint not null,
  mac bytea not null
);

-- Entries numbered and integrated; body is the leaf, the other columns only help to find it.
create table audit_entry (
  log text not null references audit_log_state (log),
  idx bigint not null,
  entry_id bytea not null unique,
  body bytea not null,
  leaf bytea not null,
  person text,
  created bigint not null,
  primary key (log, idx)
);

create index audit_entry_person on audit_entry (log, person, idx);
create index audit_pending_log on audit_pending (log, seq);
