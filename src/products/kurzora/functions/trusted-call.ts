import type { FunctionContext } from '#kernel/product.ts';
import { verifyCall } from '#services/notifications/api.ts';
import type { KurzoraServices } from '../services.ts';

/** The body of a call with the service key or x-webhook-signature over these bytes; nothing for anybody else's. */
export async function trustedBody(
  request: Request,
  { identity, services, project }: FunctionContext<KurzoraServices>,
): Promise<Uint8Array | undefined> {
  const body = new Uint8Array(await request.arrayBuffer());
  const call = { headers: Object.fromEntries(request.headers), body };
  const trusted =
    identity.role === 'service_role' ||
    verifyCall(call, services.alerts.callbackSecret, project.now()).kind === 'genuine';
  return trusted ? body : undefined;
}

/** Null where it is no JSON, and an object where there is nothing. */
export function parsed(body: Uint8Array): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return null;
  }
}

export const json = (status: number, body: unknown): Response => Response.json(body, { status });
