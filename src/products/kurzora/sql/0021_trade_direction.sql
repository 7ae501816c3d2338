-- As in 0017, but which way a trade gains is read after what was agreed is put back: who sent another trade_type with an update turned
-- the sign of his profit.
create or replace function kurzora.settle_paper_trade() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  price numeric;
  direction int;
  by_user boolean := current_setting('role') = 'authenticated';
begin
  if tg_op = 'UPDATE' and by_user then
    new.user_id := old.user_id;
    new.signal_id := old.signal_id;
    new.ticker := old.ticker;
    new.trade_type := old.trade_type;
    new.quantity := old.quantity;
    new.entry_price := old.entry_price;
    new.opened_at := old.opened_at;
    new.created_at := old.created_at;
    new.entered_at := old.entered_at;
    new.before_reset := old.before_reset;
    new.levels_as_of := old.levels_as_of;
  end if;
  if tg_op = 'INSERT' and by_user then
    new.before_reset := false;
    new.levels_as_of := now();
    new.entered_at := clock_timestamp();
    new.updated_at := now();
    new.created_at := kurzora.sane_moment(new.created_at);
    new.opened_at := kurzora.sane_moment(new.opened_at);
  end if;
  if tg_op = 'UPDATE' and (new.stop_loss, new.take_profit) is distinct from (old.stop_loss, old.take_profit)
     and new.levels_as_of = old.levels_as_of then
    new.levels_as_of := now();
  end if;
  if new.is_open then
    new.exit_price := null;
    new.closed_at := null;
    new.exit_reason := null;
    price := new.current_price;
  else
    price := coalesce(new.exit_price, new.current_price);
    if price is null then
      raise exception 'a trade is closed at a price' using errcode = '23514';
    end if;
    new.exit_price := price;
    new.current_price := price;
    new.closed_at := coalesce(new.closed_at, now());
    if by_user then
      new.closed_at := greatest(kurzora.sane_moment(new.closed_at), new.opened_at);
    end if;
    new.exit_reason := coalesce(new.exit_reason, 'manual');
  end if;
  direction := case new.trade_type when 'sell' then -1 else 1 end;
  new.profit_loss := round(direction * (price - new.entry_price) * new.quantity, 2);
  new.profit_loss_percentage := round(direction * (price - new.entry_price) / new.entry_price * 100, 4);
  return new;
end
$$;
