import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const YEAR_SECONDS = 31_536_000;

const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Freehold</title>
<h1>Freehold is running</h1>
<p>Its pages are not built yet. Run <code>npm run build:web</code> and load this page again.
<p>The API is described at <a href="/openapi.json">/openapi.json</a>, its health at <a href="/health">/health</a>.
</html>
`;

/**
 * Serves a built front end from `folder` (absolute): files whose names carry a hash (`assets/`) for a year, the rest revalidated.
 * A page address that is no file gets index.html, because the front end routes in the browser; an address under `reserved`
 * or with a file extension does not. Mount it last. The folder may be built after the start.
 */
export function mountWeb(app: FastifyInstance, folder: string, reserved: readonly string[] = RESERVED): void {
  const index = join(folder, 'index.html');
  app.register(fastifyStatic, {
    root: folder,
    serve: false,
    cacheControl: false,
    setHeaders: (response, path) => {
      const hashed = path.startsWith(join(folder, 'assets'));
      response.header('cache-control', hashed ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache');
    },
  });
  app.get('/*', { schema: { hide: true } }, async (request, reply) => {
    const path = pathOf(request.url);
    if (path === null || reserved.some((prefix) => path === prefix || path.startsWith(`${prefix}/`)))
      return reply.callNotFound();
    if (!existsSync(index))
      return path === '/' ? reply.type('text/html; charset=utf-8').send(NOT_BUILT) : reply.callNotFound();
    const isFile = /\.[a-z0-9]+$/i.test(path);
    return reply.sendFile(isFile ? path.slice(1) : 'index.html', folder);
  });
}

/** What belongs to the API: an unknown address there is a JSON 404, never a page. */
const RESERVED = [
  '/api',
  '/rest',
  '/auth',
  '/realtime',
  '/storage',
  '/functions',
  '/health',
  '/ready',
  '/live',
  '/metrics',
];

/** The decoded path, or null when it cannot be one. */
function pathOf(url: string): string | null {
  try {
    return decodeURIComponent(url.split('?', 1)[0]!);
  } catch {
    return null;
  }
}
