-- Tables, views and functions to read from, in the shapes that people embed, filter, order and aggregate.
create schema test;
create schema v1;
create schema v2;
create schema private;
create schema "تست";
set search_path = test, public;

create table clients (id int primary key, name text not null);
create table projects (id int primary key, name text not null, client_id int references clients);
create table tasks (id int primary key, name text not null, project_id int references projects);
create table users (id int primary key, name text not null);
create table users_projects (user_id int references users, project_id int references projects, primary key (user_id, project_id));
create table users_tasks (user_id int references users, task_id int references tasks, primary key (user_id, task_id));
create table comments (id int primary key, commenter_id int not null references users, user_id int not null, task_id int not null,
  content text not null, foreign key (task_id, user_id) references users_tasks (task_id, user_id));
comment on table clients is 'who pays';
insert into clients values (1, 'Microsoft'), (2, 'Apple');
insert into projects values (1, 'Windows 7', 1), (2, 'Windows 10', 1), (3, 'IOS', 2), (4, 'OSX', 2), (5, 'Orphan', null);
insert into tasks values (1, 'Design w7', 1), (2, 'Code w7', 1), (3, 'Design w10', 2), (4, 'Code w10', 2),
  (5, 'Design IOS', 3), (6, 'Code IOS', 3), (7, 'Design OSX', 4), (8, 'Code OSX', 4);
insert into users values (1, 'Angela Martin'), (2, 'Michael Scott'), (3, 'Dwight Schrute');
insert into users_projects values (1, 1), (1, 2), (2, 3), (2, 4), (3, 1), (3, 3);
insert into users_tasks values (1, 1), (1, 2), (1, 3), (1, 4), (2, 5), (2, 6), (2, 7), (3, 1), (3, 5);
insert into comments values (1, 1, 2, 6, 'Needs to be delivered ASAP');

create view projects_view as select * from projects;
create view projects_view_alt as select id as t_id, name, client_id as t_client_id from projects;
create view projects_view_without_triggers as select distinct id, name, client_id from projects;
create materialized view materialized_projects as select id, name, client_id from projects;
create view limited_article_view as select id, name from projects;
create view filtered_tasks as
  select id as "myId", name, project_id as "projectID" from tasks
  where project_id in (select id from projects where id = 1) and project_id in (select project_id from users_projects where user_id = 1);

create table items (id bigserial primary key);
insert into items select generate_series(1, 15);
create function always_true(items) returns boolean language sql immutable as 'select true';
create function is_first(items) returns boolean language sql immutable as 'select $1.id = 1';
create function anti_id(items) returns bigint language sql immutable as 'select $1.id * -1';
create function getitemrange(min bigint, max bigint) returns setof items language sql stable as 'select * from test.items where id > $1 and id <= $2';

create table auto_incrementing_pk (id serial primary key, nullable_string varchar, non_nullable_string varchar not null, inserted_at timestamptz default now());
create table simple_pk (k varchar primary key, extra varchar not null);
insert into simple_pk values ('xyyx', 'u'), ('xYYx', 'v');
create table compound_pk (k1 int, k2 text, extra int, primary key (k1, k2));
create table no_pk (a varchar, b varchar);
insert into no_pk values (null, null), ('1', '0'), ('2', '0');
create table nullable_integer (a int);
insert into nullable_integer values (null);
create table json_table (data json);
insert into json_table values ('{"foo":{"bar":"baz"},"id":1}'), ('{"id":3}'), ('{"id":0}');
create table json_arr (id int primary key, data json);
insert into json_arr values (1, '[1, 2, 3]'), (2, '[4, 5, 6]'), (3, '[[9, 8, 7], [11, 12, 13]]'), (4, '[[[10, 8, 7]], [[13, 14, 15]]]'),
  (5, '[{"a": 1}, {"b": 2}]'), (6, '[{"c": [1,2,3]}, {"d": [[4]]}]'), (7, '{"c": [1,2,3], "d": {"e":[4,5], "e":3}}'), (8, '[{"a":[1,{"b":2}]}]');
create table jsonb_test (id int primary key, data jsonb);
insert into jsonb_test values (1, '{"a": {"b": 2}}'), (2, '{"c": [1,2,3]}'), (3, '[{"d": "test"}]'), (4, '{"e": 1}');
create table complex_items (id bigint primary key, name text not null, settings pg_catalog.json, arr_data int[], "field-with_sep" int default 1 not null);
insert into complex_items values (1, 'One', '{"foo":{"int":1,"bar":"baz"}}', '{1}', 3), (2, 'Two', '{"foo":{"int":1,"bar":"baz"}}', '{1,2}', 4),
  (3, 'Three', '{"foo":{"int":1,"bar":"baz"}}', '{1,2,3}', 5);
create table tsearch (text_search_vector tsvector);
insert into tsearch values (to_tsvector('It''s kind of fun to do the impossible')), (to_tsvector('But also fun to do what is possible')),
  (to_tsvector('Fat cats ate rats')), (to_tsvector('french', 'C''est un peu amusant de faire l''impossible')), (to_tsvector('german', 'Es ist eine Art Spaß, das Unmögliche zu machen'));
create domain tsvector_domain as tsvector;
create table tsearch_to_tsvector (text_search text, jsonb_search jsonb, text_search_domain tsvector_domain);
insert into tsearch_to_tsvector values
  ('It''s kind of fun to do the impossible', '{"text_search": "It''s kind of fun to do the impossible"}', to_tsvector('impossible')),
  ('But also fun to do what is possible', '{"text_search": "But also fun to do what is possible"}', to_tsvector('possible')),
  ('C''est un peu amusant de faire l''impossible', '{"text_search": "C''est un peu amusant de faire l''impossible"}', to_tsvector('x'));
create table "Escap3e;" ("so6meIdColumn" int primary key);
create table "ghostBusters" ("escapeId" int not null references "Escap3e;");
insert into "Escap3e;" select generate_series(1, 5);
insert into "ghostBusters" values (1), (3), (5);
create table "withUnique" (uni text unique, extra text);
insert into "withUnique" values ('nodup', 'a');
create table w_or_wo_comma_names (name text);
insert into w_or_wo_comma_names values ('Hebdon, John'), ('Williams, Mary'), ('Smith, Joseph'), ('David White'), ('Larry Thompson'), ('Double O Seven(007)'),
  ('"'), ('Double"Quote"McGraw"'), ('\'), ('/\Slash/\Beast/\');
create table pgrst_reserved_chars ("*id*" int, ":arr->ow::cast" text, "(inside,parens)" text, "a.dotted.column" text, "  col  w  space  " text);
insert into pgrst_reserved_chars values (1, 'arrow-1', 'parens-1', 'dotted-1', 'space-1'), (2, 'arrow-2', 'parens-2', 'dotted-2', 'space-2'), (3, 'arrow-3', 'parens-3', 'dotted-3', 'space-3');
create table "Server Today" ("cHostname" text, "Just A Server Model" text);
insert into "Server Today" values ('argnim1', ' IBM,9113-550 (P5-550)'), ('bbnim1', ' IBM,9131-52A (P5-52A)');
create table fav_numbers_text (person text);

create table entities (id int primary key, name text, parent_id int references entities, text_search_vector tsvector);
create table child_entities (id int primary key, name text, parent_id int references entities);
create view child_entities_view as select * from child_entities;
create table grandchild_entities (id int primary key, name text, parent_id int references child_entities, or_starting_name text, and_starting_name text, jsonb_col jsonb);
insert into entities values (1, 'entity 1', null, to_tsvector('bar')), (2, 'entity 2', null, to_tsvector('baz:1 qux:2')), (3, 'entity 3', null, to_tsvector('foo')), (4, null, null, null);
insert into child_entities values (1, 'child entity 1', 1), (2, 'child entity 2', 1), (3, 'child entity 3', 2), (4, 'child entity 4', 1), (5, 'child entity 5', 1), (6, 'child entity 6', 2);
insert into grandchild_entities values (1, 'grandchild entity 1', 1, null, null, null), (2, 'grandchild entity 2', 1, null, null, null), (3, 'grandchild entity 3', 2, null, null, null),
  (4, '(grandchild,entity,4)', 2, null, null, '{"a": {"b":"foo"}}'), (5, '(grandchild,entity,5)', 2, null, null, '{"b":"bar"}');
create table ranges (id int primary key, range numrange);
insert into ranges values (1, '[1,3]'), (2, '[3,6]'), (3, '[6,9]'), (4, '[9,12]');
create table arrays (id int primary key, numbers int[], numbers_mult int[][]);
insert into arrays values (0, '{1,2,3}', '{{1,2,3},{4,5,6},{7,8,9}}'), (1, '{11,12,13}', '{{11,12,13},{14,15,16},{17,18,19}}');
create type composite_name as (first text, last text);
create table fav_numbers (num composite_name, person text);
insert into fav_numbers values (row('A', 'B'), 'A'), (row('C', 'D'), 'B');

create table family_tree (id text primary key, name text not null, parent text references family_tree);
insert into family_tree values ('1', 'Parental Unit', null), ('2', 'Kid One', '1'), ('3', 'Kid Two', '1'), ('4', 'Grandkid One', '2'), ('5', 'Grandkid Two', '3');
create table managers (id int primary key, name text);
create table organizations (id int primary key, name text, referee int references organizations, auditor int references organizations, manager_id int references managers);
insert into managers values (1, 'Referee Manager'), (2, 'Auditor Manager'), (3, 'Acme Manager'), (4, 'Umbrella Manager'), (5, 'Cyberdyne Manager'), (6, 'Oscorp Manager');
insert into organizations values (1, 'Referee Org', null, null, 1), (2, 'Auditor Org', null, null, 2), (3, 'Acme', 1, 2, 3), (4, 'Umbrella', 1, 2, 4), (5, 'Cyberdyne', 3, 4, 5), (6, 'Oscorp', 3, 4, 6);

create table message (id int primary key, body text not null default '', sender bigint not null, recipient bigint not null);
create table person (id bigint primary key, name text not null);
alter table message add constraint message_sender_fkey foreign key (sender) references person;
alter table message add constraint message_recipient_fkey foreign key (recipient) references person;
create view person_detail as select p.id, p.name, s.count as sent, r.count as received
  from person p join lateral (select message.sender, count(message.id) as count from message group by message.sender) s on s.sender = p.id
  join lateral (select message.recipient, count(message.id) as count from message group by message.recipient) r on r.recipient = p.id;
insert into person values (1, 'John'), (2, 'Jane'), (3, 'Jake'), (4, 'Julie');
insert into message values (1, 'Hello Jane', 1, 2), (2, 'Hi John', 2, 1), (3, 'How are you doing?', 1, 2), (4, 'Hey Julie', 3, 4), (5, 'What''s up Jake', 4, 3);

create table sites (site_id int primary key, name text, main_project_id int);
create table big_projects (big_project_id int primary key, name text);
create table jobs (job_id uuid primary key default gen_random_uuid(), name text, site_id int not null references sites, big_project_id int not null references big_projects);
alter table sites add constraint main_project foreign key (main_project_id) references big_projects;
create view main_jobs as select * from jobs where site_id in (select site_id from sites where main_project_id is not null);
insert into big_projects values (1, 'big_project 1'), (2, 'big_project 2');
insert into sites values (1, 'site 1', 1), (2, 'site 2', null);

create table departments (id int primary key, name text, head_id int);
create table agents (id int primary key, name text, department_id int references departments);
alter table departments add constraint departments_head_id_fkey foreign key (head_id) references agents;
create table whatev_sites (id int primary key, name text);
create table whatev_projects (id int primary key, name text);
create table whatev_jobs (job_id int not null, name text, site_id_1 int, project_id_1 int, site_id_2 int, project_id_2 int,
  primary key (job_id, site_id_1, project_id_1, site_id_2, project_id_2),
  constraint whatev_jobs_site_id_1_fkey foreign key (site_id_1) references whatev_sites, constraint whatev_jobs_project_id_1_fkey foreign key (project_id_1) references whatev_projects,
  constraint whatev_jobs_site_id_2_fkey foreign key (site_id_2) references whatev_sites, constraint whatev_jobs_project_id_2_fkey foreign key (project_id_2) references whatev_projects);

create table trash (id int primary key);
create table trash_details (id int primary key references trash, jsonb_col jsonb);
insert into trash values (1), (2), (3);
insert into trash_details values (1, '{"key": 10}'), (2, '{"key": 6}'), (3, '{"key": 8}');
create table students (id int not null, code text not null, name text, primary key (id, code));
create table students_info (id int, code text, address text, primary key (id, code), foreign key (id, code) references students);
insert into students values (1, '0001', 'John Doe'), (2, '0002', 'Jane Doe');
insert into students_info values (1, '0001', 'Street 1'), (2, '0002', 'Street 2');
create view students_view as select * from students;
create view students_info_view as select * from students_info;
create table country (id int primary key, name text);
create table capital (id int primary key, name text, country_id int, unique (country_id), foreign key (country_id) references country);
insert into country values (1, 'Afghanistan'), (2, 'Algeria');
insert into capital values (1, 'Kabul', 1), (2, 'Algiers', 2);

create table private.books (id int primary key, title text not null, publication_year smallint not null, author_id int, first_publisher_id int);
create table private.authors (id int primary key, name text not null);
alter table private.books add foreign key (author_id) references private.authors;
create view books as select * from private.books;
create view authors as select id, name from private.authors;
create view forties_books as select id, title, publication_year, author_id from private.books where publication_year >= 1940 and publication_year < 1950;
create view fifties_books as select id, title, publication_year, author_id from private.books where publication_year >= 1950 and publication_year < 1960;
create view odd_years_books as select id, title, publication_year, author_id from fifties_books where (publication_year & 1) = 1;
create view authors_books_number as select id, name, (select count(*) from forties_books where author_id = authors.id) as num_in_forties from private.authors;
create view books_author_union as select b.id, b.title, a.id as author_id from private.books b left join (select a.id from private.authors a union all select null where false) a on a.id = b.author_id;
create view books_cte as with long as (select id, title, author_id from private.books) select long.id, long.title, long.author_id from long;
create view books_distinct as select distinct id, title, author_id from private.books;
create view books_same_twice as select id, title, author_id as writer_id, author_id from private.books;
insert into private.authors values (1, 'George Orwell'), (2, 'Anne Frank'), (3, 'Antoine de Saint-Exupéry'), (4, 'J.D. Salinger'), (5, 'Ray Bradbury'), (6, 'William Golding');
insert into private.books values (1, '1984', 1949, 1, 1), (2, 'The Diary of a Young Girl', 1947, 2, 1), (3, 'The Little Prince', 1947, 3, 1), (4, 'The Catcher in the Rye', 1951, 4, 1),
  (5, 'Farenheit 451', 1953, 5, 1), (6, 'Lord of the Flies', 1954, 6, 1);

create table designers (id int primary key, name text);
create table videogames (id int primary key, name text, designer_id int references designers);
insert into designers values (1, 'Sid Meier'), (2, 'Hironobu Sakaguchi');
insert into videogames values (1, 'Civilization I', 1), (2, 'Civilization II', 1), (3, 'Final Fantasy I', 2), (4, 'Final Fantasy II', 2);
create function computed_designers(videogames) returns setof designers language sql stable rows 1 as 'select * from test.designers where id = $1.designer_id';
create function computed_videogames(designers) returns setof videogames language sql stable as 'select * from test.videogames where designer_id = $1.id';
create function designers(videogames) returns setof designers language sql stable rows 1 as 'select * from test.designers where id = $1.designer_id';
create function videogames(designers) returns setof videogames language sql stable as 'select * from test.videogames where designer_id = $1.id';
create function getallvideogames() returns setof videogames language sql stable as 'select * from test.videogames';
create function child_web_content(family_tree) returns setof family_tree language sql stable as 'select * from test.family_tree where parent = $1.id';
create function parent_web_content(family_tree) returns setof family_tree language sql stable rows 1 as 'select * from test.family_tree where id = $1.parent';
create view videogames_view as select * from videogames;
create function designers(videogames_view) returns setof designers language sql stable rows 1 as 'select * from test.designers where id = $1.designer_id';

create table factories (id int primary key, name text);
create table process_categories (id int primary key, name text);
create table processes (id int primary key, name text, factory_id int references factories, category_id int references process_categories);
create table process_costs (process_id int primary key references processes, cost numeric);
create table supervisors (id int primary key, name text);
create table process_supervisor (process_id int references processes, supervisor_id int references supervisors, primary key (process_id, supervisor_id));
create table factory_buildings (id int primary key, code char(4), size numeric, type char(1), factory_id int references factories, inspections jsonb);
create table operators (id int primary key, name text, status jsonb);
create table process_operator (process_id int references processes, operator_id int references operators, primary key (process_id, operator_id));
insert into process_categories values (1, 'Batch'), (2, 'Mass');
insert into factories values (1, 'Factory A'), (2, 'Factory B'), (3, 'Factory C'), (4, 'Factory D');
insert into processes values (1, 'Process A1', 1, 1), (2, 'Process A2', 1, 2), (3, 'Process B1', 2, 1), (4, 'Process B2', 2, 1), (5, 'Process C1', 3, 2), (6, 'Process C2', 3, 2), (7, 'Process XX', 3, 2), (8, 'Process YY', null, null);
insert into process_costs values (1, 150.00), (2, 200.00), (3, 180.00), (4, 70.00), (5, 40.00), (6, 70.00), (7, 40.00), (8, 40.00);
insert into supervisors values (1, 'Mary'), (2, 'John'), (3, 'Peter'), (4, 'Sarah'), (5, 'Jane');
insert into process_supervisor values (1, 1), (2, 2), (3, 3), (3, 4), (4, 1), (4, 2), (5, 3), (6, 3);
insert into operators values (1, 'Anne', '{"id": "012345", "afk": true}'), (2, 'Louis', '{"id": "012345", "afk": false}');
insert into process_operator values (1, 1), (1, 2), (2, 1);
insert into factory_buildings values (1, 'A001', 150, 'A', 1, '{"ins": "2024A", "pending": true}'), (2, 'A002', 200, 'A', 1, '{"ins": "2025A", "pending": true}'), (3, 'B001', 50, 'B', 2, null);

create table project_invoices (id int primary key, invoice_total numeric, project_id int references projects);
insert into project_invoices values (1, 100, 1), (2, 200, 1), (3, 500, 2), (4, 700, 2), (5, 1200, 3), (6, 2000, 3), (7, 100, 4), (8, 4000, 4);
create table budget_categories (id int primary key, category_name text, budget_owner text, budget_amount numeric);
create table budget_expenses (id int primary key, expense_amount numeric, budget_category_id int references budget_categories);
insert into budget_categories values (1, 'Beanie Babies', 'Brian Smith', 1000.31), (2, 'DVDs', 'Jane Clarkson', 2000.12), (3, 'Pizza', 'Brian Smith', 1000.11), (4, 'Opera Tickets', 'Jane Clarkson', 2000.22), (5, 'Nuclear Fusion', 'Sally Hughes', 5000.53), (6, 'T-5hirts', 'Dana de Groot', 500.33);
insert into budget_expenses values (1, 200.26, 1), (2, 400.26, 1), (3, 300.26, 2);

create domain private.color as int check (value >= 0 and value <= 16777215);
create function private.color_json(private.color) returns json language sql immutable as $$ select to_json('#' || lpad(upper(to_hex($1)), 6, '0')) $$;
create function private.color_of_text(text) returns private.color language sql immutable as $$ select (('x' || lpad(replace($1, '#', ''), 8, '0'))::bit(32)::int)::private.color $$;
create function private.color_of_json(json) returns private.color language sql immutable as $$ select private.color_of_text($1 #>> '{}') $$;
create cast (private.color as json) with function private.color_json(private.color) as implicit;
create cast (text as private.color) with function private.color_of_text(text) as implicit;
create cast (json as private.color) with function private.color_of_json(json) as implicit;
create domain isodate as timestamp with time zone;
create function isodate_json(isodate) returns json language sql as $$ select to_json(replace(to_json($1)#>>'{}', '+00:00', 'Z')) $$;
create cast (isodate as json) with function isodate_json(isodate) as implicit;
create table datarep_todos (id bigint primary key, name text, label_color private.color default 0, due_at isodate, icon_image bytea);
insert into datarep_todos values (1, 'Report', 0, '2018-01-02T00:00:00Z', '\x3132'), (2, 'Essay', 256, '2018-01-03', null), (3, 'Algebra', 123456, '2018-01-01T14:12:34.123456', null), (4, 'Opus Magnum', null, null, null);
create table datarep_next_two_todos (id bigint primary key, first_item_id bigint references datarep_todos, second_item_id bigint references datarep_todos, name text);
insert into datarep_next_two_todos values (1, 2, 3, 'school related'), (2, 1, 3, 'do these first');
create view datarep_todos_computed as select id, name, label_color, due_at, (label_color / 2)::private.color as dark_color from datarep_todos;

create table v1.parents (id int primary key, name text);
create table v1.children (id int primary key, name text, parent_id int references v1.parents);
create function v1.get_parents_below(id int) returns setof v1.parents language sql stable as 'select * from v1.parents where id < $1';
create table v2.parents (id int primary key, name text);
create table v2.children (id int primary key, name text, parent_id int references v2.parents);
create table v2.another_table (id int primary key, another_value text);
insert into v1.parents values (1, 'parent v1-1'), (2, 'parent v1-2');
insert into v1.children values (1, 'child v1-1', 1), (2, 'child v1-2', 2);
insert into v2.parents values (3, 'parent v2-3'), (4, 'parent v2-4');
insert into v2.children values (1, 'child v2-3', 3);
insert into v2.another_table values (5, 'value 5'), (6, 'value 6');
create table "تست"."موارد" ("هویت" bigint primary key);
insert into "تست"."موارد" values (1);

create table "articleStars" ("articleId" int, "userId" int references users, primary key ("articleId", "userId"));
create table tournaments (id int primary key, name text);
create table posters (id int primary key, name text);
create table subscriptions (subscriber int references posters, subscribed int references posters, primary key (subscriber, subscribed));
insert into posters values (1, 'Mark'), (2, 'Elon'), (3, 'Bill'), (4, 'Jeff');
insert into subscriptions values (3, 1), (3, 4), (1, 4);
create table schedules (id int primary key, name text, start_at timetz, end_at timetz);
create table activities (id int, schedule_id int, car_id text, primary key (id, schedule_id), foreign key (schedule_id) references schedules);
create table unit_workdays (unit_id int, day date, fst_shift_activity_id int, fst_shift_schedule_id int, snd_shift_activity_id int, snd_shift_schedule_id int, primary key (unit_id, day),
  constraint fst_shift foreign key (fst_shift_activity_id, fst_shift_schedule_id) references activities (id, schedule_id),
  constraint snd_shift foreign key (snd_shift_activity_id, snd_shift_schedule_id) references activities (id, schedule_id));
insert into schedules values (1, 'morning', '06:00:00', '11:59:00'), (2, 'afternoon', '12:00:00', '17:59:00'), (3, 'night', '18:00:00', '23:59:00');
insert into activities values (1, 1, 'CAR-349'), (2, 3, 'CAR-123');
insert into unit_workdays values (1, '2019-12-02', 1, 1, 2, 3);
create view unit_workdays_fst_shift as select unit_id, day, fst_shift_activity_id, fst_shift_schedule_id from unit_workdays where fst_shift_activity_id is not null and fst_shift_schedule_id is not null;
create table ta (a int primary key, b int);
create table test_null_pk_competitors_sponsors (id int primary key, sponsor_id int, competitor_id int);

create table being (being int primary key);
create table descendant (descendant int primary key, being int references being);
create table part (part int primary key);
create table being_part (being int not null references being, part int not null references part, primary key (being, part));
insert into being values (1), (2);
insert into descendant values (1, 1), (2, 1), (3, 2);
insert into part values (1), (2);
insert into being_part values (1, 1), (2, 1), (2, 2);
create table bulk_counts (id int primary key, count int, name text);
insert into bulk_counts values (1, 10, 'ten'), (2, 20, 'twenty');
create view projects_count_grouped_by as select client_id, count(id) as number_of_projects from projects group by client_id;
create view authors_union as select id, name from private.authors where id < 3 union select id, name from private.authors where id > 4;
create recursive view family_up (id, name, parent) as
  select id, name, parent from family_tree where parent is null union all select f.id, f.name, f.parent from family_tree f join family_up u on u.id = f.parent;
create view books_subselect as select s.id, s.title, s.author_id from (select id, title, author_id from private.books offset 0) s;
create view books_joined as select b.id, b.title, b.author_id, a.name as author_name from private.books b join private.authors a on a.id = b.author_id;
create table car_models (name varchar(64) not null, year int not null, primary key (name, year)) partition by list (year);
create table car_models_2021 partition of car_models for values in (2021);
create table car_models_default partition of car_models for values in (1981, 1997, 2001, 2013);
create table car_brands (name varchar(64) primary key);
alter table car_models add column car_brand_name varchar(64) references car_brands (name);
create table car_model_sales (date varchar(64) not null, quantity bigint not null, car_model_name varchar(64), car_model_year int,
  primary key (date, car_model_name, car_model_year), foreign key (car_model_name, car_model_year) references car_models (name, year)) partition by range (date);
create table car_model_sales_202101 partition of car_model_sales for values from ('2021-01-01') to ('2021-01-31');
create table car_model_sales_default partition of car_model_sales default;
insert into car_brands values ('DMC'), ('Ferrari'), ('Lamborghini');
insert into car_models values ('DeLorean', 1981, 'DMC'), ('F310-B', 1997, 'Ferrari'), ('Veneno', 2013, 'Lamborghini'), ('Murcielago', 2001, 'Lamborghini');
insert into car_model_sales values ('2021-01-14', 7, 'DeLorean', 1981), ('2021-01-15', 9, 'DeLorean', 1981), ('2021-02-11', 1, 'Murcielago', 2001);
create table private.article_stars (article_id int, user_id int, primary key (article_id, user_id));
create table private.articles (id int primary key, body text, owner text);
alter table private.article_stars add constraint user_article_star_fk foreign key (article_id) references private.articles, add foreign key (user_id) references users;
insert into private.articles values (1, 'No... It''s a thing; it''s like a plan, but with more greatness.', 'diogo'), (2, 'Stop talking, brain thinking. Hush.', 'diogo');
insert into private.article_stars values (1, 1), (1, 2), (2, 3);
drop table "articleStars";
create view articles as select id, body, owner from private.articles;
create view "articleStars" as select article_id as "articleId", user_id as "userId" from private.article_stars;
create table items_with_different_col_types (int_data int, text_data text, bool_data bool, date_data date, time_data time);
insert into items_with_different_col_types values (1, 'foo', true, '2020-01-01', '10:00'), (null, '', null, null, null);
create table chores (id int primary key, name text, done bool);
insert into chores values (1, 'take out the garbage', true), (2, 'do the laundry', false), (3, 'wash the dishes', null);
create function computed_overload(items) returns int language sql immutable as 'select 1';
create function private.always_false(test.items) returns boolean language sql immutable as 'select false';
create function test.test_json_rows() returns table (id int, doc json, nums int[]) language sql stable as $$ select 1, '{"a":{"b":1}}'::json, array[1,2] $$;
create function test.add_them(a int, b int) returns int language sql immutable as 'select a + b';

create function lead_designer(videogames) returns designers language sql stable as 'select d from test.designers d where id = $1.designer_id';
create table private.screens (id int primary key, name text);
create table private.labels (id int primary key, name text);
create table private.label_screen (label_id int references private.labels, screen_id int references private.screens, primary key (label_id, screen_id));
create view screens as select id, name from private.screens;
create view labels as select id, name from private.labels;
insert into private.screens values (1, 'TV'), (2, 'Cinema');
insert into private.labels values (1, 'fruit'), (2, 'wood');
insert into private.label_screen values (1, 1), (2, 1), (2, 2);
create table films (id int primary key, title text);
create table private.film_ratings (film_id int references films, rater int, primary key (film_id, rater));
create view consumers_view as select id as consumer_id, name as consumer_name from private.authors;
create view orders_view as select b.title, b.author_id as buyer from private.books b where b.author_id is not null;
create view ratings_with_film as select r.film_id, r.rater, f.title from private.film_ratings r join films f on f.id = r.film_id;
create table grades (student_id int, student_code text, grade int, foreign key (student_id, student_code) references students);
insert into grades values (1, '0001', 5), (2, '0002', 4);
create table jobs_of_sites (job_id int, site_id int not null references sites, big_project_id int not null references big_projects, primary key (job_id, site_id, big_project_id));
create view main_jobs_of_sites as select * from jobs_of_sites where site_id in (select site_id from sites where main_project_id is not null);

grant usage on schema test, v1, v2, private, "تست" to anon, authenticated, authenticator;
grant all on all tables in schema test, v1, v2, "تست" to anon, authenticated;
grant select on private.label_screen to anon;
grant execute on all functions in schema test, v1, v2, private to anon, authenticated, authenticator;
