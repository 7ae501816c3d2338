/** A real SMTP server that keeps what it takes, and refuses, breaks off or waits where a test says so. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface TakenMail {
  readonly to: string;
  readonly messageId: string;
  readonly subject: string;
  /** As it came, headers included. */
  readonly raw: string;
}

export type MailFault =
  | { readonly kind: 'refuse'; readonly code: number; readonly text: string }
  /** Takes the mail, then the connection breaks before the answer. */
  | { readonly kind: 'break off' };

export interface MailServerStandIn extends AsyncDisposable {
  readonly url: string;
  readonly mails: TakenMail[];
  /** Decides what happens to each mail; taken when it answers null. */
  judge: (mail: TakenMail) => MailFault | null;
  /** Called when a mail has been taken, before the answer leaves. */
  onTaken: (mail: TakenMail) => void | Promise<void>;
}

export async function startMailServer(): Promise<MailServerStandIn> {
  const mails: TakenMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const mail = readMail(session.envelope.rcptTo[0]!.address, Buffer.concat(chunks).toString('utf8'));
        const fault = standIn.judge(mail);
        if (fault?.kind === 'refuse') return done(Object.assign(new Error(fault.text), { responseCode: fault.code }));
        mails.push(mail);
        if (fault) return breakOff(server, session.id);
        Promise.resolve(standIn.onTaken(mail)).then(() => done(), done);
      });
    },
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  const standIn: MailServerStandIn = {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    judge: () => null,
    onTaken: () => undefined,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return standIn;
}

function breakOff(server: SMTPServer, id: string): void {
  const { connections } = server as unknown as { connections: Set<{ id: string; _socket: { destroy(): void } }> };
  for (const connection of connections) if (connection.id === id) connection._socket.destroy();
}

function readMail(to: string, raw: string): TakenMail {
  const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
  const header = (name: string) => new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
  return { to, messageId: header('message-id'), subject: header('subject'), raw };
}
