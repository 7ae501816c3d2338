create policy "authenticated can read all messages" on "realtime"."messages" for select to authenticated using (true);
create policy "authenticated can send messages" on "realtime"."messages" for insert to authenticated with check (true);

alter publication supabase_realtime add table public.todos;

create or replace function public.todo_changes() returns trigger security definer language plpgsql as $$
begin
  perform realtime.broadcast_changes('topic:' || coalesce(new.id, old.id)::text, tg_op, tg_op, tg_table_name, tg_table_schema, new, old);
  return null;
end;
$$;
create trigger broadcast_todos after insert or update or delete on public.todos for each row execute function public.todo_changes();
