Deno.serve(
  () => new Response(new Uint8Array([0, 1, 255]), { headers: { 'content-type': 'application/octet-stream' } }),
);
