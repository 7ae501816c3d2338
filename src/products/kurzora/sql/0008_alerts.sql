-- Alerts: who is told of which signal, the outbox they leave through, and what became of them.

create type public.alert_type as enum ('signal_alert', 'trade_update', 'portfolio_summary', 'account_notification');
create type public.delivery_channel as enum ('email', 'telegram', 'push', 'sms', 'webhook');
create type public.delivery_status as enum ('pending', 'sent', 'delivered', 'failed', 'bounced');

-- A chat is written to only when its owner has spoken to the bot (or the service vouches for it).
alter table public.users add column telegram_verified_at timestamptz;

-- Signals that became worth an alert, written by the transaction that made them so: a scan that commits cannot lose one.
create table public.signal_alert_triggers (
  signal_id  uuid primary key references public.trading_signals (id) on delete cascade,
  seq        bigint not null generated always as identity,
  -- Whoever asks for at most this score has been considered before.
  from_score int not null,
  raised_at  timestamptz not null default now(),
  handled_at timestamptz
);
create index signal_alert_triggers_open on public.signal_alert_triggers (seq) where handled_at is null;

-- One alert: a signal and a person. It waits for an hour at which the person may be told, then takes a place in the day's count.
--   waiting -> reserved -> sent | failed;  waiting -> held (no place) -> waiting when one is freed;  waiting -> cancelled
create table public.signal_alerts (
  user_id    uuid not null references public.users (id) on delete cascade,
  signal_id  uuid not null references public.trading_signals (id) on delete cascade,
  seq        bigint not null generated always as identity,
  status     text not null check (status in ('waiting', 'held', 'reserved', 'sent', 'failed', 'cancelled')),
  due_at     timestamptz not null,
  -- The person's day whose count it took a place in, or found full.
  day        date,
  number     int,
  reason     text,
  -- Waits for the person's next digest instead of a mail of its own, until digested_at.
  gathered   boolean not null default false,
  digested_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (user_id, signal_id)
);
create index signal_alerts_waiting on public.signal_alerts (due_at) where status = 'waiting';
create index signal_alerts_held on public.signal_alerts (user_id, day, seq) where status = 'held';
create index signal_alerts_gathered on public.signal_alerts (user_id) where gathered and digested_at is null;
create index signal_alerts_signal on public.signal_alerts (signal_id);

-- The outbox. pending -> sending -> sent | failed | pending again.
--   claimed_by    the advisory lock that its worker holds: once it is free, the worker is gone
--   contacted_at  committed before a byte leaves: a claim without it was certainly not sent
--   doubts        times it was sent again although the receiver may have had it: the one window that cannot be closed
create table public.notification_queue (
  id              uuid primary key default gen_random_uuid(),
  seq             bigint not null generated always as identity,
  idempotency_key text not null unique,
  user_id         uuid not null references public.users (id) on delete cascade,
  signal_id       uuid references public.trading_signals (id) on delete set null,
  type            public.alert_type not null,
  channel         public.delivery_channel not null,
  recipient       text not null,
  subject         text not null default '',
  content         text not null,
  metadata        jsonb not null default '{}',
  status          text not null default 'pending' check (status in ('pending', 'sending', 'sent', 'failed', 'cancelled')),
  attempts        int not null default 0,
  max_attempts    int not null default 3 check (max_attempts >= 1),
  doubts          int not null default 0,
  next_attempt    timestamptz not null default now(),
  claimed_by      bigint,
  contacted_at    timestamptz,
  sent_at         timestamptz,
  failed_at       timestamptz,
  error_message   text,
  created_at      timestamptz not null default now()
);
create unique index notification_queue_once on public.notification_queue (user_id, signal_id, channel, recipient)
  where type = 'signal_alert';
create index notification_queue_due on public.notification_queue (next_attempt, seq) where status = 'pending';
create index notification_queue_claimed on public.notification_queue (claimed_by) where status = 'sending';
create index notification_queue_signal on public.notification_queue (signal_id, user_id);

create table public.alert_delivery_log (
  id                  uuid primary key default gen_random_uuid(),
  queue_id            uuid unique references public.notification_queue (id) on delete set null,
  user_id             uuid not null references public.users (id) on delete cascade,
  signal_id           uuid references public.trading_signals (id) on delete set null,
  alert_type          public.alert_type not null default 'signal_alert',
  delivery_channel    public.delivery_channel not null,
  delivery_status     public.delivery_status not null default 'pending',
  subject             text,
  message             text,
  -- Message-ID of a mail, message id of Telegram, webhook-id.
  external_message_id text,
  sent_at             timestamptz,
  delivered_at        timestamptz,
  error_message       text,
  created_at          timestamptz not null default now()
);
create index alert_delivery_log_external on public.alert_delivery_log (external_message_id);
create index alert_delivery_log_person on public.alert_delivery_log (user_id, delivery_channel, created_at);
create index alert_delivery_log_signal on public.alert_delivery_log (signal_id);

create table public.push_subscriptions (
  id         uuid primary key default gen_random_uuid(),
  user_id    uuid not null references public.users (id) on delete cascade,
  endpoint   text not null unique check (length(endpoint) <= 2048),
  p256dh     text not null,
  auth       text not null,
  user_agent text,
  is_active  boolean not null default true,
  created_at timestamptz not null default now()
);
create index push_subscriptions_person on public.push_subscriptions (user_id) where is_active;

create table public.notifications (
  id         uuid primary key default gen_random_uuid(),
  user_id    uuid not null references public.users (id) on delete cascade,
  type       varchar(20) not null check (type in ('signal', 'trade', 'system')),
  title      text not null,
  body       text not null default '',
  data       jsonb not null default '{}',
  read_at    timestamptz,
  created_at timestamptz not null default now()
);
create index notifications_person on public.notifications (user_id, created_at desc);

-- Codes of https://t.me/<bot>?start=<code>: whoever sends one from a chat owns both the account and the chat.
create table public.telegram_links (
  code_hash  bytea primary key,
  user_id    uuid not null references public.users (id) on delete cascade,
  expires_at timestamptz not null,
  used_at    timestamptz
);
create index telegram_links_person on public.telegram_links (user_id);

-- Signed calls that were taken: a signature counts once.
create table public.webhook_receipts (
  id          text primary key,
  received_at timestamptz not null default now()
);
create index webhook_receipts_age on public.webhook_receipts (received_at);

create function kurzora.raise_signal() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  considered int := case when tg_op = 'UPDATE' and old.status = 'active' and old.final_score >= 80 then old.final_score else 0 end;
begin
  insert into public.signal_alert_triggers as t (signal_id, from_score) values (new.id, considered)
  on conflict (signal_id) do update set
    from_score = case when t.handled_at is null then least(t.from_score, excluded.from_score) else excluded.from_score end,
    raised_at = now(), handled_at = null;
  return null;
end
$$;
create trigger trading_signals_raise_new after insert on public.trading_signals
  for each row when (new.status = 'active' and new.final_score >= 80) execute function kurzora.raise_signal();
create trigger trading_signals_raise_risen after update of final_score, status on public.trading_signals
  for each row when (
    new.status = 'active' and new.final_score >= 80
    and (old.status <> 'active' or new.final_score > old.final_score)
  ) execute function kurzora.raise_signal();

-- The day's count, atomically: the new count, or no row where the limit is reached. Null is no limit.
create function public.increment_daily_alerts(user_id uuid, target_date date, daily_limit int default null)
returns table (new_daily_count int)
language sql volatile set search_path = pg_catalog, pg_temp as $$
  update public.users u set
    daily_alerts_sent = case when u.last_alert_date = target_date then u.daily_alerts_sent else 0 end + 1,
    last_alert_date = target_date
  where u.id = increment_daily_alerts.user_id
    and (daily_limit is null or case when u.last_alert_date = target_date then u.daily_alerts_sent else 0 end < daily_limit)
  returning u.daily_alerts_sent
$$;

-- Gives a place of that day back. The new count, or no row where there was none to give back.
create function public.rollback_daily_alerts(user_id uuid, target_date date)
returns table (new_daily_count int)
language sql volatile set search_path = pg_catalog, pg_temp as $$
  update public.users u set daily_alerts_sent = u.daily_alerts_sent - 1
  where u.id = rollback_daily_alerts.user_id and u.last_alert_date = target_date and u.daily_alerts_sent > 0
  returning u.daily_alerts_sent
$$;

-- Runs after users_guard (triggers go by name): a plan brings its own defaults, and a chat that a person typed in is not yet his.
create function kurzora.follow_alert_settings() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  caller text := coalesce(nullif(current_setting('role'), 'none'), session_user);
  upgraded boolean := new.subscription_tier <> 'starter'
    and (tg_op = 'INSERT' or old.subscription_tier = 'starter');
begin
  if upgraded and new.notification_settings ->> 'daily_alert_limit' = '3'
     and (tg_op = 'INSERT' or new.notification_settings = old.notification_settings) then
    new.notification_settings := new.notification_settings
      || '{"daily_alert_limit": null, "telegram_alerts_enabled": true}'::jsonb;
  end if;
  if tg_op = 'INSERT' or new.telegram_chat_id is distinct from old.telegram_chat_id then
    new.telegram_verified_at := case
      when new.telegram_chat_id is not null and caller not in ('authenticated', 'anon') then now() end;
  elsif caller in ('authenticated', 'anon') then
    new.telegram_verified_at := old.telegram_verified_at;
  end if;
  return new;
end
$$;
create trigger users_plan_alerts before insert or update on public.users
  for each row execute function kurzora.follow_alert_settings();

-- One truth, users.notification_settings, under the names of the documents. What somebody wrote there that is no number reads as the default.
create view public.user_alert_settings with (security_invoker = true) as
  select id as user_id,
         case when n ->> 'minimum_score' ~ '^\d{1,3}$' then (n ->> 'minimum_score')::int else 65 end as min_signal_score,
         case when n ->> 'daily_alert_limit' ~ '^\d{1,6}$' then (n ->> 'daily_alert_limit')::int end as max_alerts_per_day,
         n ->> 'trading_hours_only' is distinct from 'false' as trading_hours_only,
         n ->> 'email_alerts_enabled' is distinct from 'false' as email_enabled,
         n ->> 'telegram_alerts_enabled' is not distinct from 'true' as telegram_enabled,
         telegram_chat_id,
         n ->> 'push_alerts_enabled' is distinct from 'false' as push_enabled,
         case when n ->> 'quiet_hours_start' ~ '^([01]\d|2[0-3]):[0-5]\d' then left(n ->> 'quiet_hours_start', 5)::time end as quiet_hours_start,
         case when n ->> 'quiet_hours_end' ~ '^([01]\d|2[0-3]):[0-5]\d' then left(n ->> 'quiet_hours_end', 5)::time end as quiet_hours_end,
         coalesce(n ->> 'timezone', timezone) as timezone
  from (select id, telegram_chat_id, timezone, notification_settings as n from public.users) as u;

-- Development's inbox belongs to auth; alerts that nobody sends are looked at there too.
create function kurzora.keep_in_inbox(kind text, recipient text, subject text, body text) returns bigint
language sql security definer set search_path = pg_catalog, pg_temp as $$
  insert into auth.inbox_messages (channel, kind, recipient, subject, body) values ('email', kind, recipient, subject, body)
  returning id
$$;

revoke all on function public.increment_daily_alerts(uuid, date, int), public.rollback_daily_alerts(uuid, date),
  kurzora.keep_in_inbox(text, text, text, text), kurzora.raise_signal() from public, anon, authenticated;
grant execute on function public.increment_daily_alerts(uuid, date, int), public.rollback_daily_alerts(uuid, date),
  kurzora.keep_in_inbox(text, text, text, text) to service_role;

do $$
begin
  if exists (select from pg_publication where pubname = 'supabase_realtime' and not puballtables) then
    alter publication supabase_realtime add table public.notifications;
  end if;
end
$$;
