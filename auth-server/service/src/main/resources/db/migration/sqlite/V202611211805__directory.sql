-- Dated posts, several of a person (本務 and 併任), and roles tied to the post they go with. Rows and
-- seals written before stay as they are: what is new is sealed only where it differs from these defaults.
create table post_dated (
  person text not null references person (number),
  organ text not null,
  division text not null,
  title text not null,
  valid_from text not null,
  valid_until text not null,
  kind text not null default 'MAIN',
  appointment text not null default 'STAFF',
  contract_until text,
  subcontract integer not null default 0,
  entry_id blob not null,
  mac blob not null,
  primary key (person, valid_from, organ, division, title),
  foreign key (organ, division) references division (organ, code)
) strict;
insert into post_dated (person, organ, division, title, valid_from, valid_until, entry_id, mac)
  select person, organ, division, title, valid_from, valid_until, entry_id, mac from post;
drop table post;
alter table post_dated rename to post;

create table role_dated (
  person text not null references person (number),
  organ text not null references organ (id),
  role text not null,
  valid_from text not null,
  valid_until text not null,
  division text not null default '',
  lender text not null default '',
  entry_id blob not null,
  mac blob not null,
  primary key (person, organ, role, valid_from, division)
) strict;
insert into role_dated (person, organ, role, valid_from, valid_until, entry_id, mac)
  select person, organ, role, valid_from, valid_until, entry_id, mac from role_assignment;
drop table role_assignment;
alter table role_dated rename to role_assignment;
create index role_holders on role_assignment (role, organ);

-- Applied personnel files (発令). divisions: canonical JSON of the names of divisions that it changed.
create table personnel_order (
  id text not null primary key,
  state text not null,
  applied_at integer not null,
  effective text not null,
  file_hash text not null,
  persons integer not null,
  divisions text not null,
  entry_id blob not null,
  mac blob not null
) strict;

-- What was known of a person before and after an order, canonical JSON: what undo compares and restores.
create table personnel_order_person (
  order_id text not null references personnel_order (id),
  person text not null,
  before text not null,
  after text not null,
  entry_id blob not null,
  mac blob not null,
  primary key (order_id, person)
) strict;

-- Which division a terminal stands in: it decides the acting post of who logs in there.
create table terminal_division (
  terminal text not null primary key,
  organ text not null,
  division text not null,
  entry_id blob not null,
  mac blob not null
) strict;
