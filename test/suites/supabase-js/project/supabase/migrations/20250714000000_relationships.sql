create table public.user_profiles (
  id uuid primary key references auth.users(id) on delete cascade,
  username text unique not null,
  bio jsonb default '{}'::jsonb
);
create table public.posts (
  id bigint generated always as identity primary key,
  title text not null,
  author uuid not null references public.user_profiles(id) on delete cascade,
  tags text[] default '{}',
  created_at timestamptz default now()
);
create table public.categories (id int primary key, name text not null);
create table public.post_categories (
  post_id bigint references public.posts(id) on delete cascade,
  category_id int references public.categories(id),
  primary key (post_id, category_id)
);
alter table public.user_profiles enable row level security;
alter table public.posts enable row level security;
create policy "profiles are public" on public.user_profiles for select using (true);
create policy "own profile" on public.user_profiles for update using (auth.uid() = id);
create policy "posts are public" on public.posts for select using (true);
create policy "own posts" on public.posts for all to authenticated using ((select auth.uid()) = author) with check ((select auth.uid()) = author);
insert into public.categories values (1, 'news'), (2, 'code');

create function public.handle_new_user() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into public.user_profiles (id, username)
  values (new.id, coalesce(new.raw_user_meta_data ->> 'username', split_part(new.email, '@', 1)));
  return new;
end;
$$;
create trigger on_auth_user_created after insert on auth.users for each row execute procedure public.handle_new_user();

create function public.get_request_header(name text) returns text language sql stable as $$
  select current_setting('request.headers', true)::json ->> name;
$$;
create function public.whoami() returns json language sql stable as $$
  select json_build_object('uid', auth.uid(), 'role', auth.role(), 'email', auth.jwt() ->> 'email', 'current', current_user);
$$;
create function public.slow(seconds float) returns void language sql as $$ select pg_sleep(seconds) $$;

create schema other;
grant usage on schema other to anon, authenticated, service_role;
create table other.things (id int primary key, name text);
grant all on all tables in schema other to anon, authenticated, service_role;
insert into other.things values (1, 'in another schema');
