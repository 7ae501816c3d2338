-- What a person sets about the safety of the account; without a row nothing was set.
create table public.user_security (
  user_id                 uuid primary key references public.users (id) on delete cascade,
  -- Minutes a session may lie unused once its access token has run out; null: as long as it was signed in for.
  session_timeout_minutes int check (session_timeout_minutes between 5 and 1440),
  -- Days after which new keys end that name no time of their own.
  key_rotation_days       int check (key_rotation_days between 30 and 365),
  -- Requests a minute of keys that name no rate of their own.
  api_rate_limit          int not null default 60 check (api_rate_limit between 10 and 1000),
  created_at              timestamptz not null default now(),
  updated_at              timestamptz not null default now()
);
create trigger user_security_touch before update on public.user_security for each row execute function kurzora.touch_updated_at();

alter table public.user_api_keys add column rate_per_minute int check (rate_per_minute between 10 and 1000);

-- Whose key this is. That it was used is written once a minute, or every request of a program would be a write.
create function kurzora.use_api_key(hash text, at timestamptz)
returns table (id uuid, user_id uuid, email text, permissions text[], per_minute int)
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  used timestamptz;
begin
  select k.id, k.user_id, u.email, k.permissions, coalesce(k.rate_per_minute, s.api_rate_limit, 60), k.last_used
    into use_api_key.id, use_api_key.user_id, use_api_key.email, use_api_key.permissions, per_minute, used
    from public.user_api_keys k
    join public.users u on u.id = k.user_id and u.is_active and u.deleted_at is null
    left join public.user_security s on s.user_id = k.user_id
    where k.key_hash = hash and k.is_active and (k.expires_at is null or k.expires_at > at);
  if not found then
    return;
  end if;
  if used is null or used <= at - interval '1 minute' then
    update public.user_api_keys k set last_used = at
      where k.id = use_api_key.id and (k.last_used is null or k.last_used <= at - interval '1 minute');
  end if;
  return next;
end
$$;
revoke all on function kurzora.use_api_key(text, timestamptz) from public;
grant execute on function kurzora.use_api_key(text, timestamptz) to service_role;

-- When a session ends whatever happens; its not_after may come earlier, by the person's own timeout.
create table kurzora.session_limits (
  session_id uuid primary key references auth.sessions (id) on delete cascade,
  ends_at    timestamptz not null
);

-- A quarter of an hour is what an access token lives: until then somebody may still be at work without asking for a new one.
create function kurzora.session_end(session uuid, person uuid) returns timestamptz
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select least(
    (select ends_at from kurzora.session_limits where session_id = session),
    (select now() + interval '15 minutes' + make_interval(mins => session_timeout_minutes)
       from public.user_security where user_id = person)
  )
$$;

create or replace function kurzora.limit_session(session uuid, days int) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  insert into kurzora.session_limits (session_id, ends_at)
    select id, now() + make_interval(days => days) from auth.sessions where id = session
    on conflict (session_id) do update set ends_at = excluded.ends_at;
  update auth.sessions set not_after = kurzora.session_end(id, user_id) where id = session;
$$;

create function kurzora.keep_session_timeout() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  ends timestamptz := kurzora.session_end(new.id, new.user_id);
begin
  if ends is not null then
    new.not_after := ends;
  end if;
  return new;
end
$$;
create trigger kurzora_timeout before insert or update of refreshed_at on auth.sessions
  for each row execute function kurzora.keep_session_timeout();

-- The person's sessions go by what he has set now.
create function kurzora.apply_session_timeout(person uuid) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update auth.sessions set not_after = kurzora.session_end(id, user_id) where user_id = person
$$;
revoke all on function kurzora.session_end(uuid, uuid), kurzora.apply_session_timeout(uuid) from public;
grant execute on function kurzora.apply_session_timeout(uuid) to service_role;

create function kurzora.end_session(person uuid, session uuid) returns boolean
language sql security definer set search_path = pg_catalog, pg_temp as $$
  with gone as (delete from auth.sessions where id = session and user_id = person returning 1) select exists (select from gone)
$$;
revoke all on function kurzora.end_session(uuid, uuid) from public;
grant execute on function kurzora.end_session(uuid, uuid) to service_role;

alter table kurzora.session_limits enable row level security;
alter table kurzora.session_limits force row level security;

-- One-time codes that take the place of a lost second factor. Hashes of 50 random bits: nothing to guess, nothing to stretch.
create table kurzora.recovery_codes (
  user_id   uuid not null references public.users (id) on delete cascade,
  code_hash varchar(64) not null,
  primary key (user_id, code_hash)
);
alter table kurzora.recovery_codes enable row level security;
alter table kurzora.recovery_codes force row level security;

-- The codes before are worth nothing any more; an empty list leaves none.
create function kurzora.set_recovery_codes(person uuid, hashes text[]) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  delete from kurzora.recovery_codes where user_id = person;
  insert into kurzora.recovery_codes (user_id, code_hash) select person, unnest(hashes);
$$;

create function kurzora.use_recovery_code(person uuid, hash text) returns boolean
language sql security definer set search_path = pg_catalog, pg_temp as $$
  with used as (delete from kurzora.recovery_codes where user_id = person and code_hash = hash returning 1)
  select exists (select from used)
$$;

create function kurzora.recovery_codes_left(person uuid) returns int
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select count(*)::int from kurzora.recovery_codes where user_id = person
$$;
revoke all on function kurzora.set_recovery_codes(uuid, text[]), kurzora.use_recovery_code(uuid, text),
  kurzora.recovery_codes_left(uuid) from public;
grant execute on function kurzora.set_recovery_codes(uuid, text[]), kurzora.use_recovery_code(uuid, text),
  kurzora.recovery_codes_left(uuid) to service_role;

-- Whoever is gone is on no staff, and is reached by nobody: what was only his goes, what others count on stays without him.
create or replace function kurzora.forget_user(person uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  tombstone text := person || '@deleted.invalid';
  address text;
begin
  select email into address from public.users where id = person and deleted_at is null for update;
  if not found then
    return false;
  end if;
  update public.users set deleted_at = now(), is_active = false, email = tombstone, name = 'Deleted user', phone = null, avatar_url = null,
    telegram_chat_id = null, google_id = null, apple_id = null, subscription_status = 'cancelled',
    notification_settings = kurzora.default_notification_settings()
    where id = person;
  delete from public.admin_users where id = person;
  delete from public.user_api_keys where user_id = person;
  delete from public.payment_methods where user_id = person;
  delete from public.push_subscriptions where user_id = person;
  delete from public.telegram_links where user_id = person;
  delete from public.notifications where user_id = person;
  delete from public.user_watchlists where user_id = person;
  delete from public.signal_bookmarks where user_id = person;
  delete from public.user_security where user_id = person;
  delete from kurzora.recovery_codes where user_id = person;
  update public.user_preferences set notifications = default, trading = default, ui = default, alerts = default where user_id = person;
  update public.notification_queue set status = 'cancelled', claimed_by = null where user_id = person and status = 'pending';
  update public.notification_queue set recipient = id || '@deleted.invalid', content = '', metadata = '{}'
    where user_id = person and status <> 'sending';
  update public.security_events set ip_address = null, user_agent = null where user_id = person;
  delete from public.rate_limits where identifier = address or identifier like replace(address, '_', '\_') || '|%';
  return true;
end
$$;
