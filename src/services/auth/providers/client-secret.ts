/**
 * A custom provider's secret must be shown to the provider, so a hash will not do: it is stored encrypted (AES-256-GCM) under a key
 * that is not in the database, `sealed:<nonce>.<tag>.<text>` in base64url. A secret that another server stored plainly is read as it is.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { AuthContext } from '../context.ts';

const PREFIX = 'sealed:';
const ALGORITHM = 'aes-256-gcm';

const keyOf = (context: AuthContext, identifier: string) =>
  Buffer.from(context.seal('custom-provider-secret', identifier), 'hex');

export function sealClientSecret(context: AuthContext, identifier: string, secret: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv(ALGORITHM, keyOf(context, identifier), nonce);
  const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return PREFIX + [nonce, cipher.getAuthTag(), text].map((part) => part.toString('base64url')).join('.');
}

/** Throws when the JWT secret has changed since: the provider's secret must be set again then. */
export function openClientSecret(context: AuthContext, identifier: string, stored: string): string {
  if (!stored.startsWith(PREFIX)) return stored;
  const [nonce, tag, text] = stored
    .slice(PREFIX.length)
    .split('.')
    .map((part) => Buffer.from(part, 'base64url'));
  const decipher = createDecipheriv(ALGORITHM, keyOf(context, identifier), nonce!, { authTagLength: 16 });
  decipher.setAuthTag(tag!);
  return Buffer.concat([decipher.update(text!), decipher.final()]).toString('utf8');
}
