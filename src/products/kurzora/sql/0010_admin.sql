-- What the account routes and the staff need beside the accounts themselves.

create table public.rate_limits (
  identifier    text not null,
  action        varchar(50) not null,
  attempts      int not null default 0,
  first_attempt timestamptz not null default now(),
  last_attempt  timestamptz not null default now(),
  blocked_until timestamptz,
  primary key (identifier, action)
);

-- Counts a try before anything is compared, so that tries in parallel cannot outrun it. Seconds it is locked for, 0 while it may go on:
-- five in a quarter of an hour, then a quarter of an hour of nothing.
create function kurzora.count_attempt(who text, what text, at timestamptz) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  known public.rate_limits;
begin
  insert into public.rate_limits (identifier, action, first_attempt, last_attempt) values (who, what, at, at)
    on conflict (identifier, action) do nothing;
  select * into known from public.rate_limits where identifier = who and action = what for update;
  if known.blocked_until > at then
    return ceil(extract(epoch from known.blocked_until - at));
  end if;
  if known.blocked_until is not null or known.first_attempt <= at - interval '15 minutes' then
    known.attempts := 0;
    known.first_attempt := at;
  end if;
  if known.attempts >= 5 then
    update public.rate_limits set blocked_until = at + interval '15 minutes', last_attempt = at where identifier = who and action = what;
    return 900;
  end if;
  update public.rate_limits set attempts = known.attempts + 1, first_attempt = known.first_attempt, last_attempt = at, blocked_until = null
    where identifier = who and action = what;
  return 0;
end
$$;
revoke all on function kurzora.count_attempt(text, text, timestamptz) from public;
grant execute on function kurzora.count_attempt(text, text, timestamptz) to service_role;

-- A session that is not to be remembered ends after a week, one that is after thirty days.
create function kurzora.limit_session(session uuid, days int) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update auth.sessions set not_after = now() + make_interval(days => days) where id = session
$$;
revoke all on function kurzora.limit_session(uuid, int) from public;
grant execute on function kurzora.limit_session(uuid, int) to service_role;

create table public.user_api_keys (
  id          uuid primary key default gen_random_uuid(),
  user_id     uuid not null references public.users (id) on delete cascade,
  name        varchar(50) not null check (length(trim(name)) > 0),
  key_hash    varchar(64) not null unique,
  key_prefix  varchar(8) not null,
  permissions text[] not null default '{read}' check (permissions <@ array['read', 'write']),
  last_used   timestamptz,
  expires_at  timestamptz,
  is_active   boolean not null default true,
  created_at  timestamptz not null default now()
);
create index user_api_keys_user on public.user_api_keys (user_id);

create table public.error_logs (
  id         uuid primary key default gen_random_uuid(),
  message    text not null,
  stack      text,
  type       varchar(100),
  url        text,
  method     varchar(10),
  user_id    uuid,
  user_agent text,
  ip_address inet,
  request_id text,
  created_at timestamptz not null default now()
);
create index error_logs_time on public.error_logs (created_at desc);

-- What staff did. No foreign keys: it outlives whom it is about.
create table public.admin_activity_log (
  id            uuid primary key default gen_random_uuid(),
  admin_user_id uuid not null,
  action_type   varchar(50) not null,
  target_type   varchar(50),
  target_id     text,
  description   text,
  metadata      jsonb not null default '{}',
  ip_address    inet,
  user_agent    text,
  created_at    timestamptz not null default now()
);
create index admin_activity_log_time on public.admin_activity_log (created_at desc);

create table public.user_management_audit (
  id             uuid primary key default gen_random_uuid(),
  admin_user_id  uuid not null,
  target_user_id uuid not null,
  action         varchar(50) not null,
  old_values     jsonb,
  new_values     jsonb,
  reason         text,
  created_at     timestamptz not null default now()
);
create index user_management_audit_target on public.user_management_audit (target_user_id, created_at desc);

-- Append-only for everybody, the owner included.
create function kurzora.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'what is written here stays' using errcode = '42501';
end
$$;
create trigger admin_activity_log_stays before update or delete or truncate on public.admin_activity_log
  for each statement execute function kurzora.refuse_change();
create trigger user_management_audit_stays before update or delete or truncate on public.user_management_audit
  for each statement execute function kurzora.refuse_change();

create table public.admin_signals (
  signal_id       uuid primary key references public.trading_signals (id) on delete cascade,
  created_by      uuid references public.users (id) on delete set null,
  approved_by     uuid references public.users (id) on delete set null,
  approval_status varchar(20) not null default 'pending' check (approval_status in ('pending', 'approved', 'rejected')),
  notes           text,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now()
);
create trigger admin_signals_touch before update on public.admin_signals for each row execute function kurzora.touch_updated_at();

insert into public.system_config (key, value, description, category) values
  ('platform_status', '"operational"', 'operational, maintenance or limited', 'public'),
  ('maintenance_message', '""', 'Shown while in maintenance', 'public'),
  ('allow_new_signups', 'true', 'Whether people may make accounts through /api/v1', 'platform'),
  ('confidence_threshold', '80', 'Score from which a signal is announced', 'platform'),
  ('max_signals_per_day', '50', 'Signals stored a day', 'platform')
on conflict (key) do nothing;

-- The person is gone, the rows that others count on stay. The account in schema auth is deleted by the account service's rules: banned,
-- sessions ended; what identified the person is replaced by his id.
create function kurzora.forget_user(person uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  tombstone text := person || '@deleted.invalid';
begin
  update public.users set deleted_at = now(), is_active = false, email = tombstone, name = 'Deleted user', phone = null, avatar_url = null,
    telegram_chat_id = null, google_id = null, apple_id = null, subscription_status = 'cancelled'
    where id = person and deleted_at is null;
  if not found then
    return false;
  end if;
  update public.user_api_keys set is_active = false where user_id = person;
  delete from public.payment_methods where user_id = person;
  return true;
end
$$;
revoke all on function kurzora.forget_user(uuid) from public;
grant execute on function kurzora.forget_user(uuid) to service_role;
