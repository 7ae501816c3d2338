import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connect, Plugin } from 'vite';
import { barsOf, historyOf, signalById, signalPage, status } from './generate.ts';

type Answer = { data: unknown; meta?: unknown } | undefined;

function answer(url: URL): Answer {
  const parts = url.pathname.split('/').slice(3).map(decodeURIComponent);
  const number = (name: string, fallback: number) => Number(url.searchParams.get(name) ?? fallback);
  if (parts[0] === 'status') return { data: status() };
  if (parts[0] === 'signals' && parts.length === 1) return signalPage(number('page', 1), number('limit', 20));
  if (parts[0] === 'market-data' && parts[2] === 'bars')
    return { data: barsOf(parts[1] ?? '', url.searchParams.get('timeframe') ?? '1D', number('limit', 250)) };
  const signal = parts[0] === 'signals' ? signalById(parts[1] ?? '') : undefined;
  if (!signal) return undefined;
  return { data: parts[2] === 'history' ? historyOf(signal) : signal };
}

function respond(request: IncomingMessage, response: ServerResponse, next: Connect.NextFunction): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (!url.pathname.startsWith('/api/v1/')) {
    next();
    return;
  }
  const found = answer(url);
  const common = { timestamp: new Date().toISOString(), requestId: 'fixture' };
  response.statusCode = found ? 200 : 404;
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify(
      found
        ? { success: true, ...found, ...common }
        : { success: false, error: { code: 'NOT_FOUND', message: 'No such resource.' }, ...common },
    ),
  );
}

/** Answers `/api/v1` in the dev and preview servers of Vite; part of no build. */
export function fixtureApi(): Plugin {
  return {
    name: 'freehold-fixture-api',
    configureServer: (server) => void server.middlewares.use(respond),
    configurePreviewServer: (server) => void server.middlewares.use(respond),
  };
}
