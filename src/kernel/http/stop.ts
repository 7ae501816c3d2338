import type { FastifyInstance } from 'fastify';

/**
 * Stops accepting, lets the requests in flight finish, then closes the sockets; after `deadlineMs` sockets that are still
 * open are cut. Resolves when nothing is open any more; `cut` says whether the deadline was needed.
 */
export async function stopServer(app: FastifyInstance, deadlineMs = 10_000): Promise<{ cut: boolean }> {
  let cut = false;
  const timer = setTimeout(() => {
    cut = true;
    app.log.warn({ deadlineMs }, 'requests are still running at the deadline; their connections are cut');
    app.server.closeAllConnections();
  }, deadlineMs);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
  }
  return { cut };
}
