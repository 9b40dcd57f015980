-- Newest event held of each relying service, and whether it is silent; security row: mac covers every column but itself.
create table relying_report (
  service text not null primary key,
  spool text not null,
  seq integer not null,
  hash text not null,
  silent_since integer,
  entry_id blob not null,
  mac blob not null
) strict;

-- Which of its events the log has, by its own ids: some days of them, to compare with its event store. No security row: an
-- id that is missing here is told once more, marked as repeated only where it is known.
create table relying_event (
  service text not null,
  id text not null,
  at integer not null,
  primary key (service, id)
) strict;
create index relying_event_at on relying_event (service, at);
