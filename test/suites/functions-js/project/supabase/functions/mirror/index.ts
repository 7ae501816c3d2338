import { serve } from 'https://deno.land/std@0.177.0/http/server.ts';

serve(async (request: Request) => {
  let body: unknown;
  let contentType = 'text/plain; charset=utf-8';
  switch (request.headers.get('response-type')) {
    case 'json': {
      body = await request.json();
      contentType = 'application/json';
      break;
    }
    case 'form': {
      const form = await request.formData();
      body = [...form.entries()];
      break;
    }
    case 'blob': {
      const data = await request.blob();
      body = await data.text();
      contentType = 'application/octet-stream';
      break;
    }
    case 'arrayBuffer': {
      const data = await request.arrayBuffer();
      body = new TextDecoder().decode(data || new Uint8Array());
      contentType = 'application/octet-stream';
      break;
    }
    default:
      body = await request.text();
  }
  const headers = [];
  for (const h of request.headers.entries()) headers.push(h);
  return new Response(JSON.stringify({ url: request.url, method: request.method, headers, body }), {
    headers: { 'content-type': contentType },
  });
});
