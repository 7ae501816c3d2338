import { createHmac } from 'node:crypto';
import type { Config } from '#kernel/config.ts';
import type { Project } from '#kernel/product.ts';
import { openSecrets } from '#kernel/secrets.ts';
import {
  openMail,
  openTelegram,
  openWebhook,
  openWebPush,
  type Sender,
  signText,
  type VapidKeys,
  vapidKeys,
} from '#services/notifications/api.ts';
import type { EnvelopeType } from '../rules/alerts/make-payloads.ts';
import { inboxMail } from './inbox-mail.ts';

/** The ways out that the configuration opens, and the secrets that messages and their answers are signed with. */
export interface AlertChannels {
  readonly senders: Readonly<Record<string, Sender>>;
  /** Make.com, or whatever listens there. */
  readonly makeUrl?: string;
  /** Webhooks of the generic envelope that are set. */
  readonly envelopeUrls: Readonly<Partial<Record<EnvelopeType, string>>>;
  /** Where people reach the product, without a slash at the end. */
  readonly publicUrl: string;
  readonly vapid: VapidKeys;
  /** Signs what we send to machines; receivers sign what they send back. */
  readonly callbackSecret: string;
  /** Telegram repeats it in a header of every call. Absent: its calls are refused. */
  readonly telegramSecret?: string;
  readonly telegramBotName?: string;
  readonly linkSecret: string;
  /** Signed, and good for as long as the account: the page with the button, and what a mail program posts to. */
  unsubscribeLinks(userId: string): { readonly unsubscribe: string; readonly oneClick: string };
  close(): void;
}

const MAKE_AGENT = 'Kurzora-Alerts/1.0';

/**
 * Mail goes by SMTP where there is a server, else by Make.com where that is set, else (development) into the inbox page. Telegram
 * goes by our bot or by Make.com. Secrets that no variable names follow from the project's own.
 */
export function openChannels(project: Pick<Project, 'config' | 'database' | 'now'>): AlertChannels {
  const { config } = project;
  const secret = config.jwtSecret ?? openSecrets(config.dataFolder, config.mode).obtain('jwtSecret');
  const derived = (purpose: string) => createHmac('sha256', secret).update(`kurzora:${purpose}`).digest();
  const linkSecret = derived('links').toString('hex');
  const callbackSecret = config.webhookSecret ?? derived('webhooks').toString('hex');
  const vapid = vapidKeys(config.vapidPrivateKey ? Buffer.from(config.vapidPrivateKey, 'base64url') : derived('vapid'));
  const publicUrl =
    config.publicUrl ?? `http://${config.host === '0.0.0.0' ? '127.0.0.1' : config.host}:${config.port}`;
  const senders = sendersOf(project, vapid, callbackSecret);
  return {
    senders,
    publicUrl,
    vapid,
    callbackSecret,
    linkSecret,
    ...(config.makeWebhookUrl ? { makeUrl: config.makeWebhookUrl } : {}),
    envelopeUrls: envelopeUrlsOf(config),
    ...(config.telegramWebhookSecret ? { telegramSecret: config.telegramWebhookSecret } : {}),
    ...(config.telegramBotName ? { telegramBotName: config.telegramBotName } : {}),
    unsubscribeLinks(userId) {
      const token = signText(`email:${userId}`, linkSecret);
      return {
        unsubscribe: `${publicUrl}/unsubscribe?token=${token}`,
        oneClick: `${publicUrl}/api/v1/notifications/unsubscribe?token=${token}`,
      };
    },
    close: () => {
      for (const sender of Object.values(senders)) sender.close();
    },
  };
}

function sendersOf(
  { config, database, now }: Pick<Project, 'config' | 'database' | 'now'>,
  vapid: VapidKeys,
  secret: string,
): Record<string, Sender> {
  const {
    telegramBotToken: token,
    telegramApiUrl: apiUrl,
    makeWebhookUrl,
    makeApiKey: apiKey,
    mailFrom: from,
  } = config;
  const url = smtpUrl(config);
  const mail = url
    ? openMail({ url, from })
    : makeWebhookUrl || config.mode === 'production'
      ? undefined
      : inboxMail(database);
  return {
    ...(mail ? { email: mail } : {}),
    ...(token ? { telegram: openTelegram({ token, apiUrl }) } : {}),
    push: openWebPush({ keys: vapid, contact: `mailto:${/<(.+)>/.exec(from)?.[1] ?? from}` }),
    ...(makeWebhookUrl || Object.keys(envelopeUrlsOf(config)).length > 0
      ? { webhook: openWebhook({ secret, userAgent: MAKE_AGENT, now, ...(apiKey ? { apiKey } : {}) }) }
      : {}),
  };
}

function envelopeUrlsOf(config: Config): Partial<Record<EnvelopeType, string>> {
  const { makeSignalUrl, makeTradeUrl, makeRiskUrl, makeSystemUrl } = config;
  return {
    ...(makeSignalUrl ? { signal_alert: makeSignalUrl } : {}),
    ...(makeTradeUrl ? { trade_execution: makeTradeUrl } : {}),
    ...(makeRiskUrl ? { risk_alert: makeRiskUrl } : {}),
    ...(makeSystemUrl ? { system_notification: makeSystemUrl } : {}),
  };
}

/** SendGrid takes mail by SMTP from the user `apikey`. */
function smtpUrl({ smtpUrl: url, sendgridApiKey: key }: Config): string | undefined {
  return url ?? (key ? `smtp://apikey:${encodeURIComponent(key)}@smtp.sendgrid.net:587` : undefined);
}
