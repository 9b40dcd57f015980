-- The index of what entries are found by, made anew: the service fills it from the log in the
-- background and says on its pages how much is still missing (ADR 0042). mark is a sum of person,
-- terminal, type and outcome: with it every walk needs its own index only. Failures are rare and
-- have indexes of their own instead of a column in all.
drop table audit_find;

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
  mark integer not null,
  primary key (log, idx)
) strict, without rowid;

create index audit_find_time on audit_find (log, time, idx, mark);
create index audit_find_person on audit_find (log, person, time, idx, mark)
  where person is not null;
create index audit_find_terminal on audit_find (log, terminal, time, idx, mark)
  where terminal is not null;
create index audit_find_feature on audit_find (log, feature, time, idx, mark);
create index audit_find_type on audit_find (log, type, time, idx, mark);
create index audit_find_failed on audit_find (log, time, idx, mark, failed)
  where failed = 1;
create index audit_find_failed_person on audit_find (log, person, time, idx, mark, failed)
  where failed = 1;
create index audit_find_failed_terminal on audit_find (log, terminal, time, idx, mark, failed)
  where failed = 1;
create index audit_find_failed_feature on audit_find (log, feature, time, idx, mark, failed)
  where failed = 1;
create index audit_find_failed_type on audit_find (log, type, time, idx, mark, failed)
  where failed = 1;
create index audit_find_grant on audit_find (log, grant_id, type, time)
  where grant_id is not null;

update audit_find_state set size = 0;
