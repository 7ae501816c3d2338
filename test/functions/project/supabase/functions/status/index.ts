enum Status {
  Teapot = 418,
}

Deno.serve({ port: 1 }, async (req) => {
  const wanted = Number(new URL(req.url).pathname.split('/').at(-1)) || Status.Teapot;
  const headers = new Headers({ 'x-kept': 'yes' });
  headers.append('set-cookie', 'a=1');
  headers.append('set-cookie', 'b=2');
  return new Response(wanted === 204 ? null : `answered ${wanted}`, { status: wanted, headers });
});
