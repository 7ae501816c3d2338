-- Trades that the market closed and somebody must be told of; summaries of portfolios; a limit of one's own survives renewals.

-- Written by the transaction that closes the trade: a close that commits cannot be lost. Whoever closes by hand was there.
create table public.trade_alerts (
  trade_id   uuid primary key references public.paper_trades (id) on delete cascade,
  seq        bigint not null generated always as identity,
  closed_at  timestamptz not null,
  raised_at  timestamptz not null default now(),
  handled_at timestamptz
);
create index trade_alerts_open on public.trade_alerts (seq) where handled_at is null;

create function kurzora.raise_trade() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public.trade_alerts (trade_id, closed_at) values (new.id, coalesce(new.closed_at, now())) on conflict do nothing;
  return null;
end
$$;
revoke all on function kurzora.raise_trade() from public, anon, authenticated;
create trigger paper_trades_raise after update of is_open on public.paper_trades
  for each row when (old.is_open and not new.is_open and new.exit_reason in ('stop_loss', 'take_profit'))
  execute function kurzora.raise_trade();

create index users_summaries on public.users (id) where notification_settings ->> 'portfolio_summary' in ('daily', 'weekly');
create index alert_delivery_log_newest on public.alert_delivery_log (user_id, created_at desc);

-- As in 0009, but the plan's limit of alerts comes with the plan: what somebody chose himself stays when a period is renewed.
create or replace function kurzora.project_subscription(person uuid, at timestamptz default now()) returns void
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
  update public.users u set
    subscription_tier = c.slug::public.subscription_tier,
    subscription_status = new_status,
    subscription_ends_at = new_end,
    stripe_customer_id = coalesce(c.stripe_customer_id, u.stripe_customer_id),
    notification_settings = case when kurzora.keeps_limit(u.notification_settings -> 'daily_alert_limit', alerts)
      then u.notification_settings else u.notification_settings || jsonb_build_object('daily_alert_limit', alerts) end
  where id = person and (
    (u.subscription_tier::text, u.subscription_status, u.subscription_ends_at, u.stripe_customer_id)
      is distinct from (c.slug::text, new_status::varchar, new_end, coalesce(c.stripe_customer_id, u.stripe_customer_id))
    or not kurzora.keeps_limit(u.notification_settings -> 'daily_alert_limit', alerts)
  );
end
$$;

-- Whether a limit of one's own may stay under a plan's: a number below the plan's, or beside a plan without one any number but the
-- starter's three, which came with the starter's plan.
create function kurzora.keeps_limit(own jsonb, plans int) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case
    when own is null or jsonb_typeof(own) <> 'number' then plans is null and own is not null
    when plans is null then own <> to_jsonb(3)
    else own::numeric <= plans
  end
$$;
revoke all on function kurzora.keeps_limit(jsonb, int) from public;
