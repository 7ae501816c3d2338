/** `serve` of Deno's standard library. */
import { type Handler, registerHandler } from '../registry.ts';

export function serve(handler: Handler): void {
  registerHandler(handler);
}

export const STATUS_CODE = Object.freeze({ OK: 200, NotFound: 404, InternalServerError: 500 });
