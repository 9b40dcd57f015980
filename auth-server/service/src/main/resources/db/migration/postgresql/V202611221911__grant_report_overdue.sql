-- 事後報告未了: when the clock noticed that the use of an occurrence was not reported in time. Null
-- before; the seal of a row without it is over the columns that there were before.
alter table export_grant add column report_overdue bigint;
