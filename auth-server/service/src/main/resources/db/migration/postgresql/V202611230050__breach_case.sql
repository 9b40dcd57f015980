-- Cases of 漏えい等 that are to be reported to the 個人情報保護委員会. items is canonical JSON of the nine
-- items; seq the digits of its number. Security rows: mac covers every column but itself.
create table breach_case (
  id text not null primary key,
  organ text not null references organ (id),
  seq integer not null unique,
  opener text not null,
  opened bigint not null,
  known bigint not null,
  kinds text not null,
  origin text check (origin in ('grant', 'medium', 'emergency', 'entry')),
  item text,
  items bytea not null,
  preliminary_date text,
  preliminary_reference text,
  preliminary_by text,
  preliminary_at bigint,
  complete_date text,
  complete_reference text,
  complete_by text,
  complete_at bigint,
  closed bigint,
  closed_by text,
  reason text,
  told_preliminary text,
  told_complete text,
  entry_id bytea not null,
  mac bytea not null
);

create index breach_case_organ on breach_case (organ, seq);
