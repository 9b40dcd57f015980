-- Systems that ask for logins (single sign-on); security row: mac covers every column but itself.
create table relying_service (
  name text not null primary key,
  realm text not null,
  origin text not null,
  state text not null check (state in ('active', 'revoked')),
  spki bytea not null,
  serial text not null,
  not_after bigint not null,
  entry_id bytea not null,
  mac bytea not null
);

-- Whose session it is when not the service's own: "<service> <realm> <id there>". Sealed when not null.
alter table web_session add column relying text;
create index web_session_relying on web_session (relying);
create index web_session_changed on web_session (state, changed);
