-- Messages of private channels: policies on realtime.messages decide who may listen and who may speak, and what SQL sends
-- passes through the table. A partition a day, so that a day is forgotten by dropping it.
create table realtime.messages (
  topic          text not null,
  extension      text not null,
  payload        jsonb,
  event          text,
  private        boolean default false,
  updated_at     timestamp not null default now(),
  inserted_at    timestamp not null default now(),
  id             uuid not null default gen_random_uuid(),
  binary_payload bytea,
  primary key (id, inserted_at)
) partition by range (inserted_at);
create index messages_inserted_at_topic_index on realtime.messages (inserted_at desc, topic)
  where extension = 'broadcast' and private is true;
alter table realtime.messages enable row level security;
-- Takes what no day has a partition for: a message is never refused because nobody made tomorrow's.
create table realtime.messages_default partition of realtime.messages default;
alter table realtime.messages_default enable row level security;

grant all on realtime.messages to postgres, dashboard_user;
grant select, insert, update on realtime.messages to anon, authenticated, service_role;

-- Makes the partitions of today and the following days; those that are there, or whose day began in the default one, are left.
create function realtime.make_partitions(days int default 3) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  day date;
begin
  for day in select generate_series(current_date, current_date + days, interval '1 day')::date loop
    begin
      execute format(
        'create table if not exists realtime.%I partition of realtime.messages for values from (%L) to (%L)',
        'messages_' || to_char(day, 'YYYY_MM_DD'), day, day + 1
      );
      execute format('alter table realtime.%I enable row level security', 'messages_' || to_char(day, 'YYYY_MM_DD'));
    exception when check_violation then
      null;
    end;
  end loop;
end
$$;
revoke all on function realtime.make_partitions from public;
select realtime.make_partitions();

-- The channel a policy is asked about.
create function realtime.topic() returns text language sql stable as $$
  select nullif(current_setting('realtime.topic', true), '')
$$;

-- Broadcasts from SQL. A failure is a warning: a trigger that tells of a change must not undo it.
create function realtime.send(payload jsonb, event text, topic text, private boolean default true) returns void
language plpgsql as $$
declare
  message_id uuid := gen_random_uuid();
begin
  perform set_config('realtime.topic', topic, true);
  insert into realtime.messages (id, payload, event, topic, private, extension)
  values (
    message_id,
    case when payload ? 'id' then payload else jsonb_set(payload, '{id}', to_jsonb(message_id)) end,
    event, topic, private, 'broadcast'
  );
exception when others then
  raise warning 'ErrorSendingBroadcastMessage: %', sqlerrm;
end
$$;

-- For triggers: tells a topic what happened to a row.
create function realtime.broadcast_changes(
  topic_name text, event_name text, operation text, table_name text, table_schema text, new record, old record,
  level text default 'ROW'
) returns void language plpgsql as $$
begin
  if level = 'STATEMENT' then
    raise exception 'function can only be triggered for each row, not for each statement';
  end if;
  perform realtime.send(
    jsonb_build_object(
      'old_record', old, 'record', new, 'operation', operation, 'table', table_name, 'schema', table_schema
    ),
    event_name, topic_name
  );
exception when others then
  raise exception 'Failed to process the row: %', sqlerrm;
end
$$;

-- Tools look here for who listens. Subscriptions live in the server's memory, so there is nothing to see.
create view realtime.subscription as
select
  null::bigint as id, null::uuid as subscription_id, null::regclass as entity, null::text[] as filters,
  null::jsonb as claims, null::regrole as claims_role, null::timestamp as created_at
where false;

do $$
begin
  alter table realtime.messages owner to supabase_realtime_admin;
  alter table realtime.messages_default owner to supabase_realtime_admin;
exception when insufficient_privilege then
  raise warning 'realtime.messages stays with %: %', current_user, sqlerrm;
end
$$;
