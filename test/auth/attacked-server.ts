/** What the attacks share: a server whose clock stands still, people with accounts, tokens made by hand. */
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { type AuthServer, authServer, type Reply } from './server.ts';

export const SITE = 'http://localhost:9999';
export const password = 'password1';
export const HS256 = { alg: 'HS256', typ: 'JWT' };
export const address = () => `u${randomUUID().slice(0, 8)}@example.com`;
export const segment = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
export const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());

export function hmac(header: object, claims: object, secret: string | Buffer): string {
  const signed = `${segment(header)}.${segment(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

export const refusedWith = (reply: Reply, status: number, code: string) =>
  assert.deepEqual([reply.status, reply.json?.code], [status, code], reply.text);

/** The clock stands still but where a test moves it: locks neither end early nor need waiting for. */
export const clock = { now: Date.now() };

export const attackedServer = (): Promise<AuthServer> =>
  authServer({
    now: () => clock.now,
    poolSize: 8,
    config: {
      auth: {
        site_url: SITE,
        additional_redirect_urls: [`${SITE}/welcome`, 'https://*.example.org/**'],
        enable_anonymous_sign_ins: true,
        rate_limit: { email_sent: 100_000 },
        email: { enable_confirmations: true, max_frequency: '0s' },
      },
    },
  });

/** An account without a password: nothing is hashed. */
export async function account(server: AuthServer) {
  const email = address();
  const { data, error } = await server.admin().auth.admin.createUser({ email, email_confirm: true });
  assert.equal(error, null);
  return { email, id: data.user!.id };
}

export async function signedIn(server: AuthServer) {
  const email = address();
  const { data, error } = await server.admin().auth.admin.createUser({ email, password, email_confirm: true });
  assert.equal(error, null);
  const session = (await server.client().auth.signInWithPassword({ email, password })).data.session!;
  return { email, id: data.user!.id, session, claims: claimsOf(session.access_token) };
}
