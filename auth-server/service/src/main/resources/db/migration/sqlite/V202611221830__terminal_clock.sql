-- Seconds its clock is ahead of the service's, behind when negative, as told last; null while it is
-- right. Sealed when not null.
alter table terminal add column clock_ahead bigint;
