import { randomUUID } from 'node:crypto';
import type { AuthContext } from './context.ts';
import { dispatch, foundEndpoint } from './http/dispatch.ts';
import type { AuthRequest, Endpoint } from './http/endpoint.ts';
import { router } from './http/router.ts';
import type { SessionBody } from './sessions/issue-session.ts';
import type { UserBody } from './users/user-body.ts';

/** Who asks, as the product's own HTTP layer knows it: limits and lockouts go by the address. */
export interface Client {
  readonly ip: string;
  readonly userAgent: string;
}

/** Where somebody can be reached. Numbers in E.164; rules/addresses.ts reads what people write at home. */
export type Reach = { readonly email: string } | { readonly phone: string };

/**
 * The account service for the products' own login routes: the endpoints of /auth/v1 without HTTP, with all their limits and rules.
 * Every method throws AuthError (status, code, message, retryAfter) where the endpoint would refuse.
 */
export interface Accounts {
  /** A session where addresses count as confirmed at once, else the user alone: a message is under way. */
  signUp(
    client: Client,
    given: Reach & { readonly password: string; readonly data?: Readonly<Record<string, unknown>> },
  ): Promise<SessionBody | UserBody>;
  signIn(client: Client, given: Reach & { readonly password: string }): Promise<SessionBody>;
  /** A code by mail or SMS; makes the account unless `createUser` is false. Says nothing about whether there was one. */
  requestCode(
    client: Client,
    given: Reach & { readonly createUser?: boolean; readonly data?: Readonly<Record<string, unknown>> },
  ): Promise<void>;
  /** The code that came: signs in. */
  verifyCode(client: Client, given: Reach & { readonly code: string }): Promise<SessionBody>;
  /** A link to choose a new password, if somebody has the address. */
  recover(client: Client, given: { readonly email: string; readonly redirectTo?: string }): Promise<void>;
  refresh(client: Client, refreshToken: string): Promise<SessionBody>;
  user(client: Client, accessToken: string): Promise<UserBody>;
  updateUser(client: Client, accessToken: string, changes: Readonly<Record<string, unknown>>): Promise<UserBody>;
  logOut(client: Client, accessToken: string, scope?: 'global' | 'local' | 'others'): Promise<void>;
  /** Any endpoint: what it answers with. */
  ask(client: Client, asked: Asked): Promise<unknown>;
}

export interface Asked {
  readonly method: Endpoint['method'];
  /** Below /auth/v1, e.g. `/factors`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly token?: string;
}

export function openAccounts(context: AuthContext, endpoints: readonly Endpoint[]): Accounts {
  const route = router(endpoints);
  const ask = async (client: Client, asked: Asked): Promise<unknown> => {
    const { endpoint, params } = foundEndpoint(route(asked.method, asked.path));
    if (endpoint.limit) context.limits.request(endpoint.limit, client.ip);
    const answer = await dispatch(context, endpoint, requestOf(context, client, asked, params));
    return 'body' in answer ? asJson(answer.body) : undefined;
  };
  const post = (client: Client, path: string, body: Asked['body'], query?: Asked['query']) =>
    ask(client, { method: 'POST', path, body, query });
  const token = async (client: Client, grant: string, body: Asked['body']) =>
    (await post(client, '/token', body, { grant_type: grant })) as SessionBody;
  return {
    ask,
    signUp: async (client, given) => (await post(client, '/signup', given)) as SessionBody | UserBody,
    signIn: (client, given) => token(client, 'password', given),
    requestCode: async (client, { createUser, ...given }) => {
      await post(client, '/otp', { ...given, create_user: createUser ?? true });
    },
    verifyCode: async (client, { code, ...reach }) =>
      (await post(client, '/verify', {
        ...reach,
        token: code,
        type: 'email' in reach ? 'email' : 'sms',
      })) as SessionBody,
    recover: async (client, { email, redirectTo }) => {
      await post(client, '/recover', { email }, redirectTo ? { redirect_to: redirectTo } : {});
    },
    refresh: (client, refreshToken) => token(client, 'refresh_token', { refresh_token: refreshToken }),
    user: async (client, accessToken) =>
      (await ask(client, { method: 'GET', path: '/user', token: accessToken })) as UserBody,
    updateUser: async (client, accessToken, body) =>
      (await ask(client, { method: 'PUT', path: '/user', token: accessToken, body })) as UserBody,
    logOut: async (client, accessToken, scope = 'global') => {
      await ask(client, { method: 'POST', path: '/logout', token: accessToken, query: { scope } });
    },
  };
}

/** What a client on the wire would see: no Date, nothing undefined. */
const asJson = (body: unknown): unknown => (body === undefined ? undefined : JSON.parse(JSON.stringify(body)));

function requestOf(
  context: AuthContext,
  client: Client,
  { method, path, query = {}, body = {}, token }: Asked,
  params: Readonly<Record<string, string>>,
): AuthRequest {
  return {
    method,
    path,
    params,
    query: new URLSearchParams(query),
    headers: {},
    body,
    ...client,
    token,
    requestId: randomUUID(),
    apiUrl: new URL(context.settings.externalUrl()).origin,
  };
}
