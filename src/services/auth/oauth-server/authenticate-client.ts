import type { AuthContext } from '../context.ts';
import { OAuthError } from '../errors.ts';
import type { AuthRequest } from '../http/endpoint.ts';
import { clearAttempts, countAttempt } from '../limits/attempts.ts';
import { isUuid } from '../store/users.ts';
import { sameText, tokenHash } from '../tokens/random.ts';
import { findClient, type OAuthClientRow } from './client-store.ts';

const invalidClient = (status = 401) => new OAuthError(status, 'invalid_client', 'Invalid client credentials');

/**
 * The application that asks at the token endpoint (RFC 6749 2.3): by Basic, by fields of the body, or, where it keeps no secret, by
 * its id alone. Tries of secrets are counted before they are compared. Throws OAuthError invalid_client.
 */
export async function authenticateClient(context: AuthContext, request: AuthRequest<unknown>): Promise<OAuthClientRow> {
  const { id, secret, basic } = credentialsOf(request);
  if (!isUuid(id)) throw invalidClient(basic ? 401 : 400);
  const client = await context.transaction((tx) => findClient(tx, id), { readOnly: true });
  if (!client) throw invalidClient();
  if (client.client_type === 'public') {
    if (secret !== '') throw invalidClient();
    return client;
  }
  const attempt = { kind: 'client_secret', account: id, ip: request.ip } as const;
  await countAttempt(context, attempt);
  if (!client.client_secret_hash || !sameText(tokenHash(secret), client.client_secret_hash)) throw invalidClient();
  const method = basic ? 'client_secret_basic' : 'client_secret_post';
  if (client.token_endpoint_auth_method !== method) throw invalidClient();
  await clearAttempts(context, attempt);
  return client;
}

function credentialsOf(request: AuthRequest<unknown>): { id: string; secret: string; basic: boolean } {
  const header = /^basic +(\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
  if (header) {
    const [id = '', secret = ''] = Buffer.from(header, 'base64').toString('utf8').split(/:(.*)/s).map(formDecoded);
    return { id, secret, basic: true };
  }
  const body = request.body as Readonly<Record<string, unknown>>;
  const text = (name: string) => (typeof body[name] === 'string' ? (body[name] as string) : '');
  return { id: text('client_id'), secret: text('client_secret'), basic: false };
}

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
