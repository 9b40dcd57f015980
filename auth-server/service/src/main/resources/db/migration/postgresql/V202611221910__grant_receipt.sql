-- 引渡し and 消去確認: a medium that was handed over has its recipient's number, one that came back who
-- confirmed that it is erased. Null before; the seal of a row without them is over the columns that
-- there were before, so no row has to be sealed anew.
alter table export_grant add column receipt text;
alter table export_grant add column erased bigint;
alter table export_grant add column erased_by text;

-- Uses are looked at from the newest back.
create index export_grant_activated on export_grant (activated, id);
