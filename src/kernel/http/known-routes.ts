import type { FastifyInstance } from 'fastify';

/** Which methods an address has, so that a wrong method is told from a wrong address. */
export interface KnownRoutes {
  /** Methods of the routes that match this path; none when the path is unknown. Routes that match anything do not count. */
  methodsOf(path: string): string[];
}

/** Collects the routes that are added from here on. */
export function collectRoutes(app: FastifyInstance): KnownRoutes {
  const routes: { pattern: RegExp; methods: readonly string[] }[] = [];
  app.addHook('onRoute', (route) => {
    if (route.url.includes('*')) return;
    routes.push({ pattern: patternOf(route.url), methods: [route.method].flat() });
  });
  return {
    methodsOf: (path) => [
      ...new Set(routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods)),
    ],
  };
}

function patternOf(url: string): RegExp {
  const escaped = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${escaped.join('/')}/?$`);
}
