Deno.serve((req) => {
  if (new URL(req.url).searchParams.has('loop')) for (;;);
  return new Response('fine');
});
