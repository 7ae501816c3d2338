import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AuthContext } from '../../context.ts';
import { clearInbox, type InboxMessage, inboxMessage, inboxMessages } from './inbox-messages.ts';
import { inboxPage, messagePage } from './inbox-page.ts';

/** What development would have sent, for people to click and for tests to read. */
export interface Inbox {
  /**
   * Mounted under any path P: GET P is a page, GET P/messages is JSON (`?to=` one recipient), GET P/messages/<id> one message,
   * DELETE P/messages empties it.
   */
  readonly listener: RequestListener;
  /** Latest first, when everything under way has arrived. */
  messages(recipient?: string): Promise<InboxMessage[]>;
}

type Transaction = AuthContext['transaction'];

interface Page {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** `settle`: waits for messages under way, so that whoever asked for one finds it. */
export function openInbox(transaction: Transaction, settle: () => Promise<void>): Inbox {
  const messages = async (recipient?: string) => {
    await settle();
    return transaction((tx) => inboxMessages(tx, recipient), { readOnly: true });
  };
  const answer = async (method: string, url: URL): Promise<Page> => {
    const [, base = '', rest] = /^(.*?)(\/messages(?:\/\d+)?)?\/?$/.exec(url.pathname) ?? [];
    if (rest === '/messages' && method === 'DELETE') {
      await transaction(clearInbox);
      return json(200, {});
    }
    if (method !== 'GET') return json(405, { message: 'Only GET, and DELETE of messages' });
    const recipient = url.searchParams.get('to') ?? undefined;
    if (rest === '/messages') return json(200, await messages(recipient));
    if (rest === undefined) return html(inboxPage(await messages(recipient), base));
    const message = await transaction((tx) => inboxMessage(tx, Number(rest.slice('/messages/'.length))));
    return message ? html(messagePage(message)) : json(404, { message: 'There is no such message' });
  };
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    answer(request.method ?? 'GET', new URL(request.url ?? '/', 'http://inbox')).then(
      (page) => respond(response, page),
      () => respond(response, json(503, { message: 'The inbox cannot be read at the moment' })),
    );
  };
  return { listener, messages };
}

const json = (status: number, body: unknown): Page => ({
  status,
  type: 'application/json; charset=utf-8',
  text: JSON.stringify(body),
});
const html = (text: string): Page => ({ status: 200, type: 'text/html; charset=utf-8', text });

/** Templates are the project's, what users say of themselves is not: no script of a mail runs, and it is nobody's frame but ours. */
function respond(response: ServerResponse, { status, type, text }: Page): void {
  response.writeHead(status, {
    'content-type': type,
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; img-src * data:; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'; sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  });
  response.end(text);
}
