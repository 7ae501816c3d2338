import { createHash } from 'node:crypto';
import Type, { type Static } from 'typebox';
import type { Database, Session } from '#kernel/postgres/database.ts';
import { changeAlertSettings } from '../queries/notifications.ts';
import { type ChatOwner, chatOwner, linkTelegram, liveSignalOf } from '../queries/telegram.ts';
import { botText } from '../rules/alerts/bot-texts.ts';

const Chat = Type.Object({ id: Type.Union([Type.Integer(), Type.String()]) });
const From = Type.Optional(Type.Object({ language_code: Type.Optional(Type.String()) }));

/** The part of an Update that the bot hears (core.telegram.org/bots/api#update). */
export const TelegramUpdate = Type.Object({
  update_id: Type.Integer(),
  message: Type.Optional(Type.Object({ chat: Chat, from: From, text: Type.Optional(Type.String()) })),
  callback_query: Type.Optional(
    Type.Object({
      id: Type.String(),
      from: From,
      data: Type.Optional(Type.String()),
      message: Type.Optional(Type.Object({ chat: Chat })),
    }),
  ),
});

/** Says a text in the chat's language. */
type Say = (key: Parameters<typeof botText>[1], values?: Readonly<Record<string, unknown>>) => string;

interface Heard {
  readonly chatId: string;
  readonly owner: ChatOwner | undefined;
  readonly say: Say;
}

/** What the bot answers, as a call of the Bot API; an empty object says nothing. */
export async function answerUpdate(
  database: Database,
  publicUrl: string,
  { message, callback_query: button }: Static<typeof TelegramUpdate>,
): Promise<Record<string, unknown>> {
  const chat = message?.chat ?? button?.message?.chat;
  if (!chat) return {};
  const text = await database.asService(async (session) => {
    const heard = await hear(session, String(chat.id), (message ?? button)?.from?.language_code);
    return button
      ? answerButton(session, publicUrl, heard, button.data ?? '')
      : answerCommand(session, heard, message?.text ?? '');
  });
  return text ? { method: 'sendMessage', chat_id: chat.id, text } : {};
}

async function hear(session: Session, chatId: string, spoken = 'en'): Promise<Heard> {
  const owner = await chatOwner(session, chatId);
  const language = owner?.language ?? spoken;
  return { chatId, owner, say: (key, values) => botText(language, key, values) };
}

async function answerCommand(session: Session, heard: Heard, text: string): Promise<string> {
  const [, command, argument] = /^\/(\w+)(?:@\w+)?(?:\s+(\S+))?/.exec(text) ?? [];
  if (command === 'start' && argument) return await start(session, heard, argument);
  const { owner, say } = heard;
  if (!command || !['subscribe', 'unsubscribe', 'status'].includes(command)) return say('help');
  if (!owner) return say('unknown');
  if (command === 'status') return statusOf(owner, say);
  const enabled = command === 'subscribe';
  await changeAlertSettings(session, owner.id, { telegram_alerts_enabled: enabled });
  if (!enabled) return say('off');
  return owner.plan === 'starter' ? `${say('on')} ${say('planLacks')}` : say('on');
}

async function start(session: Session, { chatId, owner, say }: Heard, code: string): Promise<string> {
  const linked = await linkTelegram(session, createHash('sha256').update(code).digest(), chatId);
  // The chat may have changed hands: from now on it hears the language of who owns it.
  if (linked) return (await hear(session, chatId)).say('connected');
  // Telegram repeats an update whose answer it missed.
  return say(owner ? 'connectedBefore' : 'staleLink');
}

function statusOf({ enabled, minimum_score: least, daily_alerts_sent: sent, plan }: ChatOwner, say: Say): string {
  const status = say('status', { state: say(enabled ? 'stateOn' : 'stateOff'), least: least ?? 65, sent });
  return plan === 'starter' ? `${status} ${say('planLacks')}` : status;
}

/** view_chart:T, paper_trade:T:price, set_alert:T:score. A signal's page has both its chart and the form that executes it. */
async function answerButton(session: Session, publicUrl: string, { owner, say }: Heard, data: string): Promise<string> {
  const [action, ticker = '', value = ''] = data.split(':');
  if (action === 'view_chart' || action === 'paper_trade') {
    const signal = await liveSignalOf(session, ticker);
    return signal ? `${publicUrl}/signals/${signal}` : say('noSignal', { ticker });
  }
  if (action !== 'set_alert' || !/^\d{1,3}$/.test(value)) return say('help');
  if (!owner) return say('unknown');
  const least = Math.min(100, Math.max(50, Number(value)));
  await changeAlertSettings(session, owner.id, { minimum_score: least });
  return say('leastSet', { least });
}
