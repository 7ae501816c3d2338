import { timingSafeEqual } from 'node:crypto';
import type { ProjectKeys } from '../keys.ts';

/** What the gateway decided: the request goes on with this Authorization header, or is refused. */
export type Admission =
  | { readonly kind: 'admitted'; readonly authorization: string | undefined }
  | { readonly kind: 'refused'; readonly message: string; readonly hint: string };

export interface Presented {
  /** Path and query; addresses that need no key are known by it. */
  readonly url?: string;
  readonly authorization?: string;
  /** Header `apikey`, or the parameter of that name where headers cannot be set. */
  readonly apikey?: string;
}

/**
 * Addresses that people follow without a key: links in mails, redirects of providers, public and signed files, webhooks that call
 * functions. Each service decides about them by other means than the key.
 */
const OPEN =
  /^\/(?:auth\/v1\/(?:verify|callback|authorize|settings|health|\.well-known\/|sso\/saml\/|oauth\/(?:authorize|token|clients\/register|userinfo))|storage\/v1\/(?:object\/(?:public|sign|upload\/sign|info\/public)\/|render\/image\/(?:public|sign)\/|upload\/resumable\/sign|s3(?:\/|$|\?)|status)|functions\/v1\/)/;

/** Whether this address needs no key in production either. Pure. */
export const isOpen = (url: string): boolean => OPEN.test(url);

/**
 * The rules before every service. A token of the caller's wins; opaque keys become the JWT of their role, also where a client sent
 * one as Bearer; a JWT as `apikey` counts as Bearer. Without any key: anon in development, refused in production. Pure.
 */
export function admit(presented: Presented, keys: ProjectKeys, production: boolean): Admission {
  const { authorization, apikey } = presented;
  const bearer = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (authorization && !bearer?.startsWith('sb_')) {
    return apikey?.startsWith('sb_') && !roleToken(apikey, keys) ? BAD_KEY : { kind: 'admitted', authorization };
  }
  const key = apikey || bearer;
  if (!key) return production && !isOpen(presented.url ?? '') ? NO_KEY : { kind: 'admitted', authorization: undefined };
  if (!key.startsWith('sb_')) return { kind: 'admitted', authorization: `Bearer ${key}` };
  const token = roleToken(key, keys);
  return token ? { kind: 'admitted', authorization: `Bearer ${token}` } : BAD_KEY;
}

const NO_KEY: Admission = {
  kind: 'refused',
  message: 'No API key found in request',
  hint: 'No `apikey` request header or url param was found.',
};

const BAD_KEY: Admission = {
  kind: 'refused',
  message: 'Invalid API key',
  hint: 'Double check the API key of your project.',
};

function roleToken(key: string, keys: ProjectKeys): string | undefined {
  if (same(key, keys.secretKey)) return keys.serviceRoleKey;
  return same(key, keys.publishableKey) ? keys.anonKey : undefined;
}

function same(given: string, known: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(known)];
  return a.length === b.length && timingSafeEqual(a, b);
}
