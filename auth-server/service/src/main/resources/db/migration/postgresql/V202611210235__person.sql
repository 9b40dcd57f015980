create table organ (
  id text not null primary key,
  name text not null
);

create table division (
  organ text not null references organ (id),
  code text not null,
  name text not null,
  primary key (organ, code)
);

-- Names stay here; the log knows staff numbers only.
create table person (
  number text not null primary key,
  name text not null
);

-- The one post a person holds. Dates are ISO-8601 days of Japan, both inclusive.
create table post (
  person text not null primary key references person (number),
  organ text not null,
  division text not null,
  title text not null,
  valid_from text not null,
  valid_until text not null,
  entry_id bytea not null,
  mac bytea not null,
  foreign key (organ, division) references division (organ, code)
);

create table role_assignment (
  person text not null references person (number),
  organ text not null references organ (id),
  role text not null,
  valid_from text not null,
  valid_until text not null,
  entry_id bytea not null,
  mac bytea not null,
  primary key (person, organ, role)
);
