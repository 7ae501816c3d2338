Deno.serve(() => {
  throw new Error('a secret of the inside');
});
