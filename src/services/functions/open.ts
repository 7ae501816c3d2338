import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { FunctionCaller, FunctionHandler, FunctionLimits, Functions, FunctionsOptions } from './api.ts';
import type { FunctionSettings } from './discover.ts';
import { createHost, type FunctionHost } from './function-host.ts';
import { BootError } from './function-worker.ts';
import { handleHere } from './handle-here.ts';
import { forward } from './proxy.ts';
import { RelayError, refuse } from './refuse.ts';

const PREFIX = '/functions/v1/';
const LIMITS: FunctionLimits = { memoryMb: 256, answerMs: 150_000, blockedMs: 10_000, idleMs: 300_000 };

/** Reads no script yet but looks at their imports; workers start with the first request. */
export async function openFunctions(options: FunctionsOptions): Promise<Functions> {
  const limits = { ...LIMITS, ...options.limits };
  const { log, environment, handlers = {} } = options;
  const faults = await faultsOf(options.functions);
  const hosts = new Map(
    options.functions.map((settings) => [
      settings.name,
      createHost({ settings, environment, limits, log, watch: options.watch ?? false }),
    ]),
  );
  const target = (name: string): Target | undefined => {
    const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
    if (handler) return { kind: 'handler', handler, verifyJwt: handler.verifyJwt };
    const host = hosts.get(name);
    return host && { kind: 'script', host, verifyJwt: host.settings.verifyJwt };
  };
  const listener: RequestListener = (request, response) => {
    void answer(request, response).catch((error: unknown) => {
      if (!(error instanceof RelayError)) log.error({ err: error, url: request.url }, 'a function could not be asked');
      refuse(request, response, error);
    });
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const name = nameOf(request.url ?? '');
    const found = target(name);
    if (!found) throw new RelayError(404, 'NOT_FOUND', 'Requested function was not found');
    const caller = await callerOf(request, response, options, found.verifyJwt);
    if (found.kind === 'handler') await handleHere(found.handler, request, response, { caller, limits });
    else await toWorker(found.host, request, response, limits, caller);
  };
  return {
    listener,
    warnings: [...faults].flatMap(([name, reasons]) =>
      reasons.map((reason) => `functions/${name} cannot run: ${reason}`),
    ),
    close: async () => {
      await Promise.all([...hosts.values()].map((host) => host.close()));
    },
  };
}

/** The parser is loaded only where there are scripts. */
async function faultsOf(functions: readonly FunctionSettings[]): Promise<Map<string, string[]>> {
  if (functions.length === 0) return new Map();
  const { importFaults } = await import('./imports/check.ts');
  return new Map(functions.map((settings) => [settings.name, importFaults(settings)]));
}

type Target =
  | { readonly kind: 'handler'; readonly handler: FunctionHandler; readonly verifyJwt: boolean }
  | { readonly kind: 'script'; readonly host: FunctionHost; readonly verifyJwt: boolean };

function nameOf(url: string): string {
  return /^([\w-]+)/.exec(url.slice(PREFIX.length))?.[1] ?? '';
}

async function toWorker(
  host: FunctionHost,
  request: IncomingMessage,
  response: ServerResponse,
  limits: FunctionLimits,
  { requestId }: FunctionCaller,
): Promise<void> {
  const worker = await host.worker().catch((error: unknown) => {
    if (!(error instanceof BootError)) throw error;
    throw new RelayError(503, 'BOOT_ERROR', 'Worker failed to boot (please check logs)', error);
  });
  const done = worker.begin();
  try {
    await forward(worker, request, response, { limits, requestId, path: (request.url ?? '').slice(PREFIX.length - 1) });
  } finally {
    done();
  }
}

async function callerOf(
  request: IncomingMessage,
  response: ServerResponse,
  { verify }: FunctionsOptions,
  required: boolean,
): Promise<FunctionCaller> {
  const requestId = String(response.getHeader('x-request-id') ?? crypto.randomUUID());
  const token = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const anonymous = { role: 'anon', claims: { role: 'anon' } };
  if (!token) {
    if (required) throw new RelayError(401, 'UNAUTHORIZED_NO_AUTH_HEADER', 'Missing authorization header');
    return { identity: anonymous, requestId };
  }
  try {
    return { identity: await verify(token), requestId };
  } catch (error) {
    if (required) throw new RelayError(401, 'UNAUTHORIZED_INVALID_JWT_FORMAT', 'Invalid JWT', error);
    return { identity: anonymous, requestId };
  }
}
