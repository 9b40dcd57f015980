-- The first start (初期設定): one row in an installation that began with one; security row: mac covers every column but itself.
create table setup (
  id integer not null primary key check (id = 1),
  state text not null check (state in ('open', 'finished')),
  code_hash bytea,
  code_expires bigint,
  session_hash bytea,
  session_expires bigint,
  entry_id bytea not null,
  mac bytea not null
);
