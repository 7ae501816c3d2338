import type { ServerResponse } from 'node:http';
import { Refusal } from '../errors.ts';

/**
 * Runs `work` with a signal that aborts when the caller has gone or `ms` have passed; a session that was given the signal is
 * cancelled in Postgres. Past the deadline it rejects with TIMEOUT (504) even when `work` does not listen.
 */
export async function withDeadline<T>(
  response: ServerResponse,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const refusal = new Refusal('TIMEOUT', 'The request took too long and was stopped');
    late.reject(refusal);
    controller.abort(refusal);
  }, ms);
  const left = () => {
    if (!response.writableFinished) controller.abort(new Refusal('TIMEOUT', 'The caller has gone'));
  };
  response.once('close', left);
  try {
    return await Promise.race([work(controller.signal), late.promise]);
  } finally {
    clearTimeout(timer);
    response.off('close', left);
  }
}
