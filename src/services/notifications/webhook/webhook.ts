import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { postOnce, refusalOf } from '../post-once.ts';
import type { Sender } from '../sender.ts';

export interface WebhookSettings {
  /** Signs every call; receivers share it. */
  readonly secret: string;
  readonly userAgent: string;
  /** Bearer token the receiver asks for. */
  readonly apiKey?: string;
  readonly now?: () => number;
}

/**
 * JSON by POST, signed twice over the same bytes: as Standard Webhooks has it (webhook-id, webhook-timestamp, webhook-signature;
 * the key is the secret's bytes) and as `x-webhook-signature: sha256=<hex>`. webhook-id is the idempotency key.
 */
export function openWebhook({ secret, userAgent, apiKey, now = Date.now }: WebhookSettings): Sender {
  const standard = new Webhook(secret, { format: 'raw' });
  return {
    async send({ idempotencyKey, recipient, content }, signal) {
      const at = new Date(now());
      const headers = {
        'content-type': 'application/json',
        'user-agent': userAgent,
        'webhook-id': idempotencyKey,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': standard.sign(idempotencyKey, at, content),
        'x-webhook-signature': `sha256=${createHmac('sha256', secret).update(content).digest('hex')}`,
        ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
      };
      const posted = await postOnce(recipient, { headers, body: content }, signal);
      if ('kind' in posted) return posted;
      return refusalOf(posted) ?? { kind: 'sent', externalId: idempotencyKey };
    },
    close: () => undefined,
  };
}
