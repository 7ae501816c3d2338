-- Functions of every kind of argument and result, media types by domains, and tables that only some roles may read.
create schema test;
create schema hidden;
grant usage on schema test to anon, authenticated;
alter default privileges in schema test grant all on tables to anon, authenticated;
set search_path = test;

create table clients (id int primary key, name text not null);
create table projects (id int primary key, name text not null, client_id int references clients);
insert into clients values (1, 'Microsoft'), (2, 'Apple');
insert into projects values (1, 'Windows 7', 1), (2, 'Windows 10', 1), (3, 'IOS', 2), (4, 'OSX', 2), (5, 'Orphan', null);
create table items (id bigint primary key);
insert into items select generate_series(1, 15);
create table keyless (a int, b int);
create view fixed as select 1 as one;
create table authors_only (owner text, secret text);
revoke all on authors_only from anon;
insert into authors_only values ('jdoe', 'shh');
create table private_table (article text);
revoke all on private_table from anon, authenticated;

create type color as enum ('red', 'green');
create type point2 as (x int, y int);

create function search(id bigint) returns setof items stable language sql as 'select * from test.items i where i.id = $1';
create function getitemrange(min bigint, max bigint) returns setof items stable language sql as 'select * from test.items i where i.id > $1 and i.id <= $2';
create function getallprojects() returns setof projects stable language sql as 'select * from test.projects';
create function getproject(id int) returns setof projects stable language sql as 'select * from test.projects p where p.id = $1';
create function single_project(id int) returns projects stable language sql as 'select * from test.projects p where p.id = $1';
create function setprojects(id_l int, id_h int, name text) returns setof projects language sql as
  'update test.projects set name = $3 where id >= $1 and id <= $2 returning *';
create function no_return() returns void language sql as '';
create function ret_void() returns void language plpgsql as 'begin end';
create function ret_null() returns int stable language sql as 'select null::int';
create function ret_setof_integers() returns setof integer stable language sql as 'values (1), (2), (3)';
create function ret_array() returns integer[] stable language sql as 'select ''{1,2,3}''::int[]';
create function ret_enum(val text) returns color stable language sql as 'select val::test.color';
create function ret_point() returns point2 stable language sql as 'select row(10, 5)::test.point2';
create function ret_points() returns setof point2 stable language sql as 'values (row(10, 5)::test.point2), (row(3, 4)::test.point2)';
create function ret_range(low int, up int) returns int4range stable language sql as 'select int4range(low, up)';
create function ret_jsonb() returns jsonb stable language sql as $$ select '{"a": 1}'::jsonb $$;
create function ret_setof_json() returns setof json stable language sql as $$ values ('{"a": 1}'::json), ('[2]'::json) $$;
create function ret_record_out(num int, inout b bool, out str text) stable language sql as $$ select $2, 'x' $$;
create function single_out(num int, out num_plus_one int) stable language sql as 'select $1 + 1';
create function single_inout(inout num int) stable language sql as 'select $1 + 1';
create function ret_table() returns table (id int, name text) stable language sql as $$ values (1, 'a'), (2, 'b') $$;
create function single_column_table() returns table (id int) stable language sql as 'values (1), (2)';
create function add_them(a integer, b integer) returns integer stable language sql as 'select a + b';
create function sayhello(name text) returns text stable language sql as $$ select 'Hello, ' || name $$;
create function with_defaults(a int, b int default 2, c text default 'z') returns text stable language sql as $$ select a || '-' || b || '-' || c $$;
create function variadic_param(variadic v text[] default '{}') returns text[] stable language sql as 'select v';
create function same_type(a anyelement, b anyelement) returns anyarray stable language sql as 'select array[a, b]';
create function enum_arg(val color) returns text stable language sql as 'select val::text';
create function array_arg(arr int[]) returns int stable language sql as 'select cardinality(arr)';
create function json_arg(arg json) returns text stable language sql as 'select json_typeof(arg)';
create function "quoted function"("camelCase" text, "with space" text default 'd') returns text stable language sql as 'select $1 || $2';
create function overloaded() returns setof int stable language sql as 'values (1), (2), (3)';
create function overloaded(json) returns setof jsonb stable language sql as 'select x::jsonb from json_array_elements($1) x';
create function overloaded(a int, b int) returns int stable language sql as 'select a + b';
create function overloaded(a text, b text, c text) returns text stable language sql as 'select a || b || c';
create function overloaded_unnamed(json) returns text language sql as $$ select 'json' $$;
create function overloaded_unnamed(jsonb) returns text language sql as $$ select 'jsonb' $$;
create function overloaded_unnamed(text) returns text language sql as $$ select 'text' $$;
create function overloaded_unnamed(bytea) returns text language sql as $$ select 'bytea' || length($1) $$;
create function unnamed_json(json) returns json language sql as 'select $1';
create function same_names(a int) returns text stable language sql as $$ select 'int' $$;
create function same_names(a int, b int default 1) returns text stable language sql as $$ select 'two' $$;
create function same_names(a text) returns text stable language sql as $$ select 'text' $$;
create function hidden.secret() returns int language sql as 'select 1';
create function reset_items() returns void language sql as 'delete from test.items where id > 1000';
create function problem() returns void language plpgsql as $$ begin raise 'bad thing'; end $$;
create function payment() returns void language plpgsql as
  $$ begin raise sqlstate 'PT402' using message = 'Payment Required', detail = 'Quota exceeded', hint = 'Upgrade your plan'; end $$;
create function get_guc(name text) returns text stable language sql as 'select nullif(current_setting(name, true), '''')';
create function headers_of_mine() returns void language sql as
  $$ select set_config('response.headers', '[{"Set-Cookie": "a=1"}, {"Set-Cookie": "b=2"}]', true) $$;
create function bad_headers() returns void language sql as $$ select set_config('response.headers', '{"a": "b"}', true) $$;
create function bad_status() returns void language sql as $$ select set_config('response.status', 'many', true) $$;
create function html_status() returns json language sql as $$ select set_config('response.status', '418', true); select '{"tea": true}'::json $$;
create function whoami() returns text stable language sql as 'select current_user::text';
create function timeout_of() returns text stable language sql set statement_timeout = '17s' as $$ select current_setting('statement_timeout') $$;
create function gate() returns void language plpgsql as $$ begin
  if current_setting('request.headers', true)::json ->> 'x-blocked' is not null then
    raise sqlstate 'PT403' using message = 'blocked';
  end if;
  perform set_config('response.headers', '[{"X-Gate": "open"}]', true);
end $$;

create domain "text/plain" as text;
create domain "text/html" as text;
create domain "text/xml" as pg_catalog.xml;
create domain "image/png" as bytea;
create domain "text/tab-separated" as text;
create domain "application/vnd.first" as text;
create domain "application/openapi+json" as json;
create domain "*/*" as bytea;
create domain "application/octet-stream" as bytea;
create function unnamed_bytea(bytea) returns "application/octet-stream" language sql as 'select $1';
create function plain_bytea() returns bytea stable language sql as $$ select '\x01'::bytea $$;
create function status_text() returns void language plpgsql as $$ begin
  raise sqlstate 'PGRST' using message = '{"code": "X1", "message": "tea"}',
    detail = '{"status": 418, "status_text": "Short and stout", "headers": {}}'; end $$;
create function welcome() returns "text/plain" stable language sql as $$ select 'Welcome' $$;
create function welcome_html() returns "text/html" stable language sql as $$ select '<h1>hi</h1>' $$;
create function ret_xml() returns "text/xml" stable language sql as $$ select '<a/>'::xml $$;
create function ret_png() returns "image/png" stable language sql as $$ select '\x8950'::bytea $$;
create function ret_any() returns "*/*" stable language sql as $$ select 'any'::bytea $$;
create function ret_any_typed() returns "*/*" stable language plpgsql as $$ begin
  perform set_config('response.headers', '[{"Content-Type": "app/groucho"}]', true); return 'groucho'::bytea; end $$;
create function many_html() returns setof "text/html" stable language sql as $$ values ('<a>'), ('<b>') $$;
create function root() returns "application/openapi+json" stable language sql as $$ select '{"swagger": "2.0"}'::json $$;

create function first_step(state "application/vnd.first", next projects) returns "application/vnd.first" language sql as
  $$ select coalesce(state, next.name) $$;
create aggregate first_project(projects) (sfunc = first_step, stype = "application/vnd.first");
create function tsv_step(state "text/tab-separated", next anyelement) returns "text/tab-separated" language sql as
  $$ select coalesce(state || e'\n', '') || (next::text) $$;
create aggregate tsv(anyelement) (sfunc = tsv_step, stype = "text/tab-separated");

create table numbers (val int);
insert into numbers values (1), (2);
create function any_step(state "*/*", next numbers) returns "*/*" language plpgsql as $$ begin
  perform set_config('response.headers', '[{"Content-Type": "magic/number"}]', true);
  return coalesce(state, '') || ('<' || next.val || '>')::bytea; end $$;
create aggregate any_numbers(numbers) (sfunc = any_step, stype = "*/*");
