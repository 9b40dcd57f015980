-- 延長: each one asked for, and the approval by a further card; security row: mac covers every column
-- but itself and grant_id, which the text says.
create table export_extension (
  id text not null primary key,
  grant_id text not null references export_grant (id),
  text blob not null,
  state text not null check (state in ('asked', 'approved', 'rejected')),
  asked integer not null,
  asked_by text not null,
  decided integer,
  decided_by text,
  transaction_id text,
  statement blob,
  signature blob,
  spki blob,
  entry_id blob not null,
  mac blob not null
) strict;

create index export_extension_grant on export_extension (grant_id, asked);
