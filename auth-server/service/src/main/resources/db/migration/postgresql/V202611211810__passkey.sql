-- Passkeys (WebAuthn); security row: mac covers every column but itself. The key is public.
create table passkey (
  credential_id bytea not null primary key,
  person text not null,
  user_handle bytea not null,
  spki bytea not null,
  sign_count bigint not null,
  aaguid text not null,
  model text not null,
  assurance text not null check (assurance in ('normal', 'low')),
  state text not null check (state in ('active', 'suspended', 'revoked')),
  label text not null,
  registered bigint not null,
  last_used bigint,
  seen bigint not null check (seen in (0, 1)),
  entry_id bytea not null,
  mac bytea not null
);

create index passkey_person on passkey (person);
