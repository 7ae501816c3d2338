-- Plans and what people pay. The vendor's events are kept whole; a customer's rows here are worked out from all of his events,
-- sorted by the vendor's own clock, so that neither repetition nor order of arrival matters.

create table public.subscription_plans (
  id                      uuid primary key default gen_random_uuid(),
  name                    varchar(100) not null,
  slug                    varchar(50) not null unique,
  monthly_price           numeric(10,2) not null check (monthly_price >= 0),
  yearly_price            numeric(10,2) not null check (yearly_price >= 0),
  currency                varchar(3) not null default 'usd',
  features                jsonb not null default '{}',
  -- Null is without a limit.
  max_signals_per_day     int check (max_signals_per_day > 0),
  history_days            int not null check (history_days > 0),
  max_alerts_per_day      int check (max_alerts_per_day > 0),
  stripe_monthly_price_id varchar(255) unique,
  stripe_yearly_price_id  varchar(255) unique,
  active                  boolean not null default true,
  created_at              timestamptz not null default now()
);

insert into public.subscription_plans
  (name, slug, monthly_price, yearly_price, features, max_signals_per_day, history_days, max_alerts_per_day, active)
values
  ('Starter', 'starter', 19, 190,
   '{"alerts": ["email"], "paperTrading": true, "filters": ["industry", "price", "volume"], "export": false, "support": "email"}',
   3, 7, 3, true),
  ('Professional', 'professional', 49, 490,
   '{"alerts": ["email", "telegram", "push"], "paperTrading": true, "export": true, "support": "priority",
     "filters": ["industry", "price", "volume", "market_cap", "exchange", "high_52w"]}',
   null, 30, null, true),
  ('Elite', 'elite', 199, 1990,
   '{"alerts": ["email", "telegram", "push"], "paperTrading": true, "export": true, "support": "priority",
     "filters": ["industry", "price", "volume", "market_cap", "exchange", "high_52w"]}',
   null, 90, null, false);

create table public.user_subscriptions (
  id                     uuid primary key default gen_random_uuid(),
  user_id                uuid not null references public.users (id) on delete cascade,
  plan_id                uuid not null references public.subscription_plans (id),
  -- Both null for accounts that an admin made for trying out.
  stripe_subscription_id varchar(255) unique,
  stripe_customer_id     varchar(255),
  status                 varchar(20) not null check (status in
    ('trialing', 'active', 'past_due', 'canceled', 'unpaid', 'incomplete', 'incomplete_expired', 'paused')),
  billing_cycle          varchar(10) not null check (billing_cycle in ('monthly', 'yearly')),
  trial_start            timestamptz,
  trial_end              timestamptz,
  current_period_start   timestamptz,
  current_period_end     timestamptz,
  cancel_at_period_end   boolean not null default false,
  canceled_at            timestamptz,
  ended_at               timestamptz,
  -- Since when payment is overdue: the grace of three days starts here.
  past_due_since         timestamptz,
  -- A cheaper plan that starts with the next period.
  next_plan_id           uuid references public.subscription_plans (id),
  -- The one that counts; others of the same person are history.
  is_current             boolean not null default false,
  created_at             timestamptz not null default now(),
  updated_at             timestamptz not null default now()
);
create index user_subscriptions_user on public.user_subscriptions (user_id, created_at desc);
create unique index user_subscriptions_one_current on public.user_subscriptions (user_id) where is_current;
create trigger user_subscriptions_touch before update on public.user_subscriptions
  for each row execute function kurzora.touch_updated_at();

create table public.payment_methods (
  id                       uuid primary key default gen_random_uuid(),
  user_id                  uuid not null references public.users (id) on delete cascade,
  stripe_payment_method_id varchar(255) not null unique,
  type                     varchar(20) not null,
  last4                    varchar(4),
  brand                    varchar(30),
  exp_month                int,
  exp_year                 int,
  is_default               boolean not null default false,
  created_at               timestamptz not null default now()
);
create unique index payment_methods_one_default on public.payment_methods (user_id) where is_default;
create index payment_methods_user on public.payment_methods (user_id);

create table public.billing_invoices (
  id                     uuid primary key default gen_random_uuid(),
  user_id                uuid not null references public.users (id) on delete cascade,
  stripe_invoice_id      varchar(255) not null unique,
  stripe_subscription_id varchar(255),
  number                 varchar(100),
  status                 varchar(20) not null,
  -- Minor units of the currency: cents.
  amount_due             bigint not null,
  amount_paid            bigint not null,
  amount_refunded        bigint not null default 0,
  currency               varchar(3) not null,
  period_start           timestamptz,
  period_end             timestamptz,
  attempt_count          int not null default 0,
  next_attempt_at        timestamptz,
  hosted_url             text,
  pdf_url                text,
  issued_at              timestamptz not null,
  created_at             timestamptz not null default now()
);
create index billing_invoices_user on public.billing_invoices (user_id, issued_at desc);

-- Everything the vendor said, once each. `fact` is what we read from it; `payload` is what was sent, null for answers to our own calls.
create table public.stripe_events (
  id           varchar(255) primary key,
  type         varchar(100) not null,
  customer_id  varchar(255),
  -- Of the vendor's clock, whole seconds.
  occurred_at  timestamptz not null,
  fact         jsonb not null,
  payload      jsonb,
  sequence     bigint generated always as identity,
  received_at  timestamptz not null default now(),
  -- Null while nobody here belongs to the customer.
  processed_at timestamptz
);
create index stripe_events_customer on public.stripe_events (customer_id, occurred_at);

-- What a person must be told about his payments; an outbox, each once.
create table public.billing_notices (
  id         uuid primary key default gen_random_uuid(),
  user_id    uuid not null references public.users (id) on delete cascade,
  kind       varchar(30) not null check (kind in ('trial_ending', 'payment_failed', 'subscription_ended', 'refunded')),
  key        varchar(255) not null unique,
  data       jsonb not null default '{}',
  created_at timestamptz not null default now(),
  -- When it went into notification_queue.
  sent_at    timestamptz
);
create index billing_notices_due on public.billing_notices (created_at) where sent_at is null;

-- Trial gives professional rights whatever was chosen; who has cancelled keeps what he paid for.
create function kurzora.tier_in_force(status text, tier public.subscription_tier, ends_at timestamptz, at timestamptz)
returns public.subscription_tier language sql immutable as $$
  select case
    when status = 'trial' and ends_at > at then 'professional'
    when status = 'active' then tier
    when status = 'cancelled' and ends_at > at then tier
    else 'starter'
  end::public.subscription_tier
$$;

create function kurzora.rights_of(person uuid) returns public.subscription_tier
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select kurzora.tier_in_force(subscription_status, subscription_tier, subscription_ends_at, now()) from public.users where id = person
$$;

-- The columns of users that the front end reads, from the subscription that counts. Nothing happens where there is none.
create function kurzora.project_subscription(person uuid, at timestamptz default now()) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  c record;
  new_status text;
  new_end timestamptz;
  allowed public.subscription_tier;
  alerts int;
begin
  update public.user_subscriptions set is_current = false
    where user_id = person and is_current and id is distinct from (select kurzora.current_subscription(person));
  update public.user_subscriptions set is_current = true
    where user_id = person and not is_current and id = (select kurzora.current_subscription(person));
  select s.*, p.slug into c from public.user_subscriptions s join public.subscription_plans p on p.id = s.plan_id
    where s.user_id = person and s.is_current;
  if not found then
    return;
  end if;
  new_status := case
    when c.status = 'trialing' then 'trial'
    when c.status = 'active' then 'active'
    when c.status = 'past_due' and coalesce(c.past_due_since, at) + interval '3 days' > at then 'active'
    when c.status = 'canceled' then 'cancelled'
    else 'expired'
  end;
  new_end := case c.status
    when 'trialing' then c.trial_end
    when 'past_due' then coalesce(c.past_due_since, at) + interval '3 days'
    when 'canceled' then coalesce(c.ended_at, c.canceled_at, c.current_period_end)
    else coalesce(c.current_period_end, c.trial_end)
  end;
  allowed := kurzora.tier_in_force(new_status, c.slug::public.subscription_tier, new_end, at);
  select max_alerts_per_day into alerts from public.subscription_plans where slug = allowed::text;
  update public.users set
    subscription_tier = c.slug::public.subscription_tier,
    subscription_status = new_status,
    subscription_ends_at = new_end,
    stripe_customer_id = coalesce(c.stripe_customer_id, stripe_customer_id),
    notification_settings = notification_settings || jsonb_build_object('daily_alert_limit', alerts)
  where id = person and (
    subscription_tier::text, subscription_status, subscription_ends_at, stripe_customer_id, notification_settings -> 'daily_alert_limit'
  ) is distinct from (
    c.slug::text, new_status::varchar, new_end, coalesce(c.stripe_customer_id, stripe_customer_id), to_jsonb(alerts)
  );
end
$$;

create function kurzora.current_subscription(person uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select id from public.user_subscriptions where user_id = person
  order by (status in ('trialing', 'active', 'past_due')) desc, created_at desc, stripe_subscription_id desc nulls last
  limit 1
$$;

-- Trials that ran out and graces that ended. A trial at the vendor waits a day for its event. Returns how many accounts changed.
create function kurzora.end_overdue_subscriptions(at timestamptz default now()) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  changed int := 0;
  more int;
begin
  perform kurzora.project_subscription(s.user_id, at) from public.user_subscriptions s join public.users u on u.id = s.user_id
    where s.is_current and s.status = 'past_due' and s.past_due_since + interval '3 days' <= at and u.subscription_status <> 'expired';
  get diagnostics changed = row_count;
  update public.users u set
    subscription_status = 'expired',
    notification_settings = notification_settings || jsonb_build_object('daily_alert_limit',
      (select max_alerts_per_day from public.subscription_plans where slug = 'starter'))
  where u.subscription_status = 'trial' and u.subscription_ends_at <= at
    and not exists (select from public.user_subscriptions s where s.user_id = u.id and s.is_current
      and s.stripe_subscription_id is not null and u.subscription_ends_at > at - interval '1 day');
  get diagnostics more = row_count;
  return changed + more;
end
$$;

-- As server-side files of the front end call it. True when there was such a user.
create function public.update_user_stripe_info(user_id uuid, customer_id text, sub_tier text, sub_status text) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  update public.users u set
    stripe_customer_id = customer_id,
    subscription_tier = sub_tier::public.subscription_tier,
    subscription_status = case sub_status
      when 'trialing' then 'trial' when 'past_due' then 'active' when 'canceled' then 'cancelled'
      when 'unpaid' then 'expired' when 'incomplete_expired' then 'expired' else sub_status end,
    subscription_ends_at = case
      when sub_status in ('trial', 'trialing') and (u.subscription_ends_at is null or u.subscription_ends_at < now())
        then now() + interval '7 days'
      else u.subscription_ends_at end
  where u.id = update_user_stripe_info.user_id;
  return found;
end
$$;
revoke all on function public.update_user_stripe_info(uuid, text, text, text) from public, anon, authenticated;
grant execute on function public.update_user_stripe_info(uuid, text, text, text) to service_role;
revoke all on function kurzora.project_subscription(uuid, timestamptz), kurzora.current_subscription(uuid),
  kurzora.end_overdue_subscriptions(timestamptz), kurzora.rights_of(uuid) from public;
grant execute on function kurzora.project_subscription(uuid, timestamptz), kurzora.current_subscription(uuid),
  kurzora.end_overdue_subscriptions(timestamptz) to service_role;
grant execute on function kurzora.rights_of(uuid) to service_role;
