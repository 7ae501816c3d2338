Deno.serve(async (req) => {
  const kept: unknown[] = [];
  const buffers = new URL(req.url).searchParams.has('buffers');
  for (;;) {
    kept.push(buffers ? Buffer.alloc(8_000_000, 1) : Array.from({ length: 100_000 }, (_, n) => ({ n })));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
});
