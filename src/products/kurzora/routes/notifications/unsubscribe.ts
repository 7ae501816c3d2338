import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { Answer, defineRoute } from '#kernel/product.ts';
import { readSigned } from '#services/notifications/api.ts';
import { endMails } from '../../queries/notifications.ts';
import type { KurzoraServices } from '../../services.ts';

const URL_PATH = '/api/v1/notifications/unsubscribe';
const querystring = Type.Object({ token: Type.Optional(Type.String({ maxLength: 500 })) });

/** Programs follow links in mails: looking changes nothing, the button does. Our own page asks for JSON whether the link holds. */
const page = { querystring, response: Type.Unknown() };
export const unsubscribePageRoute = defineRoute<KurzoraServices, typeof page>({
  method: 'GET',
  url: URL_PATH,
  scope: 'public',
  summary: 'The page behind the link in mails',
  schema: page,
  envelope: false,
  async handle({ query, headers, services }) {
    userOf(query.token, services);
    if (/json/.test(String(headers['accept'] ?? ''))) return { success: true, data: { valid: true } };
    return html('<form method="post"><button>No more mails about signals and trades</button></form>');
  },
});

/** The button of the page, one click in the mail program (RFC 8058), and JSON `{token}`. The signed token is all it takes. */
const post = { querystring, response: Type.Object({ unsubscribed: Type.Boolean() }) };
export const unsubscribeRoute = defineRoute<KurzoraServices, typeof post>({
  method: 'POST',
  url: URL_PATH,
  scope: 'public',
  summary: 'Ends mails about signals, by the signed token of a mail',
  schema: post,
  rawBody: true,
  async handle({ query, body, headers, project, services }) {
    const isJson = /json/.test(String(headers['content-type'] ?? ''));
    const id = userOf(query.token ?? (isJson ? tokenIn(body) : undefined), services);
    const found = await project.database.asService((session) => endMails(session, id));
    assertOr(found, 'TOKEN_INVALID', 'this link is not one of ours');
    return isJson ? { unsubscribed: true } : html('<p>No more mails about signals and trades will come.</p>');
  },
});

function tokenIn(body: unknown): string | undefined {
  try {
    const { token } = JSON.parse(String(body)) as { token?: unknown };
    return typeof token === 'string' ? token : undefined;
  } catch {
    return undefined;
  }
}

function userOf(token: string | undefined, { alerts }: KurzoraServices): string {
  const [purpose, id] = (readSigned(token ?? '', alerts.linkSecret) ?? '').split(':');
  assertOr(purpose === 'email' && id, 'TOKEN_INVALID', 'this link is not one of ours');
  return id;
}

const html = (body: string): Answer =>
  new Answer(200, `<!doctype html><meta charset="utf-8"><title>Kurzora</title><body>${body}</body>`, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
  });
