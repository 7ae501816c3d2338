-- One folder of a bucket, as before, without looking at everything in the bucket. Names are compared without regard to case. Where the
-- prefix has no letters (the root of a bucket), the scan jumps over what is in each folder; else the index of lower names gives what
-- begins with the prefix.
create or replace function storage.search(
  prefix text, bucketname text, limits int default 100, levels int default 1, offsets int default 0,
  search text default '', sortcolumn text default 'name', sortorder text default 'asc'
) returns table (
  name text, id uuid, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz, metadata jsonb
) language plpgsql stable as $$
declare
  direction text := case when lower(sortorder) = 'desc' then 'desc' else 'asc' end;
  by_column text := case when sortcolumn in ('name', 'updated_at', 'created_at', 'last_accessed_at') then sortcolumn else 'name' end;
  beginning text := coalesce(prefix, '') || coalesce(search, '');
  entries text := case
    when lower(beginning) = upper(beginning) and strpos(coalesce(search, ''), '/') = 0 then
      'select split_part(p.name, ''/'', $1) as name, p.id, p.updated_at, p.created_at, p.last_accessed_at, p.metadata
       from storage.list_page($2, $3, ''/'', '''', 2147483646) as p'
    else
      'select distinct found.path_tokens[$1] as name, null::uuid as id, null::timestamptz as updated_at,
              null::timestamptz as created_at, null::timestamptz as last_accessed_at, null::jsonb as metadata
       from found where cardinality(found.path_tokens) > $1
       union all
       select found.path_tokens[$1], found.id, found.updated_at, found.created_at, found.last_accessed_at, found.metadata
       from found where cardinality(found.path_tokens) <= $1'
  end;
begin
  return query execute format(
    'with found as (
       select * from storage.objects as o
       where o.bucket_id = $2 and lower(o.name) collate "C" >= lower($3)
         and lower(o.name) collate "C" < lower($3) || chr(1114111)
     ), entries as (%s)
     select * from entries as e order by (e.id is null) desc, e.%I %s, e.name limit $4 offset $5',
    entries, by_column, direction
  ) using levels, bucketname, beginning, limits, offsets;
end
$$;
