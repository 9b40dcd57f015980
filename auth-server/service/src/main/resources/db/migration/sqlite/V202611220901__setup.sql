-- The first start (初期設定): one row in an installation that began with one; security row: mac covers every column but itself.
create table setup (
  id integer not null primary key check (id = 1),
  state text not null check (state in ('open', 'finished')),
  code_hash blob,
  code_expires integer,
  session_hash blob,
  session_expires integer,
  entry_id blob not null,
  mac blob not null
) strict;
