-- Further cards of a person that wait for a second word; security row: mac covers every column but itself.
create table card_waiting (
  spki_hash bytea not null primary key,
  person text not null,
  organ text not null references organ (id),
  certificate bytea not null,
  asked_by text not null,
  asked bigint not null,
  entry_id bytea not null,
  mac bytea not null
);
