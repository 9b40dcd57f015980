-- The register of exceptional measures (例外措置). text is the exact statement that the CISO's card
-- signs; seq the digits of its number. Security rows: mac covers every column but itself.
create table exceptional_measure (
  id text not null primary key,
  organ text not null references organ (id),
  seq integer not null unique,
  asker text not null,
  text bytea not null,
  created bigint not null,
  state text not null
    check (state in
      ('requested', 'permitted', 'renewed', 'ended', 'rejected', 'withdrawn', 'expired')),
  decided bigint,
  decided_by text,
  decision_note text,
  transaction_id text,
  statement bytea,
  signature bytea,
  spki bytea,
  reviewed bigint,
  reviewed_by text,
  finding text,
  ended bigint,
  ended_by text,
  end_note text,
  told text,
  entry_id bytea not null,
  mac bytea not null
);

create index exceptional_measure_organ on exceptional_measure (organ, seq);
create index exceptional_measure_state on exceptional_measure (state, seq);
