import { createHmac, timingSafeEqual } from 'node:crypto';

/** Older or further ahead than this is refused: it may be a replay. */
export const TOLERANCE_SECONDS = 300;

/**
 * Whether a `Stripe-Signature` header (`t=..,v1=..,v1=..`) signs these bytes: HMAC-SHA256 of `t.body` by the endpoint's secret.
 * Several v1 stand there while a secret is being changed. Source: docs.stripe.com/webhooks, "Verify manually".
 */
export function checkSignature(
  body: Uint8Array,
  header: string | undefined,
  options: { secret: string; nowSeconds: number },
): 'good' | 'malformed' | 'wrong' | 'too old' {
  const parts = (header ?? '').split(',').map((part) => part.trim().split('=', 2) as [string, string | undefined]);
  const time = parts.find(([name]) => name === 't')?.[1];
  const given = parts.flatMap(([name, value]) => (name === 'v1' && value ? [value] : []));
  if (!time || !/^\d{1,12}$/.test(time) || given.length === 0 || options.secret === '') return 'malformed';
  const expected = createHmac('sha256', options.secret).update(`${time}.`).update(body).digest();
  if (!given.some((each) => same(Buffer.from(each, 'hex'), expected))) return 'wrong';
  return Math.abs(options.nowSeconds - Number(time)) > TOLERANCE_SECONDS ? 'too old' : 'good';
}

/** The header for these bytes; what Stripe sends. */
export function signatureOf(body: Uint8Array | string, secret: string, seconds: number): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex')}`;
}

const same = (one: Buffer, other: Buffer) => one.length === other.length && timingSafeEqual(one, other);
