-- Signed files as they came or were made; security row: mac covers kind, organ, version and the
-- hashes of both blobs. Roots are all kept, of the others the newest of each organ.
create table signed_file (
  kind text not null check (kind in ('root', 'policy', 'roster', 'current')),
  organ text not null,
  version bigint not null,
  file bytea not null,
  signatures bytea not null,
  entry_id bytea not null,
  mac bytea not null,
  primary key (kind, organ, version)
);
