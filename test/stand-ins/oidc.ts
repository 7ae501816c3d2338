/**
 * A provider that speaks OpenID Connect (Core 1.0, Discovery 1.0, PKCE of RFC 7636) and, below /login and /api/v3, what GitHub
 * documents. It signs `person` in at once; codes are good once, for the client, address and verifier they were asked with.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

export interface Person {
  readonly sub: string;
  readonly email?: string;
  /** Apple writes text. */
  readonly email_verified?: boolean | 'true';
  readonly name?: string;
  readonly [claim: string]: unknown;
}

export interface OidcStandIn extends AsyncDisposable {
  readonly issuer: string;
  /** Who is in front of the browser. */
  person: Person;
  /** Client id and secret that it knows. */
  readonly client: { readonly id: string; readonly secret: string };
  /** Signs a token as the provider does; claims given win. */
  idToken(claims: Readonly<Record<string, unknown>>): Promise<string>;
  /** Follows the address as a browser would and returns where the provider sends it. */
  visit(authorizationUrl: string): Promise<URL>;
  close(): Promise<void>;
}

interface Grant {
  readonly person: Person;
  readonly query: URLSearchParams;
}

export async function oidcStandIn(): Promise<OidcStandIn> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid: 'stand-in', alg: 'RS256', use: 'sig' };
  const client = { id: 'stand-in-client', secret: 'stand-in secret/+' };
  const codes = new Map<string, Grant>();
  const tokens = new Map<string, Person>();
  const state = { person: { sub: 'p1', email: 'p1@example.com', email_verified: true, name: 'Person One' } as Person };
  let issuer = '';

  const idToken = (claims: Readonly<Record<string, unknown>>) =>
    new SignJWT({ iss: issuer, aud: client.id, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'stand-in' })
      .setIssuedAt((claims['iat'] as number | undefined) ?? undefined)
      .setExpirationTime((claims['exp'] as number | undefined) ?? '5 minutes')
      .sign(privateKey);

  const authorize = (query: URLSearchParams, response: ServerResponse) => {
    const code = randomUUID();
    codes.set(code, { person: state.person, query });
    const back = new URL(query.get('redirect_uri') ?? '');
    back.searchParams.set('code', code);
    back.searchParams.set('state', query.get('state') ?? '');
    response.writeHead(302, { location: back.href }).end();
  };

  const exchange = async (message: IncomingMessage, response: ServerResponse) => {
    const form = new URLSearchParams(await textOf(message));
    const [id, secret] = credentialsOf(message, form);
    if (id !== client.id || secret !== client.secret) return json(response, 401, { error: 'invalid_client' });
    const grant = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    if (!grant || grant.query.get('redirect_uri') !== form.get('redirect_uri') || !answers(grant.query, form))
      return json(response, 400, { error: 'invalid_grant' });
    const accessToken = randomUUID();
    tokens.set(accessToken, grant.person);
    const nonce = grant.query.get('nonce');
    const { email_in_userinfo_only: hidden, ...claims } = grant.person;
    const shown = hidden ? { ...claims, email: undefined, email_verified: undefined } : claims;
    json(response, 200, {
      access_token: accessToken,
      token_type: 'Bearer',
      refresh_token: `refresh-${accessToken}`,
      id_token: await idToken({ ...shown, ...(nonce && { nonce }) }),
    });
  };

  const serve = async (message: IncomingMessage, response: ServerResponse) => {
    const url = new URL(message.url ?? '/', issuer);
    const person = tokens.get(message.headers.authorization?.replace(/^Bearer /, '') ?? '');
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json(response, 200, {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
          userinfo_endpoint: `${issuer}/userinfo`,
          code_challenge_methods_supported: ['S256'],
        });
      case '/jwks':
        return json(response, 200, { keys: [jwk] });
      case '/authorize':
      case '/login/oauth/authorize':
        return authorize(url.searchParams, response);
      case '/token':
      case '/login/oauth/access_token':
        return exchange(message, response);
      case '/userinfo':
        return person ? json(response, 200, person) : json(response, 401, { error: 'invalid_token' });
      case '/api/v3/user':
        return json(response, 200, {
          id: Number(person?.sub),
          login: person?.['login'],
          name: person?.name,
          avatar_url: '',
        });
      case '/api/v3/user/emails':
        return json(response, 200, person?.['emails'] ?? []);
      default:
        return json(response, 404, {});
    }
  };

  const server = createServer((message, response) => {
    serve(message, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    issuer,
    client,
    get person() {
      return state.person;
    },
    set person(person) {
      state.person = person;
    },
    idToken,
    visit: async (authorizationUrl) => {
      const answer = await fetch(authorizationUrl, { redirect: 'manual' });
      return new URL(answer.headers.get('location') ?? '');
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function answers(query: URLSearchParams, form: URLSearchParams): boolean {
  const challenge = query.get('code_challenge');
  if (challenge === null) return true;
  return (
    createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url') === challenge
  );
}

function credentialsOf(message: IncomingMessage, form: URLSearchParams): [string, string] {
  const basic = /^Basic (.+)$/.exec(message.headers.authorization ?? '')?.[1];
  if (!basic) return [form.get('client_id') ?? '', form.get('client_secret') ?? ''];
  const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString().split(':');
  const decoded = (text: string) => decodeURIComponent(text.replaceAll('+', ' '));
  return [decoded(id), decoded(secret)];
}

async function textOf(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of message) text += part;
  return text;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
