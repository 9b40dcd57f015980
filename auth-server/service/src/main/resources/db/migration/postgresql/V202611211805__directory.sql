-- Dated posts, several of a person (本務 and 併任), and roles tied to the post they go with. Rows and
-- seals written before stay as they are: what is new is sealed only where it differs from these defaults.
alter table post drop constraint post_pkey;
alter table post add column kind text not null default 'MAIN';
alter table post add column appointment text not null default 'STAFF';
alter table post add column contract_until text;
alter table post add column subcontract integer not null default 0;
alter table post add primary key (person, valid_from, organ, division, title);

alter table role_assignment drop constraint role_assignment_pkey;
alter table role_assignment add column division text not null default '';
alter table role_assignment add column lender text not null default '';
alter table role_assignment add primary key (person, organ, role, valid_from, division);
create index role_holders on role_assignment (role, organ);

-- Applied personnel files (発令). divisions: canonical JSON of the names of divisions that it changed.
create table personnel_order (
  id text not null primary key,
  state text not null,
  applied_at bigint not null,
  effective text not null,
  file_hash text not null,
  persons bigint not null,
  divisions text not null,
  entry_id bytea not null,
  mac bytea not null
);

-- What was known of a person before and after an order, canonical JSON: what undo compares and restores.
create table personnel_order_person (
  order_id text not null references personnel_order (id),
  person text not null,
  before text not null,
  after text not null,
  entry_id bytea not null,
  mac bytea not null,
  primary key (order_id, person)
);

-- Which division a terminal stands in: it decides the acting post of who logs in there.
create table terminal_division (
  terminal text not null primary key,
  organ text not null,
  division text not null,
  entry_id bytea not null,
  mac bytea not null
);
