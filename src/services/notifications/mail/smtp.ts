import { createHash } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { createTransport } from 'nodemailer';
import type { Outcome, Sender } from '../sender.ts';

export interface MailServer {
  /** smtp://user:password@host:587 or smtps://...:465. */
  readonly url: string;
  /** `Kurzora <noreply@kurzora.com>`; its domain ends every Message-ID. */
  readonly from: string;
}

/**
 * Mail by SMTP, a connection a message: nodemailer's pool sends again by itself when a connection breaks, and a try here is one try.
 * `metadata.text` is the plain part, `metadata.unsubscribe` the address of one click (RFC 8058). The Message-ID follows from the
 * idempotency key, so that a mail that had to go out twice is known as one by what receives it.
 */
export function openMail({ url, from }: MailServer): Sender {
  const at = new URL(url);
  const transport = createTransport({
    host: at.hostname,
    port: Number(at.port || (at.protocol === 'smtps:' ? 465 : 587)),
    secure: at.protocol === 'smtps:',
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    ...(at.username ? { auth: { user: decodeURIComponent(at.username), pass: decodeURIComponent(at.password) } } : {}),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  transport.use('stream', (mail, next) => {
    const { begins } = mail.data as { begins?: () => void };
    if (begins) mail.message.transform(() => announcing(begins));
    next();
  });
  return {
    async send({ idempotencyKey, recipient, subject, content, metadata }) {
      let begun = false;
      const messageId = messageIdOf(idempotencyKey, from);
      try {
        await transport.sendMail({
          from,
          to: { name: '', address: recipient },
          subject,
          html: content,
          text: String(metadata['text'] ?? ''),
          messageId,
          headers: headersOf(metadata),
          begins: () => {
            begun = true;
          },
        } as never);
        return { kind: 'sent', externalId: messageId };
      } catch (error) {
        return failureOf(error as SmtpError, begun);
      }
    },
    close: () => transport.close(),
  };
}

/** `<hash of the key@domain of the sender>`. */
export function messageIdOf(idempotencyKey: string, from: string): string {
  const domain = /@([\w.-]+)/.exec(from)?.[1] ?? 'localhost';
  return `<${createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 40)}@${domain}>`;
}

type SmtpError = Error & { responseCode?: number };

/** Its first byte is the moment from which the server may have the mail. */
function announcing(begins: () => void): PassThrough {
  const stream = new PassThrough();
  stream.once('data', begins);
  return stream;
}

function headersOf(metadata: Readonly<Record<string, unknown>>): Record<string, string> {
  const link = metadata['unsubscribe'];
  return {
    'Auto-Submitted': 'auto-generated',
    ...(typeof link === 'string'
      ? { 'List-Unsubscribe': `<${link}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
      : {}),
  };
}

/** An answer of the server is a refusal, for good from 500 on; silence after the first byte of the mail leaves it open. */
function failureOf(error: SmtpError, begun: boolean): Outcome {
  const reason = error.message;
  if (error.responseCode !== undefined) return { kind: 'refused', reason, again: error.responseCode < 500 };
  return begun ? { kind: 'unclear', reason } : { kind: 'refused', reason, again: true };
}
