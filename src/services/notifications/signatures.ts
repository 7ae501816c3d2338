import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Seconds a signed call may be old, or ahead. */
const TOLERANCE_SECONDS = 300;

export interface SignedCall {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

/** What a replay is told by, or why the call is not believed. */
export type Verdict =
  | { readonly kind: 'genuine'; readonly id: string }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Checks `x-webhook-signature: sha256=<hex>` over the bytes that came. With `x-webhook-timestamp` (epoch seconds) the signed text is
 * `<timestamp>.<body>` and must be fresh; without, over the body alone, and the signature counts once for good.
 */
export function verifyCall({ headers, body }: SignedCall, secret: string, now: number): Verdict {
  const given = one(headers['x-webhook-signature']);
  const match = /^sha256=([0-9a-f]{64})$/i.exec(given ?? '');
  if (!match) return { kind: 'refused', reason: 'x-webhook-signature must be sha256=<hex>' };
  const timestamp = one(headers['x-webhook-timestamp']);
  const mac = createHmac('sha256', secret);
  if (timestamp !== undefined) {
    const age = Math.abs(now / 1000 - Number(timestamp));
    if (!(age <= TOLERANCE_SECONDS)) return { kind: 'refused', reason: 'the signature is too old' };
    mac.update(`${timestamp}.`);
  }
  if (!timingSafeEqual(mac.update(body).digest(), Buffer.from(match[1]!, 'hex')))
    return { kind: 'refused', reason: 'the signature does not fit' };
  return { kind: 'genuine', id: match[1]!.toLowerCase() };
}

/** Equal in constant time, whatever the lengths. */
export function sameSecret(given: string | undefined, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given ?? ''), digest(expected)) && given !== undefined;
}

/** `<base64url of the text>.<mac>`: for links that stand in mails for years. */
export function signText(text: string, secret: string): string {
  return `${Buffer.from(text).toString('base64url')}.${macOf(text, secret)}`;
}

/** The signed text, or null. */
export function readSigned(token: string, secret: string): string | null {
  const [encoded = '', mac = '', rest] = token.split('.');
  const text = Buffer.from(encoded, 'base64url').toString();
  return rest === undefined && sameSecret(mac, macOf(text, secret)) ? text : null;
}

const macOf = (text: string, secret: string): string => createHmac('sha256', secret).update(text).digest('base64url');
const one = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);
