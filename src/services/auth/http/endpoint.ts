import type { Static, TSchema } from 'typebox';
import type { AuthContext } from '../context.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { UserRow } from '../store/users.ts';
import { checkedBody } from './check-body.ts';

/** A request as endpoints see it: body parsed, parameters of the path decoded, nothing verified yet but the caller. */
export interface AuthRequest<Body = Readonly<Record<string, unknown>>> {
  readonly method: string;
  /** Without the prefix /auth/v1. */
  readonly path: string;
  /** `:id` of the endpoint's path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** JSON object, or the fields of a form; empty when there was no body. */
  readonly body: Body;
  /** Address of the client as the gateway knows it. */
  readonly ip: string;
  readonly userAgent: string;
  /** The Bearer token, whatever it is worth. */
  readonly token?: string;
  readonly requestId: string;
  /** Scheme and host that the client used, from settings, never from a Host header that nobody configured. */
  readonly apiUrl: string;
}

/** Somebody signed in: the token was verified, the user exists and is not banned, the session lives. */
export interface SignedIn {
  readonly claims: Readonly<Record<string, unknown>> & { readonly sub: string };
  readonly user: UserRow;
  /** Absent only for tokens without session_id, e.g. made by a product's own tests. */
  readonly session?: SessionRow;
}

export type Answer =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly redirect: string; readonly status?: 302 | 303 | 307 }
  /** A page or a picture: text with its own media type. */
  | { readonly status: number; readonly text: string; readonly mediaType: string };

interface Common {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** e.g. `/factors/:id/verify`. */
  readonly path: string;
  /** A family of limits that counts this request by client address before anything else happens. */
  readonly limit?: LimitFamily;
  /** Errors go back as `{error, error_description}`. */
  readonly oauthErrors?: boolean;
}

/** Names as in config.toml's [auth.rate_limit]. */
export type LimitFamily =
  | 'anonymous_users'
  | 'token_refresh'
  | 'sign_in_sign_ups'
  | 'token_verifications'
  | 'web3'
  | 'oauth_clients';

export interface PublicEndpoint extends Common {
  readonly access: 'public';
  handle(context: AuthContext, request: AuthRequest): Promise<Answer>;
}
export interface UserEndpoint extends Common {
  readonly access: 'user';
  handle(context: AuthContext, request: AuthRequest, caller: SignedIn): Promise<Answer>;
}
/** The token's role is service_role or supabase_admin. */
export interface AdminEndpoint extends Common {
  readonly access: 'admin';
  handle(context: AuthContext, request: AuthRequest): Promise<Answer>;
}
export type Endpoint = PublicEndpoint | UserEndpoint | AdminEndpoint;

interface Handlers<Schema extends TSchema> {
  public: (context: AuthContext, request: AuthRequest<Static<Schema>>) => Promise<Answer>;
  user: (context: AuthContext, request: AuthRequest<Static<Schema>>, caller: SignedIn) => Promise<Answer>;
  admin: (context: AuthContext, request: AuthRequest<Static<Schema>>) => Promise<Answer>;
}

/**
 * One endpoint, one file: `export const signUp = endpoint('POST', '/signup', 'public', Body, async (context, request) => ...)`.
 * The body is checked against the schema first (validation_failed, 400); fields that the schema does not name pass through.
 */
export function endpoint<Access extends keyof Handlers<TSchema>, Schema extends TSchema>(
  method: Common['method'],
  path: string,
  access: Access,
  body: Schema,
  handle: Handlers<Schema>[Access],
  options: Pick<Common, 'limit' | 'oauthErrors'> = {},
): Endpoint {
  const checked = (request: AuthRequest): AuthRequest => ({ ...request, body: checkedBody(body, request.body) });
  const run = handle as (context: AuthContext, request: AuthRequest, caller?: SignedIn) => Promise<Answer>;
  return {
    method,
    path,
    access,
    ...options,
    handle: (context: AuthContext, request: AuthRequest, caller?: SignedIn) => run(context, checked(request), caller),
  } as Endpoint;
}
