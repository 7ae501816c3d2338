// Gives back the body as it came, with the type it came with.
Deno.serve(async (req) => {
  const contentType = req.headers.get('content-type') ?? 'text/plain';
  return new Response(await req.arrayBuffer(), {
    headers: { 'content-type': contentType, 'x-method': req.method, 'x-url': req.url },
  });
});
