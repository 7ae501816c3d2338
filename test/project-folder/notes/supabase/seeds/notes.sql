insert into public.notes (author, title, state) values
  ('11111111-1111-4111-8111-111111111111', 'On the engine', 'published'),
  ('11111111-1111-4111-8111-111111111111', 'Not yet', 'draft');
