import type { ProviderClient } from './client.ts';
import { ProviderError, type ProviderTokens } from './provider.ts';
import { askProvider } from './provider-http.ts';

/** Trades an authorization code for tokens (RFC 6749 4.1.3). Throws ProviderError. */
export async function exchangeCode(
  endpoint: string,
  client: ProviderClient,
  given: { readonly code: string; readonly codeVerifier?: string },
  options: { readonly basic: boolean; readonly json?: boolean },
): Promise<ProviderTokens> {
  const clientId = client.clientIds[0] ?? '';
  const fields: Record<string, string> = {
    grant_type: 'authorization_code',
    code: given.code,
    redirect_uri: client.redirectUri,
    ...(given.codeVerifier && { code_verifier: given.codeVerifier }),
    ...(!options.basic && { client_id: clientId, client_secret: client.secret }),
  };
  const headers: Record<string, string> = {
    ...(options.basic && { authorization: basicCredentials(clientId, client.secret) }),
    ...(options.json && { 'content-type': 'application/json' }),
  };
  const body = options.json ? JSON.stringify(fields) : new URLSearchParams(fields);
  const answer = (await askProvider('exchange', endpoint, { method: 'POST', headers, body })) as Record<
    string,
    unknown
  >;
  const { access_token: accessToken, refresh_token: refreshToken, id_token: idToken, error } = answer;
  if (typeof accessToken !== 'string' || accessToken === '')
    throw new ProviderError('exchange', typeof error === 'string' ? error.slice(0, 100) : 'no access token');
  return {
    accessToken,
    ...(typeof refreshToken === 'string' && refreshToken !== '' && { refreshToken }),
    ...(typeof idToken === 'string' && idToken !== '' && { idToken }),
  };
}

/** RFC 6749 2.3.1: each half form-encoded before they are joined. */
function basicCredentials(clientId: string, secret: string): string {
  const encoded = (text: string) => encodeURIComponent(text).replaceAll('%20', '+');
  return `Basic ${Buffer.from(`${encoded(clientId)}:${encoded(secret)}`).toString('base64')}`;
}
