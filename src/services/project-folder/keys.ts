import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { DEVELOPMENT_JWT_SECRET } from '#kernel/config.ts';
import { OperatorError } from '#kernel/errors.ts';
import type { FolderConfig } from './config/read-config.ts';

/** A JSON web key (RFC 7517) as it stands in a file of signing keys. */
export type Jwk = Readonly<Record<string, unknown>> & { readonly kty: string };

/** What clients bring and what tokens are checked with. */
export interface ProjectKeys {
  readonly jwtSecret: string;
  /** JWTs signed with the secret. */
  readonly anonKey: string;
  readonly serviceRoleKey: string;
  /** Opaque keys, only good as `apikey`. */
  readonly publishableKey: string;
  readonly secretKey: string;
  /** Private, the first one signs; empty when the secret signs. */
  readonly signingKeys: readonly Jwk[];
  /** JWK set with all that verifies a token, the secret among it: never shown to anyone. */
  readonly verificationKeys: string;
}

/** The published keys of the CLI, which front ends and suites carry in their code; only with its published secret. */
const DEMO_PUBLISHABLE = 'sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH';
const DEMO_SECRET = 'sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz';
/** As in the CLI's keys: July 2032. The same secret always gives the same keys. */
const EXPIRES = 1_983_812_996;

type GivenKeys = Partial<
  Pick<FolderConfig, 'signingKeysPath' | 'anonKey' | 'serviceRoleKey' | 'publishableKey' | 'secretKey'>
>;

/**
 * Keys of the project: those of config.toml, or made from the secret as the CLI makes them; a product has no config.toml and
 * gives `{}`. Throws OperatorError on a bad signing key file.
 */
export function projectKeys(config: GivenKeys, supabase: string, jwtSecret: string): ProjectKeys {
  const listed = config.signingKeysPath ? readSigningKeys(supabase, config.signingKeysPath) : [];
  const published = jwtSecret === DEVELOPMENT_JWT_SECRET;
  return {
    jwtSecret,
    anonKey: config.anonKey ?? legacyKey('anon', jwtSecret),
    serviceRoleKey: config.serviceRoleKey ?? legacyKey('service_role', jwtSecret),
    publishableKey: config.publishableKey ?? (published ? DEMO_PUBLISHABLE : opaqueKey('publishable', jwtSecret)),
    secretKey: config.secretKey ?? (published ? DEMO_SECRET : opaqueKey('secret', jwtSecret)),
    // A list of GoTrue's own (GOTRUE_JWT_KEYS) also names what only verifies: an older secret, the public part of an older key.
    signingKeys: listed.filter((key) => key.kty !== 'oct' && 'd' in key),
    verificationKeys: JSON.stringify({
      keys: [...listed.map(publicPart), { kty: 'oct', k: Buffer.from(jwtSecret).toString('base64url'), alg: 'HS256' }],
    }),
  };
}

const segment = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function legacyKey(role: 'anon' | 'service_role', secret: string): string {
  const signed = `${segment({ alg: 'HS256', typ: 'JWT' })}.${segment({ iss: 'supabase-demo', role, exp: EXPIRES })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

function opaqueKey(kind: 'publishable' | 'secret', secret: string): string {
  const digest = createHmac('sha256', secret).update(`sb_${kind}`).digest('base64url');
  return `sb_${kind}_${digest.slice(0, 22)}_${digest.slice(22, 30)}`;
}

function readSigningKeys(supabase: string, path: string): Jwk[] {
  const file = isAbsolute(path) ? path : join(supabase, path);
  if (!existsSync(file))
    throw new OperatorError(`auth.signing_keys_path names ${file}, which does not exist`, {
      remedy: 'Make it with `supabase gen signing-key`, or take the key out of config.toml.',
    });
  try {
    const keys: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (Array.isArray(keys) && keys.every(isSigningKey)) return keys;
  } catch (error) {
    throw new OperatorError(`${file} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  throw new OperatorError(`${file} must be a list of JSON web keys with kty EC, RSA, OKP or oct (of 32 bytes)`);
}

/** Bytes: HS256 asks for as many as its digest has (RFC 7518, 3.2). */
const SHORTEST_SECRET = 32;

function isSigningKey(key: unknown): key is Jwk {
  const { kty, k } = (key ?? {}) as Jwk;
  if (kty === 'oct') return typeof k === 'string' && Buffer.from(k, 'base64url').length >= SHORTEST_SECRET;
  return kty === 'EC' || kty === 'RSA' || kty === 'OKP';
}

const PRIVATE_FIELDS = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth']);

/** The part of a key that only verifies. */
export function publicPart(key: Jwk): Jwk {
  const shown = Object.entries(key).filter(([name]) => !PRIVATE_FIELDS.has(name));
  return { ...Object.fromEntries(shown), key_ops: ['verify'], kty: key.kty };
}
