import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { FunctionLimits } from './api.ts';
import type { EndReason, RunningWorker } from './function-worker.ts';
import { RelayError } from './refuse.ts';

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
const WORDS: Readonly<Record<EndReason, string>> = {
  memory: 'Function failed due to not having enough compute resources (memory limit)',
  blocked: 'Function failed due to not having enough compute resources (CPU time limit)',
  crashed: 'Function exited before it answered',
  stopped: 'Function was stopped before it answered',
};

export interface Forwarding {
  readonly limits: FunctionLimits;
  readonly requestId: string;
  /** What the function sees: `/<name>/...`. */
  readonly path: string;
}

/** Sends the request on to the worker and its answer back, both streaming. Throws RelayError when the worker does not answer. */
export async function forward(
  worker: RunningWorker,
  request: IncomingMessage,
  response: ServerResponse,
  { limits, requestId, path }: Forwarding,
): Promise<void> {
  const { host = 'localhost' } = request.headers;
  const headers = {
    ...request.headers,
    'x-request-id': requestId,
    'x-forwarded-host': request.headers['x-forwarded-host'] ?? host,
    'x-forwarded-for': request.headers['x-forwarded-for'] ?? request.socket.remoteAddress ?? '',
  };
  const outgoing = httpRequest({ socketPath: worker.socket, agent, method: request.method, path, headers });
  const answer = Promise.withResolvers<IncomingMessage>();
  outgoing.once('response', answer.resolve).once('error', answer.reject);
  const timer = setTimeout(
    () => answer.reject(new RelayError(504, 'IDLE_TIMEOUT', 'Function did not answer in time')),
    limits.answerMs,
  );
  response.once('close', () => outgoing.destroy());
  // An answer may come before the whole body was read, and then the rest of it is nobody's.
  pipeline(request, outgoing).catch(() => undefined);
  try {
    const incoming = await answer.promise.catch((error: unknown) => explained(error, worker));
    clearTimeout(timer);
    response.writeHead(incoming.statusCode ?? 502, incoming.statusMessage, headersOf(incoming));
    response.flushHeaders();
    await pipeline(incoming, response);
  } catch (error) {
    if (response.destroyed && !(error instanceof RelayError)) return;
    throw error;
  } finally {
    clearTimeout(timer);
    outgoing.destroy();
  }
}

async function explained(error: unknown, worker: RunningWorker): Promise<never> {
  if (error instanceof RelayError) throw error;
  const reason = await Promise.race([worker.ended, delay(1000, undefined, { ref: false })]);
  const limit = reason === 'memory' || reason === 'blocked';
  const words = reason ? WORDS[reason] : 'Function could not be reached';
  throw new RelayError(limit ? 546 : 500, limit ? 'WORKER_LIMIT' : 'WORKER_ERROR', words, error);
}

const HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'date']);

function headersOf({ headersDistinct }: IncomingMessage): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headersDistinct)
      .filter(([name]) => !HOP.has(name))
      .map(([name, values]) => [name, values?.length === 1 ? values[0]! : (values ?? [])]),
  );
}
