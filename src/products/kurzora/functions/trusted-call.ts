import type { FunctionContext, ProductFunction } from '#kernel/product.ts';
import { verifyCall } from '#services/notifications/api.ts';
import type { KurzoraServices } from '../services.ts';

type Context = FunctionContext<KurzoraServices>;

/**
 * A function that is called by POST, with the service key or x-webhook-signature over the very bytes of the body; 405 and 401 otherwise.
 * `handle` gets the JSON of the body: null where it is none, an empty object where there is no body.
 */
export function trustedFunction(
  handle: (body: unknown, context: Context, signal: AbortSignal) => Promise<Response>,
): ProductFunction<KurzoraServices> {
  return {
    verifyJwt: false,
    async handle(request, context) {
      if (request.method === 'OPTIONS') return new Response('ok');
      if (request.method !== 'POST') return json(405, { success: false, error: 'POST only' });
      const body = new Uint8Array(await request.arrayBuffer());
      if (!isTrusted(request, body, context))
        return json(401, { success: false, error: 'this needs the service key or a signature' });
      return await handle(parsed(body), context, request.signal);
    },
  };
}

function isTrusted({ headers }: Request, body: Uint8Array, { identity, services, project }: Context): boolean {
  if (identity.role === 'service_role') return true;
  const call = { headers: Object.fromEntries(headers), body };
  return verifyCall(call, services.alerts.callbackSecret, project.now()).kind === 'genuine';
}

function parsed(body: Uint8Array): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return null;
  }
}

export const json = (status: number, body: unknown): Response => Response.json(body, { status });
