-- What the storage service asks of the database beside its tables.

-- `version` is the SHA-256 of the bytes: the collector asks whether anyone still has them.
create index objects_version_idx on storage.objects (version);

-- Whether the caller's policies let him write this object: tries, and takes it back with SQLSTATE PT200.
create function storage.try_object(
  bucket text, object_name text, object_owner text, object_metadata jsonb, object_user_metadata jsonb, overwrite boolean
) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  owner_uuid uuid := case
    when object_owner ~ '^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$' then object_owner::uuid
  end;
begin
  if overwrite then
    insert into storage.objects as o (bucket_id, name, owner, owner_id, metadata, user_metadata, version)
    values (bucket, object_name, owner_uuid, object_owner, object_metadata, object_user_metadata, '1')
    on conflict (bucket_id, name) do update set
      owner = excluded.owner, owner_id = excluded.owner_id, metadata = excluded.metadata,
      user_metadata = excluded.user_metadata, version = excluded.version;
  else
    insert into storage.objects (bucket_id, name, owner, owner_id, metadata, user_metadata, version)
    values (bucket, object_name, owner_uuid, object_owner, object_metadata, object_user_metadata, '1');
  end if;
  raise sqlstate 'PT200' using message = 'ROLLBACK', detail = 'rollback successful insert';
end
$$;

-- A page of the names that begin with `prefix`, in the order of their bytes, from behind `after`. What has the delimiter behind the
-- prefix is told once, as a folder (id is null, the name ends in the delimiter), and the scan jumps over what is in it: a page costs
-- as many steps of the index as it has entries, however many objects a folder holds.
create function storage.list_page(bucket text, prefix text, delimiter text, after text, page int)
returns table (
  name text, id uuid, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz, metadata jsonb
) language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  highest constant text := chr(1114111);
  position_at text := coalesce(after, '');
  given int := 0;
  cut int;
  jumped boolean;
  o record;
begin
  loop
    jumped := false;
    for o in
      select * from storage.objects as e
      where e.bucket_id = bucket and e.name collate "C" > position_at
        and e.name collate "C" >= prefix and e.name collate "C" < prefix || highest
      order by e.name collate "C" limit page - given
    loop
      cut := case when delimiter <> '' then strpos(substr(o.name, length(prefix) + 1), delimiter) else 0 end;
      if cut > 0 then
        name := left(o.name, length(prefix) + cut + length(delimiter) - 1);
        id := null; updated_at := null; created_at := null; last_accessed_at := null; metadata := null;
        position_at := name || highest;
        jumped := true;
      else
        name := o.name; id := o.id; updated_at := o.updated_at; created_at := o.created_at;
        last_accessed_at := o.last_accessed_at; metadata := o.metadata;
        position_at := name;
      end if;
      given := given + 1;
      return next;
      exit when jumped;
    end loop;
    exit when not jumped or given >= page;
  end loop;
end
$$;
