export default {
  fetch(req: Request): Response {
    EdgeRuntime.waitUntil(new Promise((resolve) => setTimeout(resolve, 5)).then(() => console.log('done later')));
    return Response.json({ accepted: req.method });
  },
};
