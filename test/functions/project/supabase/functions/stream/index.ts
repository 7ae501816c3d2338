Deno.serve((req) => {
  const encoder = new TextEncoder();
  const body = new ReadableStream({
    async start(controller) {
      for (let n = 1; n <= 3; n += 1) controller.enqueue(encoder.encode(`data: event ${n}\n\n`));
      if (req.method === 'GET') return;
      controller.close();
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
});
