Deno.serve(async (req) => {
  const given = await req.formData();
  const back = new FormData();
  for (const [name, value] of given) back.append(name, value);
  const file = given.get('file');
  if (file instanceof File) back.append('size', String(file.size));
  return new Response(back);
});
