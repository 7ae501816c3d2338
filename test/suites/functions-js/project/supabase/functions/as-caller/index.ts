import { createClient } from 'jsr:@supabase/supabase-js@2';
import { clientOf } from '../_shared/client.ts';

Deno.serve(async (req) => {
  const client = clientOf(req);
  const token = req.headers.get('Authorization')!.replace('Bearer ', '');
  const {
    data: { user },
  } = await client.auth.getUser(token);
  const { data, error } = await client.from('notes').select('body').order('id');
  const service = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_SERVICE_ROLE_KEY')!);
  const all = await service.from('notes').select('*', { count: 'exact', head: true });
  return Response.json({ user: user?.email ?? null, notes: data, error, all: all.count });
});
