import Type from 'typebox';
import type { Session } from '#kernel/postgres/database.ts';
import { defineRoute } from '#kernel/product.ts';
import { ownAccount } from '../../accounts/account-service.ts';
import { caller } from '../../accounts/caller.ts';
import { changePreferences, resetPreferences } from '../../queries/accounts.ts';
import type { KurzoraServices } from '../../services.ts';

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
