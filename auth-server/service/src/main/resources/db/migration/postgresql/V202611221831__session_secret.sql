-- The cookie that is valid now (SHA-256), the one before, and since when (milliseconds); null while
-- the first one is, whose hash stays the row's key. Sealed when not null.
alter table web_session add column secret_hash bytea;
alter table web_session add column replaced_hash bytea;
alter table web_session add column renewed bigint;
create index web_session_secret on web_session (secret_hash) where secret_hash is not null;
create index web_session_replaced on web_session (replaced_hash) where replaced_hash is not null;
