-- 廃棄: a medium out of use for good stays in the register. Both are null while it is in use; the
-- seal of such a row is over the columns that there were before, so no row has to be sealed anew.
alter table medium add column disposed integer;
alter table medium add column reference text;
