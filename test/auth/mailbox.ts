/** A mail server that keeps what it is sent, so that tests read links and codes as a person would. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { SmtpSettings } from '../../src/services/auth/settings/settings.ts';

export interface ReceivedMail {
  readonly to: string;
  readonly subject: string;
  /** The body, decoded: HTML as it was sent. */
  readonly body: string;
  /** The link that confirms, or the first one; entities decoded. */
  readonly link?: string;
  /** The first number of six to ten digits that stands alone. */
  readonly code?: string;
}

export interface Mailbox {
  readonly smtp: SmtpSettings;
  readonly mails: readonly ReceivedMail[];
  /** The next mail to this address that nobody has taken yet; waits for it. */
  next(to: string): Promise<ReceivedMail>;
  close(): Promise<void>;
}

export async function openMailbox(): Promise<Mailbox> {
  const mails: ReceivedMail[] = [];
  const taken = new Set<ReceivedMail>();
  const waiting = new Set<() => void>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    onAuth: (_auth, _session, done) => done(null, { user: 'anyone' }),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8');
        for (const { address } of session.envelope.rcptTo) mails.push(readMail(address, raw));
        for (const wake of waiting) wake();
        done();
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  const next = async (to: string): Promise<ReceivedMail> => {
    for (;;) {
      const found = mails.find((mail) => mail.to.toLowerCase() === to.toLowerCase() && !taken.has(mail));
      if (found) {
        taken.add(found);
        return found;
      }
      await new Promise<void>((resolve) => {
        const wake = () => {
          waiting.delete(wake);
          resolve();
        };
        waiting.add(wake);
      });
    }
  };
  return {
    smtp: { host: '127.0.0.1', port, adminEmail: 'admin@freehold.test', senderName: 'Freehold' },
    mails,
    next,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function readMail(to: string, raw: string): ReceivedMail {
  const divide = raw.indexOf('\r\n\r\n');
  const head = raw.slice(0, divide).replace(/\r\n[ \t]+/g, ' ');
  const body = decoded(head, raw.slice(divide + 4));
  const links = body.match(/https?:\/\/[^\s"'<>]+/g)?.map((found) => found.replaceAll('&amp;', '&')) ?? [];
  const link = links.find((found) => found.includes('/verify?')) ?? links[0];
  const code = /(?<![\w-])\d{6,10}(?![\w-])/.exec(body.replaceAll(/https?:\/\/[^\s"'<>]+/g, ''))?.[0];
  return {
    to,
    subject: /^subject: *(.*)$/im.exec(head)?.[1]?.trim() ?? '',
    body,
    ...(link && { link }),
    ...(code && { code }),
  };
}

/** The HTML part of a multipart message, or the whole body; quoted-printable and base64 undone. */
function decoded(head: string, body: string): string {
  const boundary = /boundary="?([^";\r\n]+)"?/i.exec(head)?.[1];
  if (boundary) {
    const parts = body.split(`--${boundary}`).filter((part) => part.includes('\r\n\r\n'));
    const chosen = parts.find((part) => /text\/html/i.test(part)) ?? parts[0] ?? '';
    const divide = chosen.indexOf('\r\n\r\n');
    return decoded(chosen.slice(0, divide), chosen.slice(divide + 4));
  }
  if (/content-transfer-encoding: *base64/i.test(head)) return Buffer.from(body, 'base64').toString('utf8');
  if (!/content-transfer-encoding: *quoted-printable/i.test(head)) return body;
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
