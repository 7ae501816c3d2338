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
      await transport.sendMail({
        from: { name: smtp.senderName, address: smtp.adminEmail },
        to: { name: '', address: to },
        subject: mail.subject,
        html: mail.html,
        text: mail.text,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
    },
    close: () => transport.close(),
  };
}
