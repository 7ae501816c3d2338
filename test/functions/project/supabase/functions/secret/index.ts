import { corsHeaders } from 'shared/cors.ts';
import { createClient } from 'supabase';

Deno.serve(() =>
  Response.json({
    key: Deno.env.get('PAYMENT_KEY'),
    url: Deno.env.get('SUPABASE_URL'),
    home: Deno.env.get('HOME') ?? null,
    client: typeof createClient,
    origin: corsHeaders['Access-Control-Allow-Origin'],
  }),
);
