import Type from 'typebox';
import { Refusal } from '#kernel/errors.ts';
import { defineRoute, type RouteContext } from '#kernel/product.ts';
import { Digest, NotificationSettings, SettingsChange, Summary } from '../../notification-contract.ts';
import { changeAlertSettings, readAlertSettings, type StoredSettings } from '../../queries/notifications.ts';
import { alertSettings, dailyLimit, isTimeZone } from '../../rules/alerts/settings.ts';
import { PLAN_LIMITS } from '../../rules/plan.ts';
import type { KurzoraServices } from '../../services.ts';

/** Names of the API -> keys of users.notification_settings, which the front end writes too. */
const KEYS: Readonly<Record<keyof SettingsChange, string>> = {
  minimumScore: 'minimum_score',
  dailyAlertLimit: 'daily_alert_limit',
  emailEnabled: 'email_alerts_enabled',
  telegramEnabled: 'telegram_alerts_enabled',
  pushEnabled: 'push_alerts_enabled',
  tradingHoursOnly: 'trading_hours_only',
  quietHoursStart: 'quiet_hours_start',
  quietHoursEnd: 'quiet_hours_end',
  timezone: 'timezone',
  digest: 'digest',
  tradeUpdates: 'trade_updates_enabled',
  portfolioSummary: 'portfolio_summary',
};

const caller = ({ identity }: Pick<RouteContext<KurzoraServices>, 'identity'>): string =>
  String(identity.claims['sub']);

const shown = (stored: StoredSettings, { alerts }: KurzoraServices): NotificationSettings => {
  const settings = alertSettings(stored.notification_settings, stored.timezone);
  const limits = PLAN_LIMITS[stored.plan];
  const time = (minutes: number | undefined) =>
    minutes === undefined
      ? null
      : `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  return {
    minimumScore: settings.minimumScore,
    dailyAlertLimit: settings.dailyLimit,
    effectiveDailyLimit: dailyLimit(stored.plan, settings),
    emailEnabled: settings.email,
    telegramEnabled: settings.telegram,
    pushEnabled: settings.push,
    tradingHoursOnly: settings.tradingHoursOnly,
    quietHoursStart: time(settings.quiet?.start),
    quietHoursEnd: time(settings.quiet?.end),
    timezone: settings.timeZone,
    digest: settings.digest,
    tradeUpdates: settings.tradeUpdates,
    portfolioSummary: settings.summary,
    telegramLinked: stored.telegram,
    telegramAvailable: alerts.senders['telegram'] !== undefined || alerts.makeUrl !== undefined,
    plan: stored.plan,
    allowed: { alertsPerDay: limits.alertsPerDay, telegram: limits.telegram, push: limits.telegram },
    pushPublicKey: alerts.vapid.publicKey,
  };
};

function changeOf(body: SettingsChange): Record<string, unknown> {
  if (body.timezone !== undefined && !isTimeZone(body.timezone))
    throw new Refusal('VALIDATION_ERROR', `there is no time zone called "${body.timezone}"`);
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [KEYS[name as keyof SettingsChange], value]));
}

const read = { response: NotificationSettings };

export const getSettingsRoute = defineRoute<KurzoraServices, typeof read>({
  method: 'GET',
  url: '/api/v1/notifications/settings',
  scope: 'signed-in',
  summary: 'When and how the caller is told of signals',
  schema: read,
  handle: async (context) =>
    shown(await context.as((session) => readAlertSettings(session, caller(context))), context.services),
});

const change = { body: SettingsChange, response: NotificationSettings };

export const putSettingsRoute = defineRoute<KurzoraServices, typeof change>({
  method: 'PUT',
  url: '/api/v1/notifications/settings',
  scope: 'signed-in',
  summary: 'Changes the settings that are named and keeps the others',
  schema: change,
  async handle(context) {
    const wanted = changeOf(context.body);
    return shown(
      await context.as((session) => changeAlertSettings(session, caller(context), wanted)),
      context.services,
    );
  },
});

const EmailPreferences = Type.Object({
  signalAlerts: Type.Boolean(),
  digest: Digest,
  tradeUpdates: Type.Boolean(),
  portfolioSummary: Summary,
});
const readMail = { response: EmailPreferences };
const mailOf = ({ emailEnabled, digest, tradeUpdates, portfolioSummary }: NotificationSettings) => ({
  signalAlerts: emailEnabled,
  digest,
  tradeUpdates,
  portfolioSummary,
});

export const getEmailPreferencesRoute = defineRoute<KurzoraServices, typeof readMail>({
  method: 'GET',
  url: '/api/v1/notifications/email-preferences',
  scope: 'signed-in',
  summary: 'Which mails the caller gets',
  schema: readMail,
  handle: async (context) =>
    mailOf(shown(await context.as((session) => readAlertSettings(session, caller(context))), context.services)),
});

const changeMail = { body: Type.Partial(EmailPreferences), response: EmailPreferences };

export const putEmailPreferencesRoute = defineRoute<KurzoraServices, typeof changeMail>({
  method: 'PUT',
  url: '/api/v1/notifications/email-preferences',
  scope: 'signed-in',
  summary: 'Changes which mails the caller gets',
  schema: changeMail,
  async handle(context) {
    const { signalAlerts, ...others } = context.body;
    const wanted = changeOf({ ...others, ...(signalAlerts === undefined ? {} : { emailEnabled: signalAlerts }) });
    return mailOf(
      shown(await context.as((session) => changeAlertSettings(session, caller(context), wanted)), context.services),
    );
  },
});
