import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { Answer, defineRoute } from '#kernel/product.ts';
import { readSigned, signText } from '#services/notifications/api.ts';
import { Email } from '../../accounts/contract.ts';
import { Choice } from '../../admin/contract.ts';
import { requestNewsletter, settleNewsletter } from '../../queries/public.ts';
import { type Language, languageOf } from '../../rules/languages.ts';
import { newsletterMail, newsletterTexts } from '../../rules/newsletter-mail.ts';
import type { KurzoraServices } from '../../services.ts';

const URL_PATH = '/api/v1/public/newsletter';
type Purpose = 'newsletter' | 'newsletter-end';

const subscribe = {
  body: Type.Object({
    email: Email,
    language: Type.Optional(Choice(['en', 'de', 'ar'])),
    website: Type.Optional(Type.Unknown()),
  }),
  response: Type.Object({ message: Type.String() }),
};

export const newsletterRoute = defineRoute<KurzoraServices, typeof subscribe>({
  method: 'POST',
  url: URL_PATH,
  scope: 'public',
  summary:
    'Asks for the newsletter; a mail asks back, so that nobody subscribes another. The answer says nothing of who has it',
  schema: subscribe,
  async handle({ body, headers, project, services, log }) {
    assertOr(!body.website, 'SPAM_DETECTED', 'This looks like the work of a program');
    const email = body.email.trim().toLowerCase();
    const language = body.language ?? languageOf(headers['accept-language']);
    const due = await project.database.asService((session) => requestNewsletter(session, email, language));
    const { senders, publicUrl, linkSecret } = services.alerts;
    if (due && senders['email']) {
      const link = (purpose: Purpose) =>
        `${publicUrl}${URL_PATH}/confirm?token=${signText(`${purpose}:${language}:${email}`, linkSecret)}`;
      const mail = newsletterMail(language, { confirm: link('newsletter'), end: link('newsletter-end') });
      const key = `newsletter:${email}:${Math.floor(project.now() / 600_000)}`;
      const message = { idempotencyKey: key, recipient: email, ...mail };
      // After the commit, and not waited for: how long it takes would tell who is new.
      void senders['email'].send(message, AbortSignal.timeout(30_000)).then((outcome) => {
        if (outcome.kind !== 'sent') log.warn({ reason: outcome.reason }, 'a newsletter mail did not leave');
      });
    }
    return { message: newsletterTexts(language).asked };
  },
});

const page = { querystring: Type.Object({ token: Type.String({ maxLength: 800 }) }), response: Type.Unknown() };

/** Programs follow links in mails: looking changes nothing, the button does. */
export const newsletterPageRoute = defineRoute<KurzoraServices, typeof page>({
  method: 'GET',
  url: `${URL_PATH}/confirm`,
  scope: 'public',
  summary: 'The page behind the links of newsletter mails',
  schema: page,
  envelope: false,
  async handle({ query, services }) {
    const { purpose, language } = linkOf(query.token, services);
    const { yes, no } = newsletterTexts(language);
    return html(language, `<form method="post"><button>${purpose === 'newsletter' ? yes : no}</button></form>`);
  },
});

export const newsletterConfirmRoute = defineRoute<KurzoraServices, typeof page>({
  method: 'POST',
  url: `${URL_PATH}/confirm`,
  scope: 'public',
  summary: 'Begins or ends the newsletter, by the signed token of a mail',
  schema: page,
  envelope: false,
  rawBody: true,
  async handle({ query, services, project }) {
    const { purpose, language, email } = linkOf(query.token, services);
    const begin = purpose === 'newsletter';
    const found = await project.database.asService((session) => settleNewsletter(session, email, begin));
    assertOr(found, 'TOKEN_INVALID', 'this link is not one of ours');
    const texts = newsletterTexts(language);
    return html(language, `<p>${begin ? texts.begun : texts.ended}</p>`);
  },
});

function linkOf(token: string, { alerts }: KurzoraServices) {
  const [purpose, language, ...email] = (readSigned(token, alerts.linkSecret) ?? '').split(':');
  assertOr(
    (purpose === 'newsletter' || purpose === 'newsletter-end') && email.length > 0,
    'TOKEN_INVALID',
    'this link is not one of ours',
  );
  return { purpose: purpose as Purpose, language: language as Language, email: email.join(':') };
}

const html = (language: Language, body: string): Answer =>
  new Answer(
    200,
    `<!doctype html><html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}"><meta charset="utf-8"><title>Kurzora</title><body>${body}</body></html>`,
    { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
  );
