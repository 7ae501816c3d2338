/** What people without an account may send us. */
import Type from 'typebox';
import { assertOr, Refusal } from '#kernel/errors.ts';
import { defineRoute } from '#kernel/product.ts';
import { Email } from '../../accounts/contract.ts';
import { Choice } from '../../admin/contract.ts';
import { contactPause, insertContact, recordConsent } from '../../queries/public.ts';
import { languageOf } from '../../rules/languages.ts';
import { spamScore } from '../../rules/spam.ts';
import type { KurzoraServices } from '../../services.ts';

/** Messages of one address in an hour. */
const MOST_MESSAGES = 5;
/** No person sees these fields of a form. */
const HONEYPOTS = ['website', 'honeypot', 'company_url', 'fax'] as const;
const Hidden = Object.fromEntries(HONEYPOTS.map((name) => [name, Type.Optional(Type.Unknown())]));

const contact = {
  body: Type.Object({
    name: Type.String({ minLength: 1, maxLength: 255 }),
    email: Email,
    subject: Type.String({ minLength: 1, maxLength: 255 }),
    message: Type.String({ minLength: 1, maxLength: 10_000 }),
    language: Type.Optional(Choice(['en', 'de', 'ar'])),
    ...Hidden,
  }),
  response: Type.Object({ id: Type.String(), message: Type.String() }),
};

export const contactRoute = defineRoute<KurzoraServices, typeof contact>({
  method: 'POST',
  url: '/api/v1/public/contact',
  scope: 'public',
  summary: 'A message to us; five an hour from one address. Fields that no person sees must stay empty',
  schema: contact,
  status: 201,
  async handle({ body, client, identity, headers, project }) {
    const filled = HONEYPOTS.some((name) => (body as Record<string, unknown>)[name]);
    assertOr(!filled, 'SPAM_DETECTED', 'This looks like the work of a program');
    const [name, subject, message] = [body.name.trim(), body.subject.trim(), body.message.trim()];
    assertOr(name && subject && message, 'VALIDATION_ERROR', 'name, subject and message must not be empty');
    const id = await project.database.asService(async (session) => {
      const retryAfter = await contactPause(session, client.ip, MOST_MESSAGES);
      if (retryAfter > 0) throw new Refusal('RATE_LIMITED', 'Too many messages, try again later', { retryAfter });
      return await insertContact(session, {
        ...{ name, subject, message, email: body.email.trim().toLowerCase(), ...client },
        language: body.language ?? languageOf(headers['accept-language']),
        userId: identity.role === 'authenticated' ? (identity.claims['sub'] as string) : null,
        spamScore: spamScore({ subject, message }),
      });
    });
    return { id, message: 'We have your message' };
  },
});

const consent = {
  body: Type.Object({
    sessionId: Type.String({ minLength: 8, maxLength: 100 }),
    type: Choice(['cookie', 'gdpr', 'risk']),
    accepted: Type.Boolean(),
  }),
  response: Type.Object({ recorded: Type.Boolean() }),
};

export const consentRoute = defineRoute<KurzoraServices, typeof consent>({
  method: 'POST',
  url: '/api/v1/public/consents',
  scope: 'public',
  summary: 'Keeps what somebody agreed to or refused; the last word of a session counts',
  schema: consent,
  async handle({ body, client, identity, project }) {
    const userId = identity.role === 'authenticated' ? (identity.claims['sub'] as string) : null;
    await project.database.asService((session) => recordConsent(session, { ...body, userId, ip: client.ip }));
    return { recorded: true };
  },
});
