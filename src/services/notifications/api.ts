/** Messages to people and machines outside: one folder a vendor behind `Sender`, and the outbox that loses and doubles none. */
export { type MailServer, messageIdOf, openMail } from './mail/smtp.ts';
export { type Delivered, deliverDue, type OutboxStore, type QueuedMessage } from './outbox/deliver.ts';
export type { Outcome, OutgoingMessage, Sender } from './sender.ts';
export { readSigned, type SignedCall, sameSecret, signText, type Verdict, verifyCall } from './signatures.ts';
export { openTelegram, type TelegramBot } from './telegram/bot.ts';
export { openWebPush, type VapidKeys, vapidKeys } from './web-push/web-push.ts';
export { openWebhook, type WebhookSettings } from './webhook/webhook.ts';
