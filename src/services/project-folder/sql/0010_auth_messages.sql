-- Codes that are typed have few tries; how often a try was made is counted before anything is compared.
alter table auth.one_time_tokens add column attempts smallint not null default 0;

-- When messages were last asked for, by address or by client. `key` is sealed: the table tells nobody who was written to, and
-- addresses without an account are counted alike.
create table auth.message_quotas (
  key         text primary key,
  asked_at    timestamptz[] not null,
  last_asked_at timestamptz not null
);
create index message_quotas_last_asked_at_idx on auth.message_quotas (last_asked_at);

-- Mails and text messages of a project that has no vendor for them: development's inbox.
create table auth.inbox_messages (
  id         bigint generated always as identity primary key,
  channel    text not null check (channel in ('email', 'sms')),
  kind       text not null,
  recipient  text not null,
  subject    text not null default '',
  body       text not null,
  created_at timestamptz not null default now()
);

do $$
declare
  wanted regclass;
begin
  foreach wanted in array array['auth.message_quotas', 'auth.inbox_messages']::regclass[] loop
    execute format('alter table %s enable row level security', wanted);
    execute format('alter table %s force row level security', wanted);
    execute format('grant all on %s to supabase_auth_admin, postgres, dashboard_user', wanted);
    execute format(
      'create policy "the service owns it" on %s to supabase_auth_admin using (true) with check (true)', wanted
    );
    begin
      execute format('alter table %s owner to supabase_auth_admin', wanted);
    exception when insufficient_privilege then
      raise warning '% stays with %: %', wanted, current_user, sqlerrm;
    end;
  end loop;
end
$$;
