import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { ConfigError } from './config-file.ts';

const SHORTEST = 32;

/**
 * The secret as configured, or what its file holds when it is `@path` (without the line's end). A plain secret shorter than 32
 * bytes is refused, as RFC 7518 (3.2) asks for HS256; of a JWK or JWK set each key must be one.
 */
export function requireSecret(
  text: string | undefined,
  isBase64: boolean,
  readFile: (path: string) => string,
): string | undefined {
  if (text === undefined) return undefined;
  const secret = text.startsWith('@') ? readFile(text.slice(1)).replace(/\r?\n$/, '') : text;
  const keys = keysOf(secret);
  if (keys) for (const key of keys) requireKey(key);
  else if (bytesOf(secret, isBase64) < SHORTEST)
    throw new ConfigError('The JWT secret must be at least 32 characters long.');
  return secret;
}

function bytesOf(secret: string, isBase64: boolean): number {
  if (!isBase64) return Buffer.byteLength(secret);
  const usual = secret.trim().replaceAll('_', '/').replaceAll('-', '+').replaceAll('.', '=');
  if (!/^[A-Za-z0-9+/\s]*={0,2}$/.test(usual)) throw new ConfigError('jwt-secret is not valid base64');
  return Buffer.from(usual, 'base64').length;
}

/** The keys of a JWK or a JWK set; undefined when it is neither. */
function keysOf(secret: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(secret);
    if (typeof value !== 'object' || value === null) return undefined;
    if ('keys' in value && Array.isArray(value.keys)) return value.keys;
    return 'kty' in value ? [value] : undefined;
  } catch {
    return undefined;
  }
}

function requireKey(key: unknown): void {
  const { kty, k } = (typeof key === 'object' && key !== null ? key : {}) as Record<string, unknown>;
  if (kty === 'oct' ? typeof k === 'string' && k !== '' : isPublicKey(key)) return;
  throw new ConfigError('jwt-secret holds a JWK that is no key');
}

function isPublicKey(key: unknown): boolean {
  try {
    createPublicKey({ key: key as JsonWebKey, format: 'jwk' });
    return true;
  } catch {
    return false;
  }
}
