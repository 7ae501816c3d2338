import 'jsr:@supabase/functions-js/edge-runtime.d.ts';

Deno.serve(async (req: Request) =>
  Response.json({
    method: req.method,
    body: req.body ? await req.json().catch(() => null) : null,
    traceparent: req.headers.get('traceparent'),
    authorization: req.headers.get('authorization') !== null,
  }),
);
