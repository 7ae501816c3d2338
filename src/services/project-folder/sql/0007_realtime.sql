-- What the realtime service asks of the database.

-- May this role with these claims read and write broadcasts and presence on a topic? The policies of realtime.messages decide: a
-- probe row of each kind is looked at, and one is written, as the role; then everything is undone. Runs as the owner of the
-- table, whose login may become the role. A policy that fails allows nothing.
create function realtime.channel_rights(topic text, role_name text, claims text, headers text)
returns table (extension text, readable boolean, writable boolean)
language plpgsql as $$
declare
  kinds constant text[] := array['broadcast', 'presence'];
  kind text;
  probe record;
  verdicts jsonb := '{}';
begin
  begin
    for kind in select unnest(kinds) loop
      insert into realtime.messages (topic, extension, event, private)
      values (channel_rights.topic, kind, 'probe', true) returning id, inserted_at into probe;
      verdicts := verdicts || jsonb_build_object(kind, jsonb_build_object('id', probe.id, 'at', probe.inserted_at));
    end loop;
    perform set_config('request.jwt.claims', channel_rights.claims, true),
      set_config('request.jwt.claim.sub', channel_rights.claims::jsonb ->> 'sub', true),
      set_config('request.jwt.claim.role', channel_rights.claims::jsonb ->> 'role', true),
      set_config('request.headers', channel_rights.headers, true),
      set_config('realtime.topic', channel_rights.topic, true),
      set_config('role', channel_rights.role_name, true);
    for kind in select unnest(kinds) loop
      begin
        verdicts := jsonb_set(verdicts, array[kind, 'read'], to_jsonb(exists (
          select from realtime.messages as m
          where m.id = (verdicts -> kind ->> 'id')::uuid and m.inserted_at = (verdicts -> kind ->> 'at')::timestamp
        )));
      exception when others then
        null;
      end;
      begin
        insert into realtime.messages (topic, extension, event, private)
        values (channel_rights.topic, kind, 'probe', true);
        verdicts := jsonb_set(verdicts, array[kind, 'write'], 'true');
      exception when others then
        null;
      end;
    end loop;
    raise exception using errcode = 'RT000', message = verdicts::text;
  exception
    when sqlstate 'RT000' then
      verdicts := sqlerrm::jsonb;
    when others then
      verdicts := '{}';
  end;
  return query select k, coalesce((verdicts -> k ->> 'read')::boolean, false), coalesce((verdicts -> k ->> 'write')::boolean, false)
    from unnest(kinds) as k;
end
$$;
revoke all on function realtime.channel_rights from public;
grant execute on function realtime.channel_rights to supabase_realtime_admin;
grant usage on schema realtime to supabase_realtime_admin;

-- Which rows may be seen by whom: for each of `keys` (text of the primary key's columns, in the order of `columns`) and each of
-- `claims`, asked with these claims as the current role, whose policies and privileges decide. Returns the pairs, counted from 1,
-- that may. A pair whose question fails may not.
create function realtime.visible_rows(relation text, columns text[], types text[], keys text[], claims text[])
returns table (key_index int, claims_index int)
language plpgsql as $$
declare
  width constant int := cardinality(columns);
  conditions text;
  arguments text;
  seen boolean;
  subject jsonb;
begin
  select string_agg(format('%I = $%s', columns[i], i), ' and ' order by i) into conditions from generate_series(1, width) as i;
  execute format(
    'prepare realtime_visible(%s) as select exists (select from %s where %s)', array_to_string(types, ','), relation, conditions
  );
  -- One plan for everybody. The planner tries out what policies call: with nobody's claims, so that a token which makes it fail does
  -- not decide what the others get.
  perform set_config('plan_cache_mode', 'force_generic_plan', true), set_config('request.jwt.claims', '{}', true),
    set_config('request.jwt.claim.sub', '', true), set_config('request.jwt.claim.role', '', true);
  begin
    execute format('execute realtime_visible(%s)', rtrim(repeat('null,', width), ','));
  exception when others then
    null;
  end;
  for c in 1 .. cardinality(claims) loop
    subject := claims[c]::jsonb;
    perform set_config('request.jwt.claims', claims[c], true),
      set_config('request.jwt.claim.sub', coalesce(subject ->> 'sub', ''), true),
      set_config('request.jwt.claim.role', coalesce(subject ->> 'role', ''), true);
    for k in 1 .. cardinality(keys) / width loop
      select string_agg(quote_nullable(keys[(k - 1) * width + i]), ',' order by i) into arguments from generate_series(1, width) as i;
      begin
        execute format('execute realtime_visible(%s)', arguments) into seen;
      exception when others then
        seen := false;
      end;
      if seen then
        key_index := k;
        claims_index := c;
        return next;
      end if;
    end loop;
  end loop;
  deallocate realtime_visible;
end
$$;
grant execute on function realtime.visible_rows to public;

-- Conditions of filters on values of the log. Each question is `{value, type, operator, negated, wanted: [...]}` with text; the answers
-- come in their order. One that fails is false, or an error when `strict`.
create function realtime.conditions_hold(questions jsonb, strict boolean) returns boolean[]
language plpgsql stable as $$
declare
  question jsonb;
  left_side text;
  right_side text;
  answer boolean;
  answers boolean[] := '{}';
begin
  for question in select value from jsonb_array_elements(questions) loop
    begin
      left_side := format('%L::%s', question ->> 'value', question ->> 'type');
      if question ->> 'operator' = 'in' then
        select format('in (%s)', string_agg(format('%L::%s', wanted, question ->> 'type'), ',')) into right_side
          from jsonb_array_elements_text(question -> 'wanted') as wanted;
      elsif question ->> 'operator' = 'is' then
        right_side := 'is ' || (case question -> 'wanted' ->> 0 when 'null' then 'null' when 'true' then 'true' when 'false' then 'false' else 'unknown' end);
      elsif question ->> 'operator' in ('~~', '~~*', '~', '~*') then
        left_side := format('(%s)::text', left_side);
        right_side := format('%s %L', question ->> 'operator', question -> 'wanted' ->> 0);
      elsif question ->> 'operator' = 'is distinct from' and question -> 'wanted' ->> 0 = 'null' then
        right_side := 'is distinct from null';
      elsif question ->> 'operator' in ('=', '<>', '<', '<=', '>', '>=', 'is distinct from') then
        right_side := format('%s %L::%s', question ->> 'operator', question -> 'wanted' ->> 0, question ->> 'type');
      else
        raise exception 'unknown operator %', question ->> 'operator';
      end if;
      execute format('select %s %s', left_side, right_side) into answer;
      answers := answers || coalesce(answer <> (question ->> 'negated')::boolean, false);
    exception when others then
      if strict then
        raise;
      end if;
      answers := answers || false;
    end;
  end loop;
  return answers;
end
$$;
grant execute on function realtime.conditions_hold to public;

-- The stream of what SQL sends: realtime.send() and realtime.broadcast_changes() insert here.
do $$
begin
  if not exists (select from pg_publication where pubname = 'freehold_realtime_messages') then
    create publication freehold_realtime_messages for table realtime.messages
      with (publish = 'insert', publish_via_partition_root = true);
  end if;
exception when insufficient_privilege then
  raise warning 'messages sent from SQL will not reach channels: %', sqlerrm;
end
$$;
