-- Temporary cards (仮カード) of each organ's sealed stock; security row: mac covers every column but itself.
create table temporary_card (
  spki_hash bytea not null primary key,
  label text not null unique,
  organ text not null references organ (id),
  state text not null check (state in ('stock', 'out', 'stopped', 'returned', 'retired')),
  person text,
  attested text,
  handed bigint,
  expires bigint,
  own text not null,
  entry_id bytea not null,
  mac bytea not null
);

create index temporary_card_person on temporary_card (person);
