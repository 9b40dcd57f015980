-- Keyed hash of the address that a session may be used from; null for any. Sealed when not null.
alter table web_session add column source text;
