-- People are found by any word of their name, address, phone number or ids, also mistyped, and by an order's number.
-- The words are made by the server (postgres/search-words.ts) and kept as text: an index over them as a tsvector finds
-- beginnings of words in core Postgres, without an extension that a hosted Postgres may refuse, and in every script
-- (pg_trgm drops all letters beyond ASCII in a database of the C locale). One index instead of two.
-- Cost on a big table: profiles are rewritten once (1 M people: about half a minute), events are read once for the index
-- over orders. Mistyped names of people stored before are found from their next change on, or after `rapport rebuild`.
alter table profiles
  add column phone text,
  add column search text not null default '';

update profiles
   set search = trim(regexp_replace(
         lower(regexp_replace(normalize(left(concat_ws(' ', name, split_part(email, '@', 1), user_id), 600), nfkd), '[\u0300-\u036f\u064b-\u0655]', '', 'g')),
         '[^a-z0-9\u0080-\uffff]+', ' ', 'g'))
       || coalesce(' ' || lower(substring(email from '^[^[:space:]\\'':]+@[^[:space:]\\'':]+$')), '');

drop index profiles_email;
drop index profiles_name;
create index profiles_search on profiles using gin ((search::tsvector));

-- Who an order belongs to. Only events that name one are in it.
create index events_order on events (workspace_id, (left(substring(body from '"order_id":"?([^",}]+)'), 64)))
  where strpos(body, '"order_id":') > 0;
