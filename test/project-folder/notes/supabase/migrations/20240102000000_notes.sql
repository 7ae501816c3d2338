create type note_state as enum ('draft', 'published');

create table notes (
  id uuid primary key default extensions.uuid_generate_v4(),
  author uuid not null default auth.uid() references profiles,
  title text not null check (char_length(title) > 0),
  state note_state not null default 'draft',
  slug text generated always as (lower(replace(title, ' ', '-'))) stored
);
alter table notes enable row level security;
create policy "published notes are public" on notes for select using (state = 'published');
create policy "authors see their own" on notes for select to authenticated using (auth.uid() = author);
create policy "authors write their own" on notes for insert to authenticated with check (auth.uid() = author);

alter table notes replica identity full;
alter publication supabase_realtime add table notes;

create function note_count() returns bigint language sql stable as 'select count(*) from notes';

insert into storage.buckets (id, name, public) values ('attachments', 'attachments', false);
create policy "own folder" on storage.objects for all to authenticated
  using (bucket_id = 'attachments' and (storage.foldername(name))[1] = auth.uid()::text);

create policy "members listen" on realtime.messages for select to authenticated
  using (realtime.topic() like 'notes:%' and extension = 'broadcast');

create function tell_of_notes() returns trigger language plpgsql security definer as $$
begin
  perform realtime.broadcast_changes('notes:' || coalesce(new.author, old.author), tg_op, tg_op, tg_table_name, tg_table_schema, new, old);
  return null;
end
$$;
create trigger tell_of_notes after insert or update or delete on notes for each row execute function tell_of_notes();

grant execute on function note_count() to supabase_auth_admin;
alter role authenticator set pgrst.db_aggregates_enabled = 'true';
notify pgrst, 'reload config';
