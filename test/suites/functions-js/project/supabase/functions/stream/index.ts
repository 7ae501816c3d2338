Deno.serve(() => {
  let timer: number | undefined;
  const body = new ReadableStream({
    start(controller) {
      let n = 0;
      timer = setInterval(() => {
        n += 1;
        controller.enqueue(new TextEncoder().encode(`chunk ${n}\n`));
        if (n === 5) {
          clearInterval(timer);
          controller.close();
        }
      }, 20) as unknown as number;
    },
    cancel() {
      clearInterval(timer);
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/plain; charset=utf-8' } });
});
