-- Transactions that were answered, so that a replay is known as one after a restart too.
create table login_transaction (
  id_hash bytea not null primary key,
  purpose text not null,
  terminal text not null,
  created bigint not null,
  answered bigint not null,
  entry_id bytea not null
);

create index login_transaction_answered on login_transaction (answered);
