-- One row per login; security row: mac covers every column but itself.
create table web_session (
  token_hash bytea not null primary key,
  person text not null,
  organ text not null,
  post text,
  terminal text not null,
  boot text not null,
  transaction_id text not null,
  assurance text not null,
  state text not null check (state in ('active', 'suspended', 'ended')),
  cause text,
  created bigint not null,
  resumed bigint not null,
  changed bigint not null,
  absolute_end bigint not null,
  entry_id bytea not null,
  mac bytea not null
);

create index web_session_terminal on web_session (terminal, state);
create index web_session_person on web_session (person, state);
