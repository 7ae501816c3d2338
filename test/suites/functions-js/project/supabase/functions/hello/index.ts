// Follow this setup guide to integrate the Deno language server with your editor.
import '@supabase/functions-js/edge-runtime.d.ts';

Deno.serve(async (req) => {
  const text = await req.text();
  if (text === '') return new Response('Hello World');
  const { name } = JSON.parse(text);
  return new Response(JSON.stringify({ message: `Hello ${name}!` }), {
    headers: { 'Content-Type': 'application/json', Connection: 'keep-alive' },
  });
});
