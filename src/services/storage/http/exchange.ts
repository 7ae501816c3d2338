import type { IncomingMessage, ServerResponse } from 'node:http';
import { REFUSED } from '../errors.ts';
import type { Caller, Parts, Scope } from '../parts.ts';
import { callerOf } from './caller.ts';

/** One request and its answer, as handlers see it. */
export interface Exchange {
  readonly parts: Parts;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  /** What stands in the places of the route's pattern, decoded; `''` where a place is empty. */
  readonly params: Readonly<Record<string, string>>;
  /** Aborts when the caller has gone before his answer was complete. */
  readonly signal: AbortSignal;
  /** Who asks; throws AccessDenied when his token is not good. */
  caller(): Promise<Caller>;
  /** Work for the caller, or for somebody else where a signed address stands for him. */
  scope(caller?: Caller): Promise<Scope>;
  header(name: string): string | undefined;
}

export interface ExchangeOptions {
  readonly parts: Parts;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly params: Readonly<Record<string, string>>;
  /** `storage.object.upload` */
  readonly operation: string;
}

export function createExchange(options: ExchangeOptions): Exchange {
  const { parts, request, response, path, query, params, operation } = options;
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(REFUSED.aborted());
  });
  const header = (name: string) => {
    const value = request.headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  let known: Promise<Caller> | undefined;
  const caller = () => {
    known ??= callerOf(parts, header('authorization'));
    return known;
  };
  const settings = {
    'storage.operation': operation,
    'request.method': request.method ?? 'GET',
    'request.path': path,
    'request.headers': JSON.stringify(request.headers),
  };
  const { signal } = controller;
  const scope = async (as?: Caller) => ({ parts, caller: as ?? (await caller()), settings, signal });
  return { parts, request, response, query, params, signal, caller, scope, header };
}
