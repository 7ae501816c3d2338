-- Failed tries of passwords, codes and factors by account and by address. `key` is a hash: the table tells nobody who tried what.
create table auth.attempts (
  key             text primary key,
  failures        int not null,
  last_attempt_at timestamptz not null,
  locked_until    timestamptz
);
create index attempts_last_attempt_at_idx on auth.attempts (last_attempt_at);

-- Claims of a custom provider that are copied to the user as they are.
alter table auth.custom_oauth_providers add column custom_claims_allowlist text[] not null default '{}';

do $$
begin
  alter table auth.attempts enable row level security;
  alter table auth.attempts force row level security;
  grant all on auth.attempts to supabase_auth_admin, postgres, dashboard_user;
  create policy "the service owns it" on auth.attempts to supabase_auth_admin using (true) with check (true);
  begin
    alter table auth.attempts owner to supabase_auth_admin;
  exception when insufficient_privilege then
    raise warning 'auth.attempts stays with %: %', current_user, sqlerrm;
  end;
end
$$;
