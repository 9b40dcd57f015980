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

-- Never holds a row: whoever changes anything locks it first, so that units run one at a time.
create table audit_turn (nothing integer);

-- Entries committed with their change, not yet integrated; number is the index the entry will have,
-- without a gap in each log. The seal mac covers every other column.
create table audit_pending (
  log text not null,
  number bigint not null,
  entry_id bytea not null unique,
  body bytea not null,
  created bigint not null,
  mac bytea not null,
  primary key (log, number)
);

-- Integrated entries; body is the leaf, person and leaf only help to find it. created and mac are
-- those of the pending row, whose number idx was: what is not yet signed is judged by that seal.
create table audit_entry (
  log text not null references audit_log_state (log),
  idx bigint not null,
  entry_id bytea not null unique,
  body bytea not null,
  leaf bytea not null,
  person text,
  created bigint not null,
  mac bytea not null,
  primary key (log, idx)
);

create index audit_entry_person on audit_entry (log, person, idx);
