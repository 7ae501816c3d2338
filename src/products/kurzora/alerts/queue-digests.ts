import type { Database, Session } from '#kernel/postgres/database.ts';
import type { ExchangeCalendar } from '#services/market-data/api.ts';
import { closeGathered, gatheredPeople, gatheredSignals } from '../queries/digests.ts';
import { alertPeople, queueMessages } from '../queries/signal-alerts.ts';
import { digestPeriod } from '../rules/alerts/digest-period.ts';
import { judge } from '../rules/alerts/judge.ts';
import { digestMail } from '../rules/alerts/messages.ts';
import { nextAllowed } from '../rules/alerts/next-allowed.ts';
import { alertSettings } from '../rules/alerts/settings.ts';
import type { AlertChannels } from './channels.ts';

/** Puts the digests that are due into the outbox, a person a transaction. Returns how many. */
export async function queueDigests(
  database: Database,
  channels: AlertChannels,
  calendar: ExchangeCalendar,
  now: number,
): Promise<number> {
  if (!channels.senders['email']) return 0;
  let queued = 0;
  for (const id of await database.asService(gatheredPeople))
    queued += await database.asService((session) => queueDigest(session, channels, calendar, now, id));
  return queued;
}

/** One a person and period. Somebody who went back to single mails gets what was gathered at once; who wants none, none. */
async function queueDigest(
  session: Session,
  channels: AlertChannels,
  calendar: ExchangeCalendar,
  now: number,
  userId: string,
): Promise<number> {
  const signals = await gatheredSignals(session, userId);
  const [person] = await alertPeople(session, [userId]);
  if (!person || signals.length === 0) return 0;
  const settings = alertSettings(person.notification_settings, person.timezone);
  const ids = signals.map(({ id }) => id);
  if (!settings.email || judge(person, 100).kind === 'skip') {
    await closeGathered(session, userId, ids);
    return 0;
  }
  const left = settings.digest === 'realtime';
  const period = left ? `rest:${ids[0]}` : digestPeriod(now, settings.digest, settings.timeZone);
  if (period === null) return 0;
  const links = { signal: `${channels.publicUrl}/signals`, ...channels.unsubscribeLinks(userId) };
  const message = {
    idempotency_key: `digest:${userId}:${settings.digest}:${period}`,
    user_id: userId,
    signal_id: null,
    type: 'signal_alert' as const,
    channel: 'email' as const,
    recipient: person.email,
    ...digestMail(signals, person, links),
  };
  const due = nextAllowed(now, { ...settings, tradingHoursOnly: false }, calendar);
  const queued = await queueMessages(session, [message], due);
  if (queued === 1) await closeGathered(session, userId, ids);
  return queued;
}
