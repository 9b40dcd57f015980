-- 定例許可: a series is a request and a grant, and so is each of its occurrences. Four columns of a grant,
-- null until they are needed; the seal of a row without them is over the columns that there were
-- before, so no row has to be sealed anew.
alter table export_grant add column reported bigint;
alter table export_grant add column reported_by text;
alter table export_grant add column report text;
alter table export_grant add column occurrences integer;
