Deno.serve(async () => {
  await new Promise((resolve) => setTimeout(resolve, 3000));
  return new Response('Slow Response');
});
