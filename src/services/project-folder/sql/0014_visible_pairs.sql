-- As realtime.visible_rows, asked only about the pairs that are in doubt, and once for each of `claims`: `asked` holds indices of keys,
-- those of claims c from ends[c - 1] + 1 to ends[c]. What policies look up of the account (its plan, its teams) is then looked up once,
-- not once a row. Where a row makes a policy fail the rows are asked one by one, so that it hides itself and no other.
create function realtime.visible_pairs(relation text, columns text[], types text[], keys text[], claims text[], asked int[], ends int[])
returns table (key_index int, claims_index int)
language plpgsql as $$
declare
  width constant int := cardinality(columns);
  names text;
  typed text;
  matches text;
  parameters text;
  wanted int[];
  before int[];
  arguments text;
  seen int[];
  subject jsonb;
begin
  select string_agg(format('freehold_key%s', i), ', ' order by i),
         string_agg(format('freehold_key%s::%s', i, types[i]), ', ' order by i),
         string_agg(format('%I = freehold_keys.freehold_key%s', columns[i], i), ' and ' order by i),
         string_agg(format('$%s', i + 1), ', ' order by i)
    into names, typed, matches, parameters from generate_series(1, width) as i;
  -- "Offset 0" keeps the casts out of the comparison, which could not use an index with them: they may tell something of a row that a
  -- policy hides. "Limit 1" keeps the rows from being read all together, where the policy would be asked about each.
  execute format(
    'prepare realtime_visible(int[]%s) as select coalesce(array_agg(freehold_number), ''{}'')
     from (select freehold_number, %s from unnest($1, %s) as freehold_texts(freehold_number, %s) offset 0) as freehold_keys(freehold_number, %s)
     cross join lateral (select from %s where %s limit 1) as freehold_found',
    repeat(',text[]', width), typed, parameters, names, names, relation, matches
  );
  -- One plan for everybody, made with nobody's claims: see realtime.visible_rows.
  perform set_config('plan_cache_mode', 'force_generic_plan', true), set_config('request.jwt.claims', '{}', true),
    set_config('request.jwt.claim.sub', '', true), set_config('request.jwt.claim.role', '', true);
  begin
    execute format('execute realtime_visible(''{}''%s)', repeat(', ''{}''', width));
  exception when others then
    null;
  end;
  for c in 1 .. cardinality(claims) loop
    wanted := asked[coalesce(ends[c - 1], 0) + 1 : ends[c]];
    continue when cardinality(wanted) = 0;
    subject := claims[c]::jsonb;
    perform set_config('request.jwt.claims', claims[c], true),
      set_config('request.jwt.claim.sub', coalesce(subject ->> 'sub', ''), true),
      set_config('request.jwt.claim.role', coalesce(subject ->> 'role', ''), true);
    if wanted is distinct from before then
      arguments := realtime.key_arguments(wanted, keys, width);
      before := wanted;
    end if;
    begin
      execute format('execute realtime_visible(%s)', arguments) into seen;
    exception when others then
      seen := '{}';
      for k in 1 .. cardinality(wanted) loop
        begin
          execute format('execute realtime_visible(%s)', realtime.key_arguments(wanted[k : k], keys, width)) into before;
          seen := seen || before;
        exception when others then
          null;
        end;
      end loop;
      before := null;
    end;
    claims_index := c;
    foreach key_index in array seen loop
      return next;
    end loop;
  end loop;
  deallocate realtime_visible;
end
$$;

-- Literals of the wanted keys: their numbers, then an array for each column.
create function realtime.key_arguments(wanted int[], keys text[], width int) returns text
language sql immutable as $$
  select quote_literal(wanted::text) || string_agg(', ' || quote_literal(
    array(select keys[(number - 1) * width + i] from unnest(wanted) with ordinality as w(number, place) order by place)::text), '' order by i)
  from generate_series(1, width) as i
$$;
grant execute on function realtime.visible_pairs, realtime.key_arguments to public;
