import { createECDH, createHash } from 'node:crypto';
import { postOnce, refusalOf } from '../post-once.ts';
import type { Outcome, Sender } from '../sender.ts';

export interface VapidKeys {
  /** Uncompressed point, base64url: what a page subscribes with. */
  readonly publicKey: string;
  /** 32 bytes, base64url. */
  readonly privateKey: string;
}

/** The pair of a P-256 private key (RFC 8292). Throws on bytes that are none. */
export function vapidKeys(privateKey: Uint8Array): VapidKeys {
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(privateKey);
  return {
    publicKey: pair.getPublicKey('base64url'),
    privateKey: Buffer.from(pair.getPrivateKey()).toString('base64url').padStart(43, 'A'),
  };
}

const DAY = 86_400;

/**
 * Web push (RFC 8030, 8188, 8291, 8292). `recipient` is the browser's endpoint, `metadata.keys` what the browser gave with it. A
 * repeat carries the same Topic, under which the push service replaces what it has not delivered yet.
 */
export function openWebPush({ keys, contact }: { readonly keys: VapidKeys; readonly contact: string }): Sender {
  return {
    async send({ idempotencyKey, recipient, content, metadata }, signal) {
      // Loaded with the first push: few installations have any.
      const { default: webPush } = await import('web-push');
      const topic = createHash('sha256').update(idempotencyKey).digest('base64url').slice(0, 32);
      let details: ReturnType<typeof webPush.generateRequestDetails>;
      try {
        const subscription = { endpoint: recipient, keys: metadata['keys'] as { p256dh: string; auth: string } };
        const vapidDetails = { subject: contact, ...keys };
        details = webPush.generateRequestDetails(subscription, content, {
          vapidDetails,
          TTL: DAY,
          topic,
          urgency: 'high',
        });
      } catch (error) {
        return { kind: 'refused', reason: String(error), again: false };
      }
      const { 'Content-Length': _length, ...headers } = details.headers;
      const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
      const posted = await postOnce(recipient, { headers: texts, body: details.body ?? '' }, signal);
      if ('kind' in posted) return posted;
      const refusal = refusalOf(posted);
      return refusal
        ? withGone(refusal, posted.status)
        : { kind: 'sent', externalId: posted.headers.get('location') ?? topic };
    },
    close: () => undefined,
  };
}

/** 404 and 410: the browser has unsubscribed (RFC 8030 7.3). */
const withGone = (refusal: Extract<Outcome, { kind: 'refused' }>, status: number): Outcome =>
  status === 404 || status === 410 ? { ...refusal, gone: true } : refusal;
