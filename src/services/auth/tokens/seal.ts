import { createHmac, hkdfSync } from 'node:crypto';

/** `AuthContext.seal`: one key for each purpose, derived from the project's secret by HKDF (RFC 5869). */
export function sealing(secret: string): (purpose: string, value: string) => string {
  const keys = new Map<string, Buffer>();
  const keyFor = (purpose: string): Buffer => {
    const known = keys.get(purpose) ?? Buffer.from(hkdfSync('sha256', secret, '', `freehold auth: ${purpose}`, 32));
    keys.set(purpose, known);
    return known;
  };
  return (purpose, value) => createHmac('sha256', keyFor(purpose)).update(value).digest('hex');
}
