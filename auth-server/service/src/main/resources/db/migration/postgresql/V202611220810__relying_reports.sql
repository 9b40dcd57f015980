-- Newest event held of each relying service, and whether it is silent; security row: mac covers every column but itself.
create table relying_report (
  service text not null primary key,
  spool text not null,
  seq bigint not null,
  hash text not null,
  silent_since bigint,
  entry_id bytea not null,
  mac bytea not null
);

-- Which of its events the log has, by its own ids: some days of them, to compare with its event store. No security row: an
-- id that is missing here is told once more, marked as repeated only where it is known.
create table relying_event (
  service text not null,
  id text not null,
  at bigint not null,
  primary key (service, id)
);
create index relying_event_at on relying_event (service, at);
