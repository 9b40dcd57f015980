-- Hashes of the complete subtrees of 256, 65536, … entries: what the tiles above the leaves are made
-- of. Derived from audit_entry, made again at each start of the sequencer; a reader checks what is
-- made of them against a signed root.
create table audit_node (
  log text not null,
  level integer not null,
  idx integer not null,
  hash blob not null,
  primary key (log, level, idx)
) strict, without rowid;
