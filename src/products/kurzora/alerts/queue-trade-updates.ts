import type { Database, Session } from '#kernel/postgres/database.ts';
import type { ExchangeCalendar } from '#services/market-data/api.ts';
import { alertPeople, pushDevices, queueMessages } from '../queries/signal-alerts.ts';
import { closeTradeAlerts, type TradeToTell, tradesToTell } from '../queries/trade-alerts.ts';
import type { AlertPerson } from '../rules/alerts/judge.ts';
import { nextAllowed } from '../rules/alerts/next-allowed.ts';
import { alertSettings } from '../rules/alerts/settings.ts';
import { tradeMail, tradePush, tradeTelegram, tradeTitle } from '../rules/alerts/trade-messages.ts';
import type { AlertChannels } from './channels.ts';
import { messagesFor } from './ways-out.ts';

const BATCH = 200;

/**
 * Puts what stop and target closed into the outbox, a batch a transaction. It waits for the end of quiet hours, not for a session, and
 * takes no place in the day's count: that is of signals. Returns how many messages are new.
 */
export async function queueTradeUpdates(
  database: Database,
  channels: AlertChannels,
  calendar: ExchangeCalendar,
  now: number,
): Promise<number> {
  for (let queued = 0; ; ) {
    const batch = await database.asService((session) => queueBatch(session, channels, calendar, now));
    if (batch === null) return queued;
    queued += batch;
  }
}

async function queueBatch(
  session: Session,
  channels: AlertChannels,
  calendar: ExchangeCalendar,
  now: number,
): Promise<number | null> {
  const trades = await tradesToTell(session, BATCH);
  if (trades.length === 0) return null;
  const owners = [...new Set(trades.map(({ user_id }) => user_id))];
  const people = new Map((await alertPeople(session, owners)).map((person) => [person.id, person]));
  const devices = Map.groupBy(await pushDevices(session, owners), ({ user_id }) => user_id);
  let queued = 0;
  for (const trade of trades) {
    const person = people.get(trade.user_id);
    const settings = person && alertSettings(person.notification_settings, person.timezone);
    if (!person?.is_active || !settings?.tradeUpdates) continue;
    const messages = messagesFor(channels, messageOf(trade, person, channels, devices.get(person.id) ?? []), now);
    const due = nextAllowed(now, { ...settings, tradingHoursOnly: false }, calendar);
    queued += await queueMessages(session, messages, due);
  }
  await closeTradeAlerts(
    session,
    trades.map(({ id }) => id),
  );
  return queued;
}

function messageOf(
  trade: TradeToTell,
  person: AlertPerson,
  { publicUrl, unsubscribeLinks }: AlertChannels,
  devices: Parameters<typeof messagesFor>[1]['devices'],
) {
  const url = `${publicUrl}/history`;
  const { id, ticker, quantity, entry_price, exit_price, exit_reason, profit_loss } = trade;
  return {
    key: `trade:${id}`,
    type: 'trade_update' as const,
    // The index of one message a signal is of alerts; a signal may be traded more than once.
    signal_id: null,
    person,
    devices,
    email: tradeMail(trade, person, { signal: url, ...unsubscribeLinks(person.id) }),
    telegram: tradeTelegram(trade, person),
    push: tradePush(trade, person, url),
    envelope: {
      type: 'trade_execution' as const,
      ticker,
      message: tradeTitle(trade, person.language),
      priority: 'high' as const,
      metadata: { trade_id: id, action: 'closed', quantity, entry_price, exit_price, exit_reason, profit_loss },
    },
  };
}
