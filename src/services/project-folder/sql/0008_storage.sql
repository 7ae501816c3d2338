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
