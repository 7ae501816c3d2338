/** OpenID Connect Discovery 1.0 and ID tokens. Documents and keys are kept for an hour; an unknown `kid` fetches keys again. */
import { createHash } from 'node:crypto';
import { createRemoteJWKSet, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { ProviderError } from './provider.ts';
import { askProvider } from './provider-http.ts';
import type { OidcClaims } from './vendor.ts';

export interface Discovery {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly jwks_uri: string;
  readonly userinfo_endpoint?: string;
  readonly [field: string]: unknown;
}

const HOUR_MS = 60 * 60 * 1000;
/** Asymmetric ones only: a key set that is public must never serve as a secret. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const documents = new LRUCache<string, Discovery>({ max: 200, ttl: HOUR_MS });
const keySets = new LRUCache<string, JWTVerifyGetKey>({ max: 200 });

export const discoveryUrl = (issuer: string): string => `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;

/** The document of this issuer. Throws ProviderError when it cannot be had, lacks a field, or names another issuer. */
export async function discover(issuer: string, options: { url?: string; fresh?: boolean } = {}): Promise<Discovery> {
  const url = options.url ?? discoveryUrl(issuer);
  const key = `${issuer} ${url}`;
  const known = options.fresh ? undefined : documents.get(key);
  if (known) return known;
  const document = checkedDiscovery(await askProvider('discovery', url), issuer);
  documents.set(key, document);
  return document;
}

function checkedDiscovery(answer: unknown, issuer: string): Discovery {
  const document = answer as Discovery;
  for (const field of ['issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const)
    if (typeof document[field] !== 'string')
      throw new ProviderError('discovery', `the discovery document lacks ${field}`);
  // Microsoft's common endpoint names `{tenantid}` in its issuer; its vendor accepts the issuers of tenants itself.
  const same = document.issuer.replace(/\/$/, '') === issuer.replace(/\/$/, '');
  if (!same && !document.issuer.includes('{tenantid}'))
    throw new ProviderError(
      'discovery',
      `issuer ${issuer} does not match ${document.issuer} in the discovery document`,
    );
  return document;
}

export interface VerifyIdToken {
  readonly jwksUri: string;
  readonly acceptsIssuer: (issuer: string) => boolean;
  /** Milliseconds. */
  readonly now: number;
}

/** Claims of an ID token whose signature, issuer and times are good; audience and nonce are the caller's. Throws ProviderError. */
export async function verifyIdToken(
  token: string,
  { jwksUri, acceptsIssuer, now }: VerifyIdToken,
): Promise<OidcClaims> {
  const keys = keySets.get(jwksUri) ?? createRemoteJWKSet(new URL(jwksUri), { timeoutDuration: 10_000 });
  keySets.set(jwksUri, keys);
  const { payload } = await jwtVerify(token, keys, {
    algorithms: ALGORITHMS,
    currentDate: new Date(now),
    clockTolerance: 30,
    requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat'],
  }).catch((cause) => {
    throw new ProviderError('profile', 'Bad ID token', cause);
  });
  const { iss, sub } = payload;
  if (!iss || !sub || !acceptsIssuer(iss)) throw new ProviderError('profile', 'Bad ID token');
  return { ...payload, iss, sub };
}

export const audiencesOf = (claims: OidcClaims): string[] => {
  const aud = claims['aud'];
  return Array.isArray(aud) ? aud.map(String) : [String(aud ?? '')];
};

/** OIDC Core 3.1.3.7: meant for one of our clients; with several audiences the authorised party must be ours as well. */
export function isForUs(claims: OidcClaims, clientIds: readonly string[]): boolean {
  const audiences = audiencesOf(claims);
  const ours = audiences.some((audience) => audience !== '' && clientIds.includes(audience));
  return ours && (audiences.length === 1 || clientIds.includes(String(claims['azp'] ?? '')));
}

/** OIDC Core 3.1.3.6: the left half of the access token's hash, by the hash that the signature uses. */
export function matchesAccessToken(claims: OidcClaims, accessToken: string, algorithm: string): boolean {
  const bits = /(256|384|512)$/.exec(algorithm)?.[1] ?? (algorithm.startsWith('Ed') ? '512' : '256');
  const digest = createHash(`sha${bits}`).update(accessToken, 'ascii').digest();
  return digest.subarray(0, digest.length / 2).toString('base64url') === claims['at_hash'];
}
