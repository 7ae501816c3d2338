import { createHash, randomBytes } from 'node:crypto';
import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { Answer, defineRoute } from '#kernel/product.ts';
import { sameSecret } from '#services/notifications/api.ts';
import { answerUpdate, TelegramUpdate } from '../../alerts/telegram-updates.ts';
import { addTelegramCode, unlinkTelegram } from '../../queries/telegram.ts';
import type { KurzoraServices } from '../../services.ts';

const link = {
  response: Type.Object({
    code: Type.String(),
    /** Null when TELEGRAM_BOT_NAME is not set: the code is then sent to the bot as `/start <code>`. */
    url: Type.Union([Type.String(), Type.Null()]),
    expiresAt: Type.String(),
  }),
};

/** Whoever opens this link in Telegram has shown that account and chat are his. */
export const linkTelegramRoute = defineRoute<KurzoraServices, typeof link>({
  method: 'POST',
  url: '/api/v1/notifications/telegram/link',
  scope: 'signed-in',
  summary: 'A link to the bot that connects the caller’s chat, for 15 minutes',
  schema: link,
  async handle({ identity, project, services }) {
    const code = randomBytes(16).toString('base64url');
    const codeHash = createHash('sha256').update(code).digest();
    const expires = await project.database.asService((session) =>
      addTelegramCode(session, String(identity.claims['sub']), codeHash),
    );
    const bot = services.alerts.telegramBotName;
    return { code, url: bot ? `https://t.me/${bot}?start=${code}` : null, expiresAt: expires.toISOString() };
  },
});

const unlink = { response: Type.Object({ linked: Type.Boolean() }) };

export const unlinkTelegramRoute = defineRoute<KurzoraServices, typeof unlink>({
  method: 'DELETE',
  url: '/api/v1/notifications/telegram/link',
  scope: 'signed-in',
  summary: 'Disconnects the caller’s chat',
  schema: unlink,
  async handle({ identity, as }) {
    await as((session) => unlinkTelegram(session, String(identity.claims['sub'])));
    return { linked: false };
  },
});

const update = { body: TelegramUpdate, response: Type.Unknown() };

/** Called by Telegram (setWebhook with secret_token); the answer is itself a call of the Bot API. */
export const telegramWebhookRoute = defineRoute<KurzoraServices, typeof update>({
  method: 'POST',
  url: '/api/v1/webhooks/telegram',
  scope: 'public',
  summary: 'Updates of the bot; X-Telegram-Bot-Api-Secret-Token must be ours',
  schema: update,
  envelope: false,
  async handle({ body, headers, project, services }) {
    const { telegramSecret, publicUrl } = services.alerts;
    const given = headers['x-telegram-bot-api-secret-token'];
    assertOr(
      telegramSecret && sameSecret(String(given ?? ''), telegramSecret),
      'UNAUTHORIZED',
      'the secret token is not ours',
    );
    return new Answer(200, await answerUpdate(project.database, publicUrl, body));
  },
});
