// @ts-expect-error: resolved by the runtime
import { serve } from 'https://deno.land/std@0.168.0/http/server.ts';
// @ts-expect-error: resolved by the runtime
import { createClient } from 'https://esm.sh/@supabase/supabase-js@2';

serve(async () => {
  const client = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_ANON_KEY')!);
  return Response.json({ client: typeof client.from });
});
