let answered = 0;

Deno.serve((req) => {
  const { searchParams } = new URL(req.url);
  if (searchParams.has('throw')) throw new Error('as the handler');
  if (searchParams.has('exit')) Deno.exit(3);
  if (searchParams.has('reject')) setTimeout(() => Promise.reject(new Error('unhandled')));
  answered += 1;
  return Response.json({ answered });
});
