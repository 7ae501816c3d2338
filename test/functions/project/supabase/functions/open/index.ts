Deno.serve((req) => new Response(req.headers.get('authorization') ?? 'nobody'));
