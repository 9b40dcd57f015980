-- 月次確認: a card lets a series go on for one month; security row: mac covers every column but itself,
-- id and series, which the text says.
create table series_confirmation (
  id text not null primary key,
  series text not null references export_grant (id),
  text bytea not null,
  confirmed bigint not null,
  confirmed_by text not null,
  transaction_id text not null,
  statement bytea not null,
  signature bytea not null,
  spki bytea not null,
  entry_id bytea not null,
  mac bytea not null
);

create index series_confirmation_series on series_confirmation (series, confirmed);
