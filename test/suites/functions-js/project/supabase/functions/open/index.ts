Deno.serve(() => Response.json({ greeting: Deno.env.get('GREETING'), url: Deno.env.get('SUPABASE_URL') }));
