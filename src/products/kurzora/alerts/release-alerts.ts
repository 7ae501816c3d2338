import type { Session } from '#kernel/postgres/database.ts';
import type { ExchangeCalendar } from '#services/market-data/api.ts';
import {
  addNotifications,
  alertPeople,
  cancelAlert,
  dueAlerts,
  gatherAlerts,
  type MessageToQueue,
  type PushDevice,
  postponeAlert,
  pushDevices,
  queueMessages,
  takePlaces,
} from '../queries/signal-alerts.ts';
import { type AlertChannel, type AlertPerson, judge } from '../rules/alerts/judge.ts';
import type { Worded } from '../rules/alerts/mail-frame.ts';
import { envelopePayload, type MakeFacts, makePayload } from '../rules/alerts/make-payloads.ts';
import { type AlertSignal, alertMail, alertPush, alertTelegram, titleOf } from '../rules/alerts/messages.ts';
import { localDate, nextAllowed } from '../rules/alerts/next-allowed.ts';
import type { AlertChannels } from './channels.ts';

export interface Released {
  readonly reserved: number;
  /** The day was full. */
  readonly held: number;
}

interface Ready {
  readonly person: AlertPerson;
  /** What the person wants and the plan allows. */
  readonly wanted: readonly Exclude<AlertChannel, 'webhook'>[];
  /** Mail comes as a digest. */
  readonly gathers: boolean;
  readonly day: string;
  readonly limit: number | null;
}

/**
 * Takes, in one transaction, the alerts of one signal whose hour has come: asks again whether each may go out, takes a place in the
 * person's day and puts the messages into the outbox. Undefined when nothing is due.
 */
export async function releaseOne(
  session: Session,
  channels: AlertChannels,
  calendar: ExchangeCalendar,
  now: number,
  signalId?: string,
): Promise<Released | undefined> {
  const due = await dueAlerts(session, now, signalId);
  if (!due) return undefined;
  const { signal } = due;
  const ready: Ready[] = [];
  const people = await alertPeople(session, due.people);
  const here = new Set(people.map(({ id }) => id));
  for (const id of due.people) if (!here.has(id)) await cancelAlert(session, id, signal.id, 'inactive');
  for (const person of people) {
    const judgement = judge(person, signal.final_score);
    const allowed = judgement.kind === 'alert' ? nextAllowed(now, judgement.settings, calendar) : now;
    if (judgement.kind === 'skip') await cancelAlert(session, person.id, signal.id, judgement.reason);
    else if (allowed > now) await postponeAlert(session, person.id, signal.id, allowed);
    else if (
      !channels.makeUrl &&
      !channels.envelopeUrls.signal_alert &&
      !judgement.channels.some((channel) => channels.senders[channel])
    )
      await cancelAlert(session, person.id, signal.id, 'no_channel');
    else {
      const day = localDate(now, judgement.settings.timeZone);
      const gathers = judgement.settings.digest !== 'realtime' && judgement.channels.includes('email');
      const wanted = judgement.channels.filter((channel) => channel !== 'email' || !gathers);
      ready.push({ person, wanted, gathers, day, limit: judgement.limit });
    }
  }
  if (ready.length === 0) return { reserved: 0, held: 0 };
  return await reserve(session, channels, signal, ready, now);
}

async function reserve(
  session: Session,
  channels: AlertChannels,
  signal: AlertSignal,
  ready: readonly Ready[],
  now: number,
): Promise<Released> {
  const places = ready.map(({ person, day, limit }) => ({ user_id: person.id, day, limit }));
  const numbers = await takePlaces(session, signal.id, places);
  const told = ready.filter(({ person }) => numbers.get(person.id) != null);
  const pushed = told.filter(({ wanted }) => wanted.includes('push')).map(({ person }) => person.id);
  const devices = Map.groupBy(pushed.length > 0 ? await pushDevices(session, pushed) : [], ({ user_id }) => user_id);
  const messages = told.flatMap((one, index) =>
    messagesOf(channels, signal, one, {
      devices: devices.get(one.person.id) ?? [],
      make: { number: numbers.get(one.person.id)!, limit: one.limit, index: index + 1, total: told.length, now },
    }),
  );
  await queueMessages(session, messages, now);
  await gatherAlerts(
    session,
    signal.id,
    told.filter(({ gathers }) => gathers).map(({ person }) => person.id),
  );
  const data = { signalId: signal.id, ticker: signal.ticker, score: signal.final_score };
  const shown = { type: 'signal' as const, title: titleOf(signal), body: '', data };
  await addNotifications(
    session,
    told.map(({ person }) => ({ ...shown, user_id: person.id })),
  );
  return { reserved: told.length, held: ready.length - told.length };
}

/** One message for each way that leads to the person; where Make.com is to send, its payload says by which. */
function messagesOf(
  { senders, makeUrl, envelopeUrls, publicUrl, unsubscribeLinks }: AlertChannels,
  signal: AlertSignal,
  { person, wanted }: Ready,
  { devices, make }: { devices: readonly PushDevice[]; make: Omit<MakeFacts, 'email' | 'telegram'> },
): MessageToQueue[] {
  const links = { signal: `${publicUrl}/signals/${signal.id}`, ...unsubscribeLinks(person.id) };
  const messages: MessageToQueue[] = [];
  const add = (channel: AlertChannel, recipient: string, worded: Worded, device = '') =>
    messages.push({
      idempotency_key: `signal:${signal.id}:${person.id}:${channel}${device}`,
      user_id: person.id,
      signal_id: signal.id,
      type: 'signal_alert' as const,
      channel,
      recipient,
      ...worded,
    });
  const ours = (channel: Ready['wanted'][number]) => wanted.includes(channel) && senders[channel] !== undefined;
  const theirs = (channel: Ready['wanted'][number]) => wanted.includes(channel) && senders[channel] === undefined;
  if (ours('email')) add('email', person.email, alertMail(signal, person, links));
  if (ours('telegram')) add('telegram', person.telegram_chat_id!, alertTelegram(signal, person));
  for (const { endpoint, p256dh, auth } of devices) {
    const { subject, content } = alertPush(signal, person, links);
    add('push', endpoint, { subject, content, metadata: { keys: { p256dh, auth } } }, `:${endpoint}`);
  }
  if (makeUrl) {
    const facts = { ...make, email: theirs('email'), telegram: theirs('telegram') };
    add('webhook', makeUrl, makePayload(signal, person, facts));
  }
  const envelopeUrl = envelopeUrls.signal_alert;
  if (envelopeUrl && envelopeUrl !== makeUrl) {
    const told = [...new Set(messages.map(({ channel }) => channel).filter((channel) => channel !== 'webhook'))];
    const facts = { ticker: signal.ticker, message: titleOf(signal), metadata: envelopeFacts(signal), channels: told };
    const priority = signal.final_score >= 90 ? 'critical' : 'high';
    const envelope = envelopePayload({ type: 'signal_alert', userId: person.id, priority, ...facts }, make.now);
    add('webhook', envelopeUrl, envelope, ':envelope');
  }
  return messages;
}

const envelopeFacts = ({ id, final_score, signal_type, entry_price, stop_loss, take_profit }: AlertSignal) => ({
  ...{ signal_id: id, final_score, signal_type, entry_price, stop_loss, take_profit },
});
