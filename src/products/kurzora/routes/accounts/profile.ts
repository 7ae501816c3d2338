import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { defineRoute } from '#kernel/product.ts';
import { ownAccount } from '../../accounts/account-service.ts';
import { caller } from '../../accounts/caller.ts';
import { Account } from '../../accounts/contract.ts';
import { changeProfile } from '../../queries/accounts.ts';
import type { KurzoraServices } from '../../services.ts';

const get = { response: Account };

export const getProfileRoute = defineRoute<KurzoraServices, typeof get>({
  method: 'GET',
  url: '/api/v1/user/profile',
  scope: 'signed-in',
  summary: 'Who is signed in',
  schema: get,
  handle: (context) => context.as((session) => ownAccount(session, caller(context))),
});

const put = {
  body: Type.Object({
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    phone: Type.Optional(Type.Union([Type.String({ maxLength: 20, pattern: '^\\+?[0-9 ()-]{5,20}$' }), Type.Null()])),
    language: Type.Optional(Type.Union([Type.Literal('en'), Type.Literal('de'), Type.Literal('ar')])),
    timezone: Type.Optional(Type.String({ maxLength: 50 })),
  }),
  response: Account,
};

/** By any of its names: browsers differ in which of them they choose. An offset is none, for it knows no summer time. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export const putProfileRoute = defineRoute<KurzoraServices, typeof put>({
  method: 'PUT',
  url: '/api/v1/user/profile',
  scope: 'signed-in',
  summary: 'Changes what is given of one’s profile',
  schema: put,
  async handle(context) {
    const { body } = context;
    assertOr(!body.timezone || isTimeZone(body.timezone), 'VALIDATION_ERROR', 'there is no such time zone');
    return context.as(async (session) => {
      await changeProfile(session, caller(context), body);
      return ownAccount(session, caller(context));
    });
  },
});
