import { ConfigError } from './config-file.ts';

const SHORTEST = 32;

/**
 * The secret as configured, or what its file holds when it is `@path` (without the line's end). A plain secret shorter than 32
 * bytes is refused, as RFC 7518 (3.2) asks for HS256; a JWK or JWK set is not judged here.
 */
export function requireSecret(
  text: string | undefined,
  isBase64: boolean,
  readFile: (path: string) => string,
): string | undefined {
  if (text === undefined) return undefined;
  const secret = text.startsWith('@') ? readFile(text.slice(1)).replace(/\r?\n$/, '') : text;
  if (!isJwk(secret) && bytesOf(secret, isBase64) < SHORTEST)
    throw new ConfigError('The JWT secret must be at least 32 characters long.');
  return secret;
}

function bytesOf(secret: string, isBase64: boolean): number {
  if (!isBase64) return Buffer.byteLength(secret);
  const usual = secret.trim().replaceAll('_', '/').replaceAll('-', '+').replaceAll('.', '=');
  if (!/^[A-Za-z0-9+/\s]*={0,2}$/.test(usual)) throw new ConfigError('jwt-secret is not valid base64');
  return Buffer.from(usual, 'base64').length;
}

function isJwk(secret: string): boolean {
  try {
    const value: unknown = JSON.parse(secret);
    return typeof value === 'object' && value !== null && ('kty' in value || 'keys' in value);
  } catch {
    return false;
  }
}
