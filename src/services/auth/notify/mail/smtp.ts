import { setTimeout as pause } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import type { SmtpSettings } from '../../settings/settings.ts';
import type { RenderedMail } from './render-mail.ts';

export interface Smtp {
  /** Resolves when the server has taken the mail. Rejects with nodemailer's error. */
  send(to: string, mail: RenderedMail): Promise<void>;
  close(): void;
}

/** Connections to the project's mail server, kept open; TLS from the start on port 465, else by STARTTLS where it is offered. */
export function openSmtp(smtp: SmtpSettings): Smtp {
  const transport = createTransport({
    host: smtp.host,
    port: smtp.port,
    secure: smtp.port === 465,
    pool: true,
    maxConnections: 4,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    ...(smtp.user ? { auth: { user: smtp.user, pass: smtp.pass ?? '' } } : {}),
    // What a template says must not make the server read files or fetch addresses.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    send: async (to, mail) => {
      await persistently(() =>
        transport.sendMail({
          from: { name: smtp.senderName, address: smtp.adminEmail },
          to: { name: '', address: to },
          subject: mail.subject,
          html: mail.html,
          text: mail.text,
          headers: { 'Auto-Submitted': 'auto-generated' },
        }),
      );
    },
    close: () => transport.close(),
  };
}

/** Milliseconds before the second and the third try. */
const PAUSES = [300, 1500];
const CONNECTION_ERRORS = ['ECONNECTION', 'ECONNREFUSED', 'ECONNRESET', 'ESOCKET', 'ETIMEDOUT', 'EDNS'];

/** Again after what passes by itself: a connection that broke, a server that says 4xx. The code in the mail is kept nowhere else. */
async function persistently(send: () => Promise<unknown>): Promise<void> {
  for (const wait of [...PAUSES, undefined]) {
    try {
      await send();
      return;
    } catch (error) {
      if (wait === undefined || !passes(error as { code?: string; responseCode?: number })) throw error;
      await pause(wait);
    }
  }
}

const passes = ({ code, responseCode }: { code?: string; responseCode?: number }): boolean =>
  responseCode === undefined ? CONNECTION_ERRORS.includes(code ?? '') : responseCode >= 400 && responseCode < 500;
