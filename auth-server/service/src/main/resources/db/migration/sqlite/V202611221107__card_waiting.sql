-- Further cards of a person that wait for a second word; security row: mac covers every column but itself.
create table card_waiting (
  spki_hash blob not null primary key,
  person text not null,
  organ text not null references organ (id),
  certificate blob not null,
  asked_by text not null,
  asked integer not null,
  entry_id blob not null,
  mac blob not null
) strict;
