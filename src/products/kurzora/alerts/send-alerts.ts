import type { Project } from '#kernel/product.ts';
import { deliverDue } from '#services/notifications/api.ts';
import { alertPeople, makeEnabled } from '../queries/signal-alerts.ts';
import type { AlertPerson } from '../rules/alerts/judge.ts';
import type { KurzoraServices } from '../services.ts';
import type { AlertChannels } from './channels.ts';
import { outboxStore } from './outbox-store.ts';
import { planOne } from './plan-alerts.ts';
import { queueDigests } from './queue-digests.ts';
import { queueTradeUpdates } from './queue-trade-updates.ts';
import { releaseOne } from './release-alerts.ts';

export interface AlertCounts {
  checked: number;
  eligible: number;
  skipped: Record<'inactive' | 'email_disabled' | 'score_too_low' | 'daily_limit_reached' | 'atomic_error', number>;
  sent: number;
  failed: number;
  /** Sent again although the receiver may have had them. */
  doubts: number;
}

/**
 * Everything that is due about alerts, or about one signal: people are chosen, hours and limits kept, messages sent. A failure for
 * good frees a place of the day, so it goes round until nothing more comes of it. Any number of these may run at once.
 */
export async function sendAlerts(
  project: Pick<Project, 'database' | 'now'>,
  {
    alerts: every,
    marketData: { calendar },
  }: Pick<KurzoraServices, 'alerts'> & { marketData: Pick<KurzoraServices['marketData'], 'calendar'> },
  { signal = new AbortController().signal, signalId }: { signal?: AbortSignal; signalId?: string } = {},
): Promise<AlertCounts> {
  const { database, now } = project;
  const alerts = (await database.asService(makeEnabled)) ? every : withoutMake(every);
  const counts: AlertCounts = {
    checked: 0,
    eligible: 0,
    skipped: { inactive: 0, email_disabled: 0, score_too_low: 0, daily_limit_reached: 0, atomic_error: 0 },
    sent: 0,
    failed: 0,
    doubts: 0,
  };
  // Read once: a scan at 6,000 stocks raises hundreds of signals, and there are as many people each time.
  let known: AlertPerson[] | undefined;
  while (!signal.aborted) {
    const planned = await database.asService(async (session) => {
      known ??= await alertPeople(session);
      return await planOne(session, calendar, now(), { signalId, known });
    });
    if (!planned) break;
    counts.checked += planned.checked;
    counts.eligible += planned.eligible;
    for (const [reason, count] of Object.entries(planned.skipped))
      counts.skipped[reason as keyof typeof planned.skipped] += count;
  }
  if (!signalId) {
    await queueDigests(database, alerts, calendar, now());
    await queueTradeUpdates(database, alerts, calendar, now());
  }
  for (let first = true; !signal.aborted; first = false) {
    let released = 0;
    while (!signal.aborted) {
      const some = await database.asService((session) => releaseOne(session, alerts, calendar, now(), signalId));
      if (!some) break;
      released += some.reserved;
      counts.skipped.daily_limit_reached += some.held;
    }
    if (released === 0 && !first) break;
    const delivered = await deliverDue(outboxStore(database, now, signalId), alerts.senders, signal);
    counts.sent += delivered.sent;
    counts.failed += delivered.failed;
    counts.doubts += delivered.doubts;
  }
  return counts;
}

/** Nothing new is handed to Make.com; what waits in the outbox for it still goes. */
function withoutMake({ makeUrl: _off, ...others }: AlertChannels): AlertChannels {
  return { ...others, envelopeUrls: {} };
}
