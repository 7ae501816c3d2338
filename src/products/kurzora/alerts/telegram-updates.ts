import { createHash } from 'node:crypto';
import Type, { type Static } from 'typebox';
import type { Database, Session } from '#kernel/postgres/database.ts';
import { changeAlertSettings } from '../queries/notifications.ts';
import { type ChatOwner, chatOwner, linkTelegram } from '../queries/telegram.ts';

const Chat = Type.Object({ id: Type.Union([Type.Integer(), Type.String()]) });

/** The part of an Update that the bot hears (core.telegram.org/bots/api#update). */
export const TelegramUpdate = Type.Object({
  update_id: Type.Integer(),
  message: Type.Optional(Type.Object({ chat: Chat, text: Type.Optional(Type.String()) })),
  callback_query: Type.Optional(
    Type.Object({
      id: Type.String(),
      data: Type.Optional(Type.String()),
      message: Type.Optional(Type.Object({ chat: Chat })),
    }),
  ),
});

const HELP =
  'Commands: /subscribe, /unsubscribe, /status, /help. To connect your account, open the link in your Kurzora settings.';
const UNKNOWN = 'This chat belongs to no account yet. Open the link in your Kurzora settings.';

/** What the bot answers, as a call of the Bot API; an empty object says nothing. */
export async function answerUpdate(
  database: Database,
  publicUrl: string,
  { message, callback_query: button }: Static<typeof TelegramUpdate>,
): Promise<Record<string, unknown>> {
  const chat = message?.chat ?? button?.message?.chat;
  if (!chat) return {};
  const chatId = String(chat.id);
  const text = await database.asService((session) =>
    button
      ? answerButton(session, publicUrl, chatId, button.data ?? '')
      : answerCommand(session, chatId, message?.text ?? ''),
  );
  return text ? { method: 'sendMessage', chat_id: chat.id, text } : {};
}

async function answerCommand(session: Session, chatId: string, text: string): Promise<string> {
  const [, command, argument] = /^\/(\w+)(?:@\w+)?(?:\s+(\S+))?/.exec(text) ?? [];
  if (command === 'start' && argument) return await start(session, chatId, argument);
  if (!command || !['subscribe', 'unsubscribe', 'status'].includes(command)) return HELP;
  const owner = await chatOwner(session, chatId);
  if (!owner) return UNKNOWN;
  if (command === 'status') return statusOf(owner);
  const enabled = command === 'subscribe';
  await changeAlertSettings(session, owner.id, { telegram_alerts_enabled: enabled });
  return enabled ? 'Alerts will come here.' : 'No more alerts will come here.';
}

async function start(session: Session, chatId: string, code: string): Promise<string> {
  const linked = await linkTelegram(session, createHash('sha256').update(code).digest(), chatId);
  if (linked) return 'Your account is connected. Alerts will come here.';
  // Telegram repeats an update whose answer it missed.
  return (await chatOwner(session, chatId))
    ? 'Your account is connected already.'
    : 'This link is too old or was used. Open a new one in your Kurzora settings.';
}

function statusOf({ enabled, minimum_score: least, daily_alerts_sent: sent }: ChatOwner): string {
  return `Alerts here: ${enabled ? 'on' : 'off'}. Least score: ${least ?? 65}. Alerts of the last day: ${sent}.`;
}

/** view_chart:T, paper_trade:T:price, set_alert:T:score. */
async function answerButton(session: Session, publicUrl: string, chatId: string, data: string): Promise<string> {
  const [action, ticker = '', value = ''] = data.split(':');
  const symbol = encodeURIComponent(ticker);
  if (action === 'view_chart') return `${publicUrl}/signals?symbol=${symbol}`;
  if (action === 'paper_trade') return `${publicUrl}/signals?symbol=${symbol}&execute=1`;
  const owner = action === 'set_alert' && /^\d{1,3}$/.test(value) ? await chatOwner(session, chatId) : undefined;
  if (!owner) return UNKNOWN;
  const least = Math.min(100, Math.max(50, Number(value)));
  await changeAlertSettings(session, owner.id, { minimum_score: least });
  return `Alerts come from score ${least} on.`;
}
