import { postOnce } from '../post-once.ts';
import type { Outcome, Sender } from '../sender.ts';

export interface TelegramBot {
  readonly token: string;
  /** https://api.telegram.org, or a Bot API server of one's own. */
  readonly apiUrl: string;
}

interface BotAnswer {
  readonly ok: boolean;
  readonly description?: string;
  readonly error_code?: number;
  readonly parameters?: { readonly retry_after?: number };
  readonly result?: { readonly message_id?: number };
}

/**
 * Messages by the Bot API (core.telegram.org/bots/api#sendmessage), HTML. `metadata.buttons` is an inline keyboard. The API knows
 * no idempotency key: where an answer never came, the next try may be a second message.
 */
export function openTelegram({ token, apiUrl }: TelegramBot): Sender {
  return {
    async send({ recipient, content, metadata }, signal) {
      const body = {
        chat_id: recipient,
        text: content,
        parse_mode: 'HTML',
        link_preview_options: { is_disabled: true },
        ...(metadata['buttons'] ? { reply_markup: { inline_keyboard: metadata['buttons'] } } : {}),
      };
      const headers = { 'content-type': 'application/json' };
      const posted = await postOnce(
        `${apiUrl}/bot${token}/sendMessage`,
        { headers, body: JSON.stringify(body) },
        signal,
      );
      return 'kind' in posted ? withoutToken(posted, token) : outcomeOf(posted.status, posted.text);
    },
    close: () => undefined,
  };
}

/** An error of the network may quote the address, and the address has the token in it. */
function withoutToken<O extends { reason: string }>(outcome: O, token: string): O {
  return { ...outcome, reason: outcome.reason.replaceAll(token, '***') };
}

function outcomeOf(status: number, text: string): Outcome {
  let answer: BotAnswer;
  try {
    answer = JSON.parse(text) as BotAnswer;
  } catch {
    return { kind: 'refused', reason: `${status}, no JSON`, again: true };
  }
  if (answer.ok) return { kind: 'sent', externalId: String(answer.result?.message_id ?? '') };
  const code = answer.error_code ?? status;
  const seconds = answer.parameters?.retry_after;
  return {
    kind: 'refused',
    reason: `${code} ${answer.description ?? ''}`.trim(),
    again: code === 429 || code >= 500,
    ...(seconds ? { retryAfterSeconds: seconds } : {}),
  };
}
