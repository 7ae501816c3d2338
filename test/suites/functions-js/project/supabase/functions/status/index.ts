Deno.serve(async (req) => {
  const { status = 200, body = { error: 'as asked' }, headers = {} } = await req.json();
  return new Response(status === 204 ? null : JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
});
