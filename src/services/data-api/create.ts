/** The data API from request to answer: who asks, what for, which plan, and what came of it. */
import { Refusal } from '#kernel/errors.ts';
import { PostgresError } from '#kernel/postgres/sql-errors.ts';
import type { ApiRequest, ApiResponse, DataApi, DataApiOptions } from './api.ts';
import { authenticator, type Requester } from './auth/verify-token.ts';
import type { DataApiConfig } from './config.ts';
import { handleCall } from './handle/call.ts';
import type { Context } from './handle/context.ts';
import { type Execute, executor } from './handle/execute.ts';
import { handleMutation } from './handle/mutate.ts';
import { corsHeaders, handleOptions, preflight } from './handle/options.ts';
import { handleRead } from './handle/read.ts';
import { handleRoot } from './handle/root.ts';
import { understand } from './handle/understand.ts';
import type { Resource } from './request/action.ts';
import { ApiError } from './respond/api-error.ts';
import { databaseError } from './respond/database-errors.ts';
import { answer, type Header } from './respond/headers.ts';
import { SchemaCacheKeeper } from './schema-cache/keeper.ts';
import type { SchemaCache } from './schema-cache/types.ts';

export function createDataApi(options: DataApiOptions): DataApi {
  const log = options.log.child({ module: 'data-api' });
  let { config } = options;
  let authenticate = authenticator(config);
  const setConfig = (next: DataApiConfig) => {
    config = next;
    authenticate = authenticator(next);
    void keeper.reload().catch(() => undefined);
  };
  const reloadConfig = async () => {
    try {
      if (options.reloadConfig) setConfig(await options.reloadConfig());
    } catch (error) {
      log.error({ err: error }, 'the configuration could not be reloaded; the old one stays');
    }
  };
  const keeper = new SchemaCacheKeeper({
    target: options.listenTarget,
    log,
    config: () => config,
    onReloadConfig: () => void reloadConfig(),
  });
  return {
    async handle(request) {
      const early = preflight(request, config);
      if (early) return early;
      const timing = config.serverTimingEnabled ? new Timing() : undefined;
      let given: ApiResponse;
      try {
        given = await respond(request, timing);
      } catch (error) {
        given = failure(error, request);
      }
      const extra: Header[] = [...corsHeaders(request, config), ...trace(request, config)];
      if (timing) extra.push(['Server-Timing', timing.toString()]);
      return extra.length === 0 ? given : { ...given, headers: [...given.headers, ...extra] };
    },
    reloadSchema: () => keeper.reload(),
    setConfig,
    get state() {
      return { ready: keeper.cache !== undefined && keeper.connected, cache: keeper.cache };
    },
    close: () => keeper.close(),
  };

  async function respond(request: ApiRequest, timing: Timing | undefined): Promise<ApiResponse> {
    if (!keeper.cache) await keeper.firstAttempt;
    const { cache } = keeper;
    if (!cache)
      throw unavailable(
        'PGRST002',
        'Could not query the database for the schema cache. Retrying.',
        keeper.retrySeconds,
      );
    const requester: Requester = request.identity
      ? { ...request.identity, authenticated: request.identity.role !== config.dbAnonRole }
      : authenticate(request.headers['authorization'], Date.now() / 1000);
    timing?.mark('jwt');
    try {
      return await route(request, cache, requester, timing);
    } catch (error) {
      if (error instanceof PostgresError) throw translated(error, requester);
      throw error;
    }
  }

  async function route(
    request: ApiRequest,
    cache: SchemaCache,
    requester: Requester,
    timing: Timing | undefined,
  ): Promise<ApiResponse> {
    const asked = understand(request, config, cache);
    const { resource, method, schema, isNegotiated, query, range, preferences, accepts } = asked.understood;
    const execute = executor({ database: options.database, request, requester, config, cache, schema });
    const context: Context = {
      request,
      config,
      cache,
      requester,
      schema,
      asked,
      query,
      range,
      preferences,
      accepts,
      execute: timing ? timed(execute, timing) : execute,
    };
    timing?.mark('parse');
    const given = await dispatch(context, resource, method);
    timing?.mark('transaction');
    if (!isNegotiated || !given.headers.some(([name]) => name === 'Content-Type')) return given;
    return { ...given, headers: [...given.headers, ['Content-Profile', schema]] };
  }

  function dispatch(context: Context, resource: Resource, method: string): ApiResponse | Promise<ApiResponse> {
    if (method === 'OPTIONS') return handleOptions(context.cache, context.schema, resource, context.request);
    if (resource.kind === 'root') return handleRoot(context, options);
    if (resource.kind === 'routine') return handleCall(context, context.schema, resource.name);
    if (method === 'GET' || method === 'HEAD') return handleRead(context, resource.name);
    return handleMutation(context, method as 'POST' | 'PUT' | 'PATCH' | 'DELETE', resource.name);
  }

  function failure(error: unknown, request: ApiRequest): ApiResponse {
    if (request.signal?.aborted) return GONE;
    const refused = asApiError(error);
    if (!(error instanceof ApiError) && refused.status >= 500) log.error({ err: error }, 'a request failed');
    const body = Buffer.from(refused.body());
    const headers: Header[] = [
      ['Content-Type', 'application/json; charset=utf-8'],
      ['Proxy-Status', `PostgREST; error=${refused.code}`],
    ];
    const { status, statusText } = refused;
    const given = answer(status, [...headers, ...refused.headers], body, request.method === 'HEAD');
    return statusText === undefined ? given : { ...given, statusText };
  }
}

/** For a client that has left. */
const GONE: ApiResponse = { status: 499, headers: [], body: Buffer.alloc(0) };

function timed(execute: Execute, timing: Timing): Execute {
  return (work) => {
    timing.mark('plan');
    return execute(work);
  };
}

function translated(error: PostgresError, requester: Requester): ApiError {
  if (error.code.startsWith('08') && error.fatal)
    return unavailable('PGRST001', 'Database client error. Retrying the connection.', 1, error.message);
  return databaseError(error, requester.authenticated);
}

function unavailable(code: string, message: string, seconds: number, details?: string): ApiError {
  return new ApiError(503, code, message, { details, headers: [['Retry-After', String(seconds)]] });
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof Refusal && error.code === 'UNAVAILABLE') {
    if (error.message === 'The database is busy')
      return new ApiError(504, 'PGRST003', 'Timed out acquiring connection from connection pool.');
    const { cause } = error;
    return unavailable(
      'PGRST000',
      'Database connection error. Retrying the connection.',
      error.retryAfter ?? 1,
      (cause as Error | undefined)?.message,
    );
  }
  return new ApiError(500, 'PGRSTX00', 'Internal server error');
}

function trace(request: ApiRequest, config: DataApiConfig): Header[] {
  const name = config.serverTraceHeader;
  const value = name === undefined ? undefined : request.headers[name.toLowerCase()];
  return name === undefined || value === undefined ? [] : [[name, value]];
}

/** Server-Timing: milliseconds of each part. */
class Timing {
  #last = performance.now();
  readonly #parts: string[] = [];

  mark(name: string): void {
    const now = performance.now();
    this.#parts.push(`${name};dur=${(now - this.#last).toFixed(1)}`);
    this.#last = now;
  }

  toString(): string {
    this.mark('response');
    return this.#parts.join(', ');
  }
}
