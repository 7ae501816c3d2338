import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FunctionCaller, FunctionHandler, FunctionLimits } from './api.ts';
import { RelayError } from './refuse.ts';
import { requestOf, send } from './worker/fetch-exchange.ts';

/** Runs a product's handler in our own process, on a fetch Request. Throws RelayError past the time limit. */
export async function handleHere(
  handler: FunctionHandler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { caller, limits }: { readonly caller: FunctionCaller; readonly limits: FunctionLimits },
): Promise<void> {
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort());
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new RelayError(504, 'IDLE_TIMEOUT', 'Function did not answer in time')),
    limits.answerMs,
  );
  try {
    const response = await Promise.race([handler.handle(requestOf(incoming, gone.signal), caller), late.promise]);
    clearTimeout(timer);
    await send(response, outgoing);
  } finally {
    clearTimeout(timer);
  }
}
