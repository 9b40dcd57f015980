-- 差戻し: a state and three columns, null until the first one; the seal of a row without it is over the
-- columns that there were before, so no row has to be sealed anew. SQLite cannot change a check, and
-- does not let go of a table that another one names: both are made anew.
create table request_new (
  id text not null primary key,
  organ text not null,
  requester text not null,
  person text not null,
  text blob not null,
  ends integer not null,
  state text not null
    check (state in ('requested', 'remanded', 'approved', 'rejected', 'withdrawn', 'expired')),
  created integer not null,
  decided integer,
  decided_by text,
  remanded integer,
  remanded_by text,
  remand_reason text,
  entry_id blob not null,
  mac blob not null
) strict;

insert into request_new (id, organ, requester, person, text, ends, state, created, decided,
  decided_by, entry_id, mac)
select id, organ, requester, person, text, ends, state, created, decided, decided_by, entry_id, mac
from export_request;

create table grant_new (
  id text not null primary key references request_new (id),
  terminal text not null,
  transaction_id text not null,
  statement blob not null,
  signature blob not null,
  spki blob not null,
  state text not null
    check (state in ('approved', 'active', 'used', 'closed', 'withdrawn', 'revoked', 'expired')),
  activated integer,
  nonce text,
  deadline integer,
  ended integer,
  returned integer,
  returned_by text,
  overdue integer,
  entry_id blob not null,
  mac blob not null
) strict;

insert into grant_new (id, terminal, transaction_id, statement, signature, spki, state, activated,
  nonce, deadline, ended, returned, returned_by, overdue, entry_id, mac)
select id, terminal, transaction_id, statement, signature, spki, state, activated, nonce, deadline,
  ended, returned, returned_by, overdue, entry_id, mac
from export_grant;

drop table export_grant;
drop table export_request;
alter table request_new rename to export_request;
alter table grant_new rename to export_grant;

create index export_request_organ on export_request (organ, created);
create index export_request_open on export_request (state, ends);
create index export_grant_terminal on export_grant (terminal, state);
create index export_grant_open on export_grant (state);
