-- Sessions are asked for by terminal and person while they are open, by a relying service's id where
-- there is one, and deleted some time after their end: no other row has a place in these indexes.
drop index web_session_terminal;
drop index web_session_person;
drop index web_session_relying;
drop index web_session_changed;
create index web_session_terminal on web_session (terminal) where state <> 'ended';
create index web_session_person on web_session (person) where state <> 'ended';
create index web_session_relying on web_session (relying) where relying is not null;
create index web_session_changed on web_session (changed) where state = 'ended';
