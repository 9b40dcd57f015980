-- Enrolment tickets. Sealed: every column but entry_id and mac. token_hash: base64url SHA-256.
create table invitation (
  token_hash    text   not null primary key,
  terminal      text   not null,
  organ         text   not null,
  expires       bigint not null,
  consumed_spki text,
  entry_id      blob   not null,
  mac           blob   not null
);

-- Terminals; the row of a revoked one stays until its asset number is enrolled again. Sealed: every
-- column but entry_id and mac, also the working state (last_seq …), since each unit that changes it
-- records an entry.
create table terminal (
  id            text   not null primary key,
  organ         text   not null,
  state         text   not null,
  spki          blob   not null unique,
  fingerprint   text   not null,
  serial        text   not null,
  certificate   blob   not null,
  not_after     bigint not null,
  enrolled_at   bigint not null,
  confirmed_at  bigint,
  last_seq      bigint not null,
  last_hash     text   not null,
  boot          text,
  enforcement   text,
  fault         text   not null,
  silent_since  bigint,
  entry_id      blob   not null,
  mac           blob   not null
);

-- Which records of which device key are in the log, to know a duplicate from a fork. Not sealed: the
-- log holds the same hashes.
create table device_record (
  fingerprint   text   not null,
  seq           bigint not null,
  hash          text   not null,
  log           text   not null,
  entry_id      blob   not null,
  primary key (fingerprint, seq)
);
