/** A captcha vendor that speaks siteverify, as hCaptcha and Turnstile document it; each solution is good once. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CaptchaStandIn {
  readonly url: string;
  /** The `remoteip` of the last question. */
  readonly lastAddress: string | undefined;
  /** A token as a solved captcha gives it. */
  solve(): string;
  close(): Promise<void>;
}

export async function captchaStandIn(secret: string): Promise<CaptchaStandIn> {
  const open = new Set<string>();
  const seen = new Set<string>();
  let lastAddress: string | undefined;
  const verdict = (form: URLSearchParams): string[] => {
    const token = form.get('response') ?? '';
    if (form.get('secret') !== secret) return ['invalid-input-secret'];
    if (seen.has(token)) return ['already-seen-response'];
    if (!open.delete(token)) return ['invalid-input-response'];
    seen.add(token);
    return [];
  };
  const server = createServer(async (message, response) => {
    let text = '';
    for await (const part of message) text += part;
    const form = new URLSearchParams(text);
    lastAddress = form.get('remoteip') ?? undefined;
    const errors = verdict(form);
    const body = { success: errors.length === 0, ...(errors.length > 0 && { 'error-codes': errors }) };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/siteverify`,
    get lastAddress() {
      return lastAddress;
    },
    solve: () => {
      const token = randomUUID();
      open.add(token);
      return token;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
