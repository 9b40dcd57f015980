-- The first of two approvals, and who stands by (立会者): null where there is none; the seal of a row
-- without the first is over the columns that there were before, so no row has to be sealed anew. Who
-- stands by is in the sealed text; the column is to be found by.
alter table export_request add column attendant text;
alter table export_request add column first_approved integer;
alter table export_request add column first_by text;
alter table export_request add column first_represented text;
alter table export_request add column first_transaction text;
alter table export_request add column first_statement blob;
alter table export_request add column first_signature blob;
alter table export_request add column first_spki blob;
