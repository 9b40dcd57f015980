-- Registered cards; security row: mac covers every column but itself. No certificate is kept.
create table authenticator (
  spki_hash blob not null primary key,
  person text not null,
  kind text not null,
  certificate_hash blob not null,
  assurance text not null check (assurance in ('normal', 'low')),
  state text not null check (state in ('active', 'suspended', 'revoked')),
  entry_id blob not null,
  mac blob not null
) strict;

create index authenticator_person on authenticator (person);
