-- 月次確認: a card lets a series go on for one month; security row: mac covers every column but itself,
-- id and series, which the text says.
create table series_confirmation (
  id text not null primary key,
  series text not null references export_grant (id),
  text blob not null,
  confirmed integer not null,
  confirmed_by text not null,
  transaction_id text not null,
  statement blob not null,
  signature blob not null,
  spki blob not null,
  entry_id blob not null,
  mac blob not null
);

create index series_confirmation_series on series_confirmation (series, confirmed);
