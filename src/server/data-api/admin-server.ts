import type { RequestListener } from 'node:http';
import type { Database } from '#kernel/postgres/database.ts';
import { dumpConfig } from '#services/data-api/api.ts';
import type { RunningApi } from './running-api.ts';

interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body?: string;
}

/**
 * PostgREST's admin server: `/live`, `/ready`, `/config` (with secrets: keep the port to yourself), `/schema_cache` (in the shape of
 * our own cache) and `/metrics`.
 */
export function adminListener(api: RunningApi, database: Database): RequestListener {
  const pages: Readonly<Record<string, () => Answer>> = {
    '/live': () => ({ status: 200 }),
    '/ready': () => ({ status: api.state.ready ? 200 : 503 }),
    '/config': () => ({ status: 200, type: 'text/plain; charset=utf-8', body: dumpConfig(api.settings) }),
    '/schema_cache': () => schemaCache(api.state.cache),
    '/metrics': () => ({
      status: 200,
      type: 'text/plain; version=0.0.4',
      body: metrics(database, api.settings.api.dbPool),
    }),
  };
  return (request, response) => {
    const path = (request.url ?? '').split('?')[0]!;
    const { status, type, body = '' } = Object.hasOwn(pages, path) ? pages[path]!() : { status: 404 };
    response.writeHead(status, type ? { 'Content-Type': type } : {});
    response.end(body);
  };
}

function schemaCache(cache: RunningApi['state']['cache']): Answer {
  if (!cache) return { status: 503 };
  return { status: 200, type: 'application/json', body: JSON.stringify(cache, plain) };
}

/** Maps and sets as objects and arrays. */
function plain(_: string, value: unknown): unknown {
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, each]) => [String(key).replaceAll('\0', '.'), each]));
  return value instanceof Set ? [...value] : value;
}

function metrics(database: Database, size: number): string {
  const { open, idle, waiting } = database.stats();
  const gauges = [
    ['pgrst_db_pool_available', 'Connections that are free or not opened yet', size - open + idle],
    ['pgrst_db_pool_waiting', 'Requests that wait for a connection', waiting],
    ['pgrst_db_pool_max', 'Connections at most', size],
  ];
  return gauges
    .map(([name, help, value]) => `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${value}\n`)
    .join('');
}
