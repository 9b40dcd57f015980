create table organ (
  id text not null primary key,
  name text not null
) strict;

create table division (
  organ text not null references organ (id),
  code text not null,
  name text not null,
  primary key (organ, code)
) strict;

-- Names stay here; the log knows staff numbers only.
create table person (
  number text not null primary key,
  name text not null
) strict;

-- The one post a person holds. Dates are ISO-8601 days of Japan, both inclusive.
create table post (
  person text not null primary key references person (number),
  organ text not null,
  division text not null,
  title text not null,
  valid_from text not null,
  valid_until text not null,
  entry_id blob not null,
  mac blob not null,
  foreign key (organ, division) references division (organ, code)
) strict;

create table role_assignment (
  person text not null references person (number),
  organ text not null references organ (id),
  role text not null,
  valid_from text not null,
  valid_until text not null,
  entry_id blob not null,
  mac blob not null,
  primary key (person, organ, role)
) strict;
