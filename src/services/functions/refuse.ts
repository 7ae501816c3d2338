import type { IncomingMessage, ServerResponse } from 'node:http';

/** What we answer in a function's place; clients know it by the header `x-relay-error`. */
export class RelayError extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.status = status;
    this.code = code;
  }
}

/** Answers with the refusal, or cuts an answer that has begun: a short body must not look like a whole one. */
export function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const known = error instanceof RelayError;
  const body = {
    code: known ? error.code : 'WORKER_ERROR',
    message: known ? error.message : 'Request failed due to an internal server error',
  };
  // What was not read stays on the connection; closing it is cheaper than reading an upload to its end.
  response
    .writeHead(known ? error.status : 500, {
      'content-type': 'application/json; charset=utf-8',
      'x-relay-error': 'true',
      ...(!request.complete && { connection: 'close' }),
    })
    .end(JSON.stringify(body));
}
