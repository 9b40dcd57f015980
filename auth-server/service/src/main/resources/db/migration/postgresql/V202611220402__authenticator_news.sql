-- By which authenticator a session was opened or resumed last: base64url SHA-256 of its key; sealed where it is known.
alter table web_session add column authenticator text;

-- Cards that were registered beside another one of the same person: the next logins tell of them.
create table card_news (
  spki_hash bytea not null primary key,
  person text not null,
  registered bigint not null,
  seen integer not null,
  entry_id bytea not null,
  mac bytea not null
);

create index card_news_person on card_news (person);
