interface Echo {
  readonly method: string;
}

Deno.serve(async (req: Request) => {
  const url = new URL(req.url);
  const answer: Echo & Record<string, unknown> = {
    method: req.method,
    path: url.pathname,
    query: url.search,
    header: req.headers.get('x-custom'),
    body: await req.text(),
  };
  console.log('echoed', answer.method);
  return Response.json(answer);
});
