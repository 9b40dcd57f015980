-- Registered media (登録媒体) and exceptions (持ち出し許可). Security rows: mac covers every column but
-- itself. A fingerprint is registered once in the whole installation: one stick has one owner.
create table medium (
  id text not null primary key,
  organ text not null,
  fingerprint text not null unique,
  registered bigint not null,
  entry_id bytea not null,
  mac bytea not null
);

-- What was asked for. text is the exact statement that an approver's card signs; the columns beside
-- it repeat what queries need and are checked against it when a row is read.
create table export_request (
  id text not null primary key,
  organ text not null,
  requester text not null,
  person text not null,
  text bytea not null,
  ends bigint not null,
  state text not null check (state in ('requested', 'approved', 'rejected', 'withdrawn', 'expired')),
  created bigint not null,
  decided bigint,
  decided_by text,
  entry_id bytea not null,
  mac bytea not null
);

create index export_request_organ on export_request (organ, created);
create index export_request_open on export_request (state, ends);

-- What an approval made of it; one per request, because the key is the same.
create table export_grant (
  id text not null primary key references export_request (id),
  terminal text not null,
  transaction_id text not null,
  statement bytea not null,
  signature bytea not null,
  spki bytea not null,
  state text not null
    check (state in ('approved', 'active', 'used', 'closed', 'withdrawn', 'revoked', 'expired')),
  activated bigint,
  nonce text,
  deadline bigint,
  ended bigint,
  returned bigint,
  returned_by text,
  overdue bigint,
  entry_id bytea not null,
  mac bytea not null
);

create index export_grant_terminal on export_grant (terminal, state);
create index export_grant_open on export_grant (state);
