-- 差戻し: a state and three columns, null until the first one; the seal of a row without it is over the
-- columns that there were before, so no row has to be sealed anew.
alter table export_request drop constraint export_request_state_check;
alter table export_request add constraint export_request_state_check
  check (state in ('requested', 'remanded', 'approved', 'rejected', 'withdrawn', 'expired'));
alter table export_request add column remanded bigint;
alter table export_request add column remanded_by text;
alter table export_request add column remand_reason text;
