import type { Database, Session } from '#kernel/postgres/database.ts';
import type { ExchangeCalendar } from '#services/market-data/api.ts';
import { addNotificationOnce, type Fall, fallsOn, type SummaryDue, summariesDue } from '../queries/portfolio-alerts.ts';
import { alertPeople, pushDevices, queueMessages } from '../queries/signal-alerts.ts';
import { nextAllowed } from '../rules/alerts/next-allowed.ts';
import { drawdownMail, drawdownTitle, summaryMail } from '../rules/alerts/portfolio-mails.ts';
import { alertSettings } from '../rules/alerts/settings.ts';
import { RISK_LIMITS } from '../rules/portfolio-risk.ts';
import type { AlertChannels } from './channels.ts';
import { messagesFor } from './ways-out.ts';

interface Day {
  readonly calendar: ExchangeCalendar;
  /** The session that was recorded: `2026-11-20`. */
  readonly date: string;
  readonly now: number;
}

const DAY_MS = 86_400_000;

/**
 * What a recorded close brings about: summaries to those who asked for them, weekly ones with the last session of a week, and a
 * warning where an account fell below its highest value by more than the alarm. Safe to repeat; a person a transaction.
 */
export async function queuePortfolioAlerts(
  database: Database,
  channels: AlertChannels,
  day: Day,
): Promise<{ summaries: number; warnings: number }> {
  const due = await database.asService((session) => summariesDue(session, day.date, isLastOfWeek(day)));
  const falls = await database.asService((session) => fallsOn(session, day.date, RISK_LIMITS.drawdownAlarm));
  let [summaries, warnings] = [0, 0];
  for (const one of due) summaries += await database.asService((session) => queueSummary(session, channels, day, one));
  for (const one of falls) warnings += await database.asService((session) => queueWarning(session, channels, day, one));
  return { summaries, warnings };
}

/** Weeks begin on Monday: the next session lies in another one. */
function isLastOfWeek({ calendar, date }: Day): boolean {
  const mondayOf = (day: string) => {
    const noon = Date.parse(`${day}T12:00:00Z`);
    return noon - ((new Date(noon).getUTCDay() + 6) % 7) * DAY_MS;
  };
  const close = calendar.session(date)?.close ?? Date.parse(`${date}T21:00:00Z`);
  return mondayOf(calendar.next(close).date) !== mondayOf(date);
}

async function queueSummary(
  session: Session,
  channels: AlertChannels,
  { calendar, now }: Day,
  span: SummaryDue,
): Promise<number> {
  const [person] = await alertPeople(session, [span.user_id]);
  if (!person) return 0;
  const settings = alertSettings(person.notification_settings, person.timezone);
  if (!settings.email || !channels.senders['email']) return 0;
  const links = { signal: `${channels.publicUrl}/positions`, ...channels.unsubscribeLinks(person.id) };
  const worded = summaryMail(span, person, links);
  const message = {
    idempotency_key: `summary:${person.id}:${span.date}`,
    user_id: person.id,
    signal_id: null,
    type: 'portfolio_summary' as const,
    channel: 'email' as const,
    recipient: person.email,
    ...worded,
    metadata: { ...worded.metadata, date: span.date },
  };
  return await queueMessages(session, [message], nextAllowed(now, { ...settings, tradingHoursOnly: false }, calendar));
}

async function queueWarning(
  session: Session,
  channels: AlertChannels,
  { calendar, date, now }: Day,
  { user_id, percent }: Fall,
): Promise<number> {
  const [person] = await alertPeople(session, [user_id]);
  if (!person?.is_active) return 0;
  const key = `drawdown:${date}`;
  const title = drawdownTitle(percent, person.language);
  if (!(await addNotificationOnce(session, { user_id, title, data: { key, kind: 'drawdown', percent, date } })))
    return 0;
  const settings = alertSettings(person.notification_settings, person.timezone);
  if (!settings.tradeUpdates) return 1;
  const url = `${channels.publicUrl}/positions`;
  const devices = await pushDevices(session, [user_id]);
  const push = JSON.stringify({ title, body: '', tag: key, url });
  const messages = messagesFor(
    channels,
    {
      ...{ key, type: 'trade_update', signal_id: null, person, devices },
      email: drawdownMail(percent, person, { signal: url, ...channels.unsubscribeLinks(user_id) }),
      telegram: { subject: title, content: `<b>${title}</b>`, metadata: {} },
      push: { subject: title, content: push, metadata: {} },
      envelope: {
        type: 'risk_alert',
        message: title,
        priority: 'critical',
        metadata: { drawdown_percent: percent, date },
      },
    },
    now,
  );
  await queueMessages(session, messages, nextAllowed(now, { ...settings, tradingHoursOnly: false }, calendar));
  return 1;
}
