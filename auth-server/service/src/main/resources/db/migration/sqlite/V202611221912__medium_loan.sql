-- 貸出・返却 at the counter, 引渡し and 紛失: who has a medium, until when and by which document, and the
-- document that reports its loss. Null for one that is kept; the seal of such a row is over the
-- columns that there were before, so no row has to be sealed anew.
alter table medium add column lent integer;
alter table medium add column lent_to text;
alter table medium add column lent_due integer;
alter table medium add column lent_reference text;
alter table medium add column lost integer;
alter table medium add column lost_reference text;
