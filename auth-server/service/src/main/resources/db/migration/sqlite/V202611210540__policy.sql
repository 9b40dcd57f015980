-- Signed files as they came or were made; security row: mac covers kind, organ, version and the
-- hashes of both blobs. Roots are all kept, of the others the newest of each organ.
create table signed_file (
  kind text not null check (kind in ('root', 'policy', 'roster', 'current')),
  organ text not null,
  version integer not null,
  file blob not null,
  signatures blob not null,
  entry_id blob not null,
  mac blob not null,
  primary key (kind, organ, version)
) strict;
