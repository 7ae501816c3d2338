/** A stand-in for vendors of text messages: takes forms as Twilio, MessageBird, Textlocal and Vonage document them, and keeps them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface VendorRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly form: Readonly<Record<string, string>>;
}

export interface Vendor extends AsyncDisposable {
  readonly url: string;
  readonly requests: VendorRequest[];
  /** What the next requests are answered with, by path; the vendor's own success when there is none. */
  readonly answers: Map<string, { status: number; body: unknown }>;
}

const SUCCESS: readonly [RegExp, unknown][] = [
  [/^\/2010-04-01\/Accounts\/AC1\/Messages\.json$/, { sid: 'SM1', status: 'queued' }],
  [/^\/v2\/Services\/VA1\/Verifications$/, { sid: 'VE1', status: 'pending' }],
  [/^\/v2\/Services\/VA1\/VerificationCheck$/, { sid: 'VE1', status: 'pending', valid: false }],
  [/^\/messages$/, { id: 'mb1', recipients: { totalSentCount: 1 } }],
  [/^\/send\/$/, { status: 'success', messages: [{ id: 77 }] }],
  [/^\/sms\/json$/, { messages: [{ status: '0', 'message-id': 'vo1' }] }],
];

export async function smsVendor(): Promise<Vendor> {
  const requests: VendorRequest[] = [];
  const answers: Vendor['answers'] = new Map();
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const path = request.url ?? '';
    requests.push({
      path,
      authorization: request.headers.authorization,
      form: Object.fromEntries(new URLSearchParams(text)),
    });
    const known = SUCCESS.find(([pattern]) => pattern.test(path))?.[1];
    const { status, body } = answers.get(path) ?? {
      status: known ? 200 : 404,
      body: known ?? { message: 'no such path' },
    };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answers,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
