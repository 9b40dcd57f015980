-- 延長: each one asked for, and the approval by a further card; security row: mac covers every column
-- but itself and grant_id, which the text says.
create table export_extension (
  id text not null primary key,
  grant_id text not null references export_grant (id),
  text bytea not null,
  state text not null check (state in ('asked', 'approved', 'rejected')),
  asked bigint not null,
  asked_by text not null,
  decided bigint,
  decided_by text,
  transaction_id text,
  statement bytea,
  signature bytea,
  spki bytea,
  entry_id bytea not null,
  mac bytea not null
);

create index export_extension_grant on export_extension (grant_id, asked);
