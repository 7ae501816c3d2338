Deno.serve(() => new Response('%PDF-1.7', { headers: { 'content-type': 'application/pdf' } }));
