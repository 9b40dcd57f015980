-- Registered cards; security row: mac covers every column but itself. No certificate is kept.
create table authenticator (
  spki_hash bytea not null primary key,
  person text not null,
  kind text not null,
  certificate_hash bytea not null,
  assurance text not null check (assurance in ('normal', 'low')),
  state text not null check (state in ('active', 'suspended', 'revoked')),
  entry_id bytea not null,
  mac bytea not null
);

create index authenticator_person on authenticator (person);
