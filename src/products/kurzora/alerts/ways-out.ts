import type { MessageToQueue, PushDevice } from '../queries/signal-alerts.ts';
import { type AlertPerson, channelsOf } from '../rules/alerts/judge.ts';
import type { Worded } from '../rules/alerts/mail-frame.ts';
import { type Envelope, envelopePayload } from '../rules/alerts/make-payloads.ts';
import { alertSettings } from '../rules/alerts/settings.ts';
import type { AlertChannels } from './channels.ts';

export type PersonalMessage = Pick<MessageToQueue, 'type' | 'signal_id'> & {
  /** The same whoever asks: `trade:<id>`. */
  readonly key: string;
  readonly person: AlertPerson;
  readonly devices: readonly PushDevice[];
  /** Null: this is not told on that channel. */
  readonly email: Worded | null;
  readonly telegram: Worded | null;
  readonly push: Worded | null;
  readonly envelope: Omit<Envelope, 'userId' | 'channels'>;
};

/** One message for each way that the person wants, the plan allows and the server has, and the envelope where its webhook is set. */
export function messagesFor(
  { senders, envelopeUrls }: Pick<AlertChannels, 'senders' | 'envelopeUrls'>,
  { key, person, devices, email, telegram, push, envelope, ...message }: PersonalMessage,
  now: number,
): MessageToQueue[] {
  const wanted = channelsOf(person, alertSettings(person.notification_settings, person.timezone));
  const open = wanted.filter((channel) => senders[channel] !== undefined);
  const messages: MessageToQueue[] = [];
  const add = (channel: MessageToQueue['channel'], recipient: string, worded: Worded | null, suffix = '') => {
    if (worded)
      messages.push({
        ...{ ...message, channel, recipient, ...worded },
        ...{ user_id: person.id, idempotency_key: `${key}:${person.id}:${channel}${suffix}` },
      });
  };
  if (open.includes('email')) add('email', person.email, email);
  if (open.includes('telegram')) add('telegram', person.telegram_chat_id!, telegram);
  if (open.includes('push'))
    for (const { endpoint, p256dh, auth } of devices)
      add('push', endpoint, push && { ...push, metadata: { keys: { p256dh, auth } } }, `:${endpoint}`);
  const url = envelopeUrls[envelope.type];
  const told = messages.map(({ channel }) => channel);
  if (url) add('webhook', url, envelopePayload({ ...envelope, userId: person.id, channels: [...new Set(told)] }, now));
  return messages;
}
