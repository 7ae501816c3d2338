Deno.serve(async (req) => {
  const form = await req.formData();
  const file = form.get('file');
  const answer = new FormData();
  answer.set('name', `${form.get('name')} came`);
  if (file instanceof File)
    answer.set('file', new File([(await file.text()).toUpperCase()], file.name, { type: file.type }));
  return new Response(answer);
});
