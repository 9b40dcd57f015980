-- Transactions that were answered, so that a replay is known as one after a restart too.
create table login_transaction (
  id_hash blob not null primary key,
  purpose text not null,
  terminal text not null,
  created integer not null,
  answered integer not null,
  entry_id blob not null
) strict;

create index login_transaction_answered on login_transaction (answered);
