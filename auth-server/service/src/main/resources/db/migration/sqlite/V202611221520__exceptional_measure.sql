-- The register of exceptional measures (例外措置). text is the exact statement that the CISO's card
-- signs; seq the digits of its number. Security rows: mac covers every column but itself.
create table exceptional_measure (
  id text not null primary key,
  organ text not null references organ (id),
  seq integer not null unique,
  asker text not null,
  text blob not null,
  created integer not null,
  state text not null
    check (state in
      ('requested', 'permitted', 'renewed', 'ended', 'rejected', 'withdrawn', 'expired')),
  decided integer,
  decided_by text,
  decision_note text,
  transaction_id text,
  statement blob,
  signature blob,
  spki blob,
  reviewed integer,
  reviewed_by text,
  finding text,
  ended integer,
  ended_by text,
  end_note text,
  told text,
  entry_id blob not null,
  mac blob not null
) strict;

create index exceptional_measure_organ on exceptional_measure (organ, seq);
create index exceptional_measure_state on exceptional_measure (state, seq);
