-- What entries are found by; derived from audit_entry, so that losing or editing it hides nothing
-- from an export. time is milliseconds UTC; feature is the type up to its dot; failed is 0 or 1.
create table audit_find (
  log text not null,
  idx integer not null,
  time integer not null,
  person text,
  terminal text,
  feature text not null,
  type text not null,
  failed integer not null,
  grant_id text,
  primary key (log, idx)
) strict, without rowid;

create index audit_find_time on audit_find (log, time, idx);
create index audit_find_person on audit_find (log, person, time, idx);
create index audit_find_terminal on audit_find (log, terminal, time, idx);
create index audit_find_feature on audit_find (log, feature, time, idx);
create index audit_find_type on audit_find (log, type, time, idx);
create index audit_find_failed on audit_find (log, failed, time, idx);
create index audit_find_grant on audit_find (log, grant_id, type, time)
  where grant_id is not null;

-- How many entries of each log are in audit_find.
create table audit_find_state (
  log text not null primary key,
  size integer not null
) strict, without rowid;
