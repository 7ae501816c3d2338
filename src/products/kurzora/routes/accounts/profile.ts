import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import type { Session } from '#kernel/postgres/database.ts';
import { Answer, defineRoute } from '#kernel/product.ts';
import { accountsOf, withAccounts } from '../../accounts/account-service.ts';
import { closeAccount } from '../../accounts/close-account.ts';
import { Account, Password } from '../../accounts/contract.ts';
import { assertNotLocked } from '../../accounts/sign-in.ts';
import {
  changePreferences,
  changeProfile,
  exportAccount,
  findAccount,
  forgetTries,
  resetPreferences,
} from '../../queries/accounts.ts';
import type { KurzoraServices } from '../../services.ts';

const caller = ({ identity }: { identity: { claims: Readonly<Record<string, unknown>> } }) =>
  identity.claims['sub'] as string;

async function ownAccount(session: Session, userId: string) {
  const account = await findAccount(session, userId);
  assertOr(account, 'NOT_FOUND', 'there is no such account');
  return account;
}

const get = { response: Account };

export const getProfileRoute = defineRoute<KurzoraServices, typeof get>({
  method: 'GET',
  url: '/api/v1/user/profile',
  scope: 'signed-in',
  summary: 'Who is signed in',
  schema: get,
  handle: (context) => context.as((session) => ownAccount(session, caller(context))),
});

const timezones = new Set(['UTC', ...Intl.supportedValuesOf('timeZone')]);
const put = {
  body: Type.Object({
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    phone: Type.Optional(Type.Union([Type.String({ maxLength: 20, pattern: '^\\+?[0-9 ()-]{5,20}$' }), Type.Null()])),
    language: Type.Optional(Type.Union([Type.Literal('en'), Type.Literal('de'), Type.Literal('ar')])),
    timezone: Type.Optional(Type.String({ maxLength: 50 })),
  }),
  response: Account,
};

export const putProfileRoute = defineRoute<KurzoraServices, typeof put>({
  method: 'PUT',
  url: '/api/v1/user/profile',
  scope: 'signed-in',
  summary: 'Changes what is given of one’s profile',
  schema: put,
  async handle(context) {
    const { body } = context;
    assertOr(!body.timezone || timezones.has(body.timezone), 'VALIDATION_ERROR', 'there is no such time zone');
    return context.as(async (session) => {
      await changeProfile(session, caller(context), body);
      return ownAccount(session, caller(context));
    });
  },
});

export const deleteAvatarRoute = defineRoute<KurzoraServices, typeof get>({
  method: 'DELETE',
  url: '/api/v1/user/profile/avatar',
  scope: 'signed-in',
  summary: 'No picture any more',
  schema: get,
  handle: (context) =>
    context.as(async (session) => {
      await changeProfile(session, caller(context), { avatarUrl: null });
      return ownAccount(session, caller(context));
    }),
});

const Some = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Optional(Type.Object(properties, { additionalProperties: false }));
const Flag = Type.Optional(Type.Boolean());
const Preferences = Type.Object({
  notifications: Type.Record(Type.String(), Type.Unknown()),
  trading: Type.Record(Type.String(), Type.Unknown()),
  ui: Type.Record(Type.String(), Type.Unknown()),
  alerts: Type.Record(Type.String(), Type.Unknown()),
});
const Choice = (...values: string[]) => Type.Optional(Type.String({ enum: values }));
const prefs = { response: Preferences };
const putPrefs = {
  body: Type.Object({
    notifications: Some({ email: Flag, telegram: Flag, push: Flag }),
    trading: Some({ risk_level: Choice('low', 'medium', 'high'), auto_stop_loss: Flag }),
    ui: Some({ theme: Choice('light', 'dark', 'auto'), language: Choice('en', 'de', 'ar'), rtl: Flag }),
    alerts: Some({
      min_score: Type.Optional(Type.Integer({ minimum: 50, maximum: 100 })),
      max_per_day: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
    }),
  }),
  response: Preferences,
};
const preferencesOf = async (session: Session, userId: string) =>
  (await ownAccount(session, userId)).preferences as never;

export const getPreferencesRoute = defineRoute<KurzoraServices, typeof prefs>({
  method: 'GET',
  url: '/api/v1/user/preferences',
  scope: 'signed-in',
  summary: 'One’s preferences',
  schema: prefs,
  handle: (context) => context.as((session) => preferencesOf(session, caller(context))),
});

export const putPreferencesRoute = defineRoute<KurzoraServices, typeof putPrefs>({
  method: 'PUT',
  url: '/api/v1/user/preferences',
  scope: 'signed-in',
  summary: 'Changes what is given of one’s preferences; Arabic is read from right to left unless told otherwise',
  schema: putPrefs,
  handle: (context) =>
    context.as(async (session) => {
      const { ui, ...body } = context.body;
      const direction = ui?.language && ui.rtl === undefined ? { rtl: ui.language === 'ar' } : {};
      await changePreferences(session, caller(context), { ...body, ...(ui && { ui: { ...ui, ...direction } }) });
      return preferencesOf(session, caller(context));
    }),
});

export const resetPreferencesRoute = defineRoute<KurzoraServices, typeof prefs>({
  method: 'POST',
  url: '/api/v1/user/preferences/reset',
  scope: 'signed-in',
  summary: 'Preferences as a new account has them',
  schema: prefs,
  handle: (context) =>
    context.as(async (session) => {
      await resetPreferences(session, caller(context));
      return preferencesOf(session, caller(context));
    }),
});

const exported = { response: Type.Unknown() };

export const exportRoute = defineRoute<KurzoraServices, typeof exported>({
  method: 'GET',
  url: '/api/v1/user/export',
  scope: 'signed-in',
  summary: 'Everything kept about one, as a file of JSON',
  schema: exported,
  async handle(context) {
    const data = await context.as((session) => exportAccount(session, caller(context)));
    return new Answer(200, data, { 'content-disposition': 'attachment; filename="kurzora-export.json"' });
  },
});

const close = {
  body: Type.Object({ password: Password }),
  response: Type.Object({ deleted: Type.Boolean() }),
};

export const deleteAccountRoute = defineRoute<KurzoraServices, typeof close>({
  method: 'DELETE',
  url: '/api/v1/user/account',
  scope: 'signed-in',
  summary:
    'Closes the account for good, with the password: subscription, sessions and keys end, what names the person goes',
  schema: close,
  async handle(context) {
    const { client, services, project, body } = context;
    const { email } = await context.as((session) => ownAccount(session, caller(context)));
    const who = `${email}|${client.ip}`;
    await assertNotLocked(context, 'close-account', who);
    await withAccounts(accountsOf(services).signIn(client, { email, password: body.password }));
    await project.database.asService((session) => forgetTries(session, 'close-account', who));
    await closeAccount(context, caller(context));
    return { deleted: true };
  },
});
