-- Passkeys (WebAuthn); security row: mac covers every column but itself. The key is public.
create table passkey (
  credential_id blob not null primary key,
  person text not null,
  user_handle blob not null,
  spki blob not null,
  sign_count integer not null,
  aaguid text not null,
  model text not null,
  assurance text not null check (assurance in ('normal', 'low')),
  state text not null check (state in ('active', 'suspended', 'revoked')),
  label text not null,
  registered integer not null,
  last_used integer,
  seen integer not null check (seen in (0, 1)),
  entry_id blob not null,
  mac blob not null
) strict;

create index passkey_person on passkey (person);
