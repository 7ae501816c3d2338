/** What bench/data-api.ts asks, of which tables, and how its peers are asked for the same. */
import type { HttpRequest } from './http-load.ts';
import type { PeerName } from './peers/start-peer.ts';

export const SCHEMA = `
create table public.todos (id bigint generated always as identity primary key, owner text not null, title text not null,
  done boolean not null default false, created_at timestamptz not null default now());
insert into public.todos (owner, title) select (i / 20)::text, 'todo number ' || i from generate_series(0, 99999) i;
create index on public.todos (owner);
alter table public.todos enable row level security;
create policy own on public.todos to anon using (owner = '77') with check (owner = '77');
create table public.clients (id int primary key, name text not null);
create table public.projects (id int primary key, name text not null, client_id int references public.clients);
create table public.tasks (id int primary key, name text not null, project_id int references public.projects);
create index on public.projects (client_id);
create index on public.tasks (project_id);
insert into public.clients select i, 'client ' || i from generate_series(1, 1000) i;
insert into public.projects select i, 'project ' || i, 1 + i % 1000 from generate_series(1, 5000) i;
insert into public.tasks select i, 'task ' || i, 1 + i % 5000 from generate_series(1, 25000) i;
create table public.notes (id bigint generated always as identity primary key, body text);
create function public.add_them(a int, b int) returns int language sql immutable as 'select a + b';
grant all on all tables in schema public to anon;
vacuum analyze;`;

export interface Case extends HttpRequest {
  readonly name: string;
  /** Of pgbench's rate. */
  readonly limit?: number;
  readonly peers?: Partial<Record<PeerName, HttpRequest>>;
}

const JSON_BODY = { 'Content-Type': 'application/json' };
const graphql = (query: string): HttpRequest => ({
  method: 'POST',
  url: '/graphql',
  headers: JSON_BODY,
  body: JSON.stringify({ query }),
});
const parse = (url: string): HttpRequest => ({
  method: 'GET',
  url: `/parse/classes/${url}`,
  headers: { 'X-Parse-Application-Id': 'bench' },
});

export const CASES: readonly Case[] = [
  {
    name: 'RLS list of 20 rows',
    method: 'GET',
    url: '/todos?select=id,title,done,created_at&order=id&limit=20',
    limit: 0.6,
    peers: {
      postgraphile: graphql('{ allTodos(first: 20, orderBy: ID_ASC) { nodes { id title done createdAt } } }'),
      'parse-server': parse('Todos?where=%7B%22owner%22%3A%2277%22%7D&order=objectId&limit=20'),
    },
  },
  {
    name: 'one row by key',
    method: 'GET',
    url: '/clients?id=eq.77',
    limit: 0.5,
    peers: { postgraphile: graphql('{ clientById(id: 77) { id name } }'), 'parse-server': parse('Clients/0000000077') },
  },
  {
    name: 'embed of two levels',
    method: 'GET',
    url: '/clients?select=id,name,projects(id,name,tasks(id,name))&id=eq.77',
    peers: {
      postgraphile: graphql(
        '{ clientById(id: 77) { id name projectsByClientId { nodes { id name tasksByProjectId { nodes { id name } } } } } }',
      ),
    },
  },
  {
    name: 'insert returning',
    method: 'POST',
    url: '/notes',
    headers: { ...JSON_BODY, Prefer: 'return=representation' },
    body: '{"body":"x"}',
    peers: { postgraphile: graphql('mutation { createNote(input: {note: {body: "x"}}) { note { id body } } }') },
  },
  {
    name: 'rpc',
    method: 'POST',
    url: '/rpc/add_them',
    headers: JSON_BODY,
    body: '{"a":1,"b":2}',
    peers: { postgraphile: graphql('{ addThem(a: 1, b: 2) }') },
  },
];
