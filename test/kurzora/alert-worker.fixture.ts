/** A worker of its own process for the kill test: sends alerts until none is left, then ends. Argument: JSON {target, smtp, now}. */
import { createLog } from '#kernel/log.ts';
import type { ConnectionTarget } from '#kernel/postgres/database.ts';
import { openDatabase } from '#kernel/postgres/session.ts';
import { openMail } from '#services/notifications/api.ts';
import { readConfig } from '../../src/kernel/config.ts';
import { openChannels } from '../../src/products/kurzora/alerts/channels.ts';
import { sendAlerts } from '../../src/products/kurzora/alerts/send-alerts.ts';
import { nyseCalendar } from '../../src/services/market-data/api.ts';

const given = JSON.parse(process.argv[2]!) as { target: ConnectionTarget; smtp: string; now: number };
const database = openDatabase({
  target: given.target,
  poolSize: 8,
  statementTimeoutMs: 30_000,
  log: createLog('error'),
});
const config = readConfig({}, { JWT_SECRET: 'a secret of the tests, 32 characters long' });
const project = { config, database, now: () => given.now };
const email = openMail({ url: given.smtp, from: config.mailFrom });
const alerts = { ...openChannels(project), senders: { email } };
const services = { alerts, marketData: { calendar: nyseCalendar() } };

const left = () =>
  database.asService((session) =>
    session.one<{ open: boolean }>(
      `select exists (select from public.notification_queue where status in ('pending', 'sending'))
           or exists (select from public.signal_alert_triggers where handled_at is null)
           or exists (select from public.signal_alerts where status = 'waiting') as open`,
    ),
  );
while ((await left()).open) await sendAlerts(project, services);
await database.close();
