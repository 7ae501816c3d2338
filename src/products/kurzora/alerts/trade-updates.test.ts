import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nyseCalendar } from '#services/market-data/api.ts';
import { startHttpReceiver, startTelegram } from '../../../../test/stand-ins/http-receiver.ts';
import { startMailServer } from '../../../../test/stand-ins/mail-server.ts';
import { queuePortfolioAlerts } from './queue-portfolio-alerts.ts';
import { addClosedTrade, type TestAlerts, testAlerts } from './test-alerts.ts';

const MINUTE = 60_000;

test('what stop and target close is told once on every way, in the language of the person; what a person closes is not', async () => {
  await using mail = await startMailServer();
  await using telegram = await startTelegram();
  await using make = await startHttpReceiver();
  await using alerts = await testAlerts({
    SMTP_URL: mail.url,
    TELEGRAM_BOT_TOKEN: '1:token',
    TELEGRAM_API_URL: telegram.url,
    MAKE_TRADE_WEBHOOK_URL: make.url,
    MAKE_API_KEY: 'make-key',
  });
  const id = await alerts.person({ subscription_tier: 'professional', telegram_chat_id: '4711', language: 'de' });
  const trade = await addClosedTrade(alerts.db, id, 'stop_loss', 'MSFT');
  await addClosedTrade(alerts.db, id, 'take_profit', 'AAPL');
  await addClosedTrade(alerts.db, id, 'manual', 'NVDA');
  await Promise.all([alerts.send(), alerts.send(), alerts.send()]);
  await alerts.send();
  assert.deepEqual(mail.mails.map(({ subject }) => subject).sort(), [
    'AAPL hat das Ziel erreicht',
    'MSFT hat den Stopp erreicht',
  ]);
  assert.match(
    telegram.calls.map(({ body }) => JSON.parse(String(body)).text).find((text) => /MSFT/.test(text)),
    /Geschlossen bei: <b>\$95\.00<\/b>[\s\S]*−\$50\.00/,
  );
  assert.equal(telegram.calls.length, 2);
  const envelopes = make.calls.map(({ body }) => JSON.parse(String(body)));
  assert.equal(envelopes.length, 2);
  const { type, data, timestamp } = envelopes.find((envelope) => envelope.data.ticker === 'MSFT');
  assert.deepEqual(
    [type, data.userId, data.priority, data.channels, data.metadata.trade_id, data.metadata.exit_reason],
    ['trade_execution', id, 'high', ['email', 'telegram'], trade, 'stop_loss'],
  );
  assert.equal(timestamp, new Date(alerts.clock).toISOString());
  assert.equal(make.calls[0]!.headers.authorization, 'Bearer make-key');
  const [{ alert_type }] = await alerts.db.sql<{ alert_type: string }>(
    `select distinct alert_type from public.alert_delivery_log where user_id = $1`,
    [id],
  );
  assert.equal(alert_type, 'trade_update');
  assert.deepEqual(
    await alerts.db.sql('select daily_alerts_sent as sent from public.users where id = $1', [id]),
    [{ sent: 0 }],
    'takes no place of a signal',
  );
});

test('an update about a trade waits for the end of quiet hours, and is none where nobody wants it', async () => {
  await using mail = await startMailServer();
  await using alerts = await testAlerts({ SMTP_URL: mail.url });
  const quiet = { quiet_hours_start: '22:00', quiet_hours_end: '07:00', timezone: 'Europe/Berlin' };
  const sleeper = await alerts.person({}, quiet);
  const silent = await alerts.person({}, { trade_updates_enabled: false });
  alerts.clock = Date.parse('2026-11-18T23:00:00Z');
  for (const id of [sleeper, silent]) await addClosedTrade(alerts.db, id, 'take_profit');
  await alerts.send();
  assert.equal(mail.mails.length, 0);
  alerts.clock = Date.parse('2026-11-19T06:00:00Z');
  await alerts.send();
  assert.deepEqual(
    mail.mails.map(({ to }) => to),
    [`${sleeper}@example.com`],
  );
  alerts.clock += 60 * MINUTE;
  await alerts.send();
  assert.equal(mail.mails.length, 1);
});

test('a signal’s envelope goes to its own webhook beside the scenario’s payload', async () => {
  await using make = await startHttpReceiver();
  await using envelopes = await startHttpReceiver();
  await using alerts = await testAlerts({ MAKE_WEBHOOK_URL: make.url, MAKE_SIGNAL_WEBHOOK_URL: envelopes.url });
  const id = await alerts.person();
  const signal = await alerts.signal(92, { ticker: 'AAPL' });
  await alerts.send();
  await alerts.send();
  assert.deepEqual([make.calls.length, envelopes.calls.length], [1, 1]);
  const { type, data } = JSON.parse(String(envelopes.calls[0]!.body));
  assert.deepEqual(
    [type, data.userId, data.ticker, data.priority, data.message, data.metadata.signal_id],
    ['signal_alert', id, 'AAPL', 'critical', 'AAPL: 92/100', signal],
  );
});

const CALENDAR = nyseCalendar();
const close = (alerts: TestAlerts, date: string) =>
  queuePortfolioAlerts(alerts.db.database, alerts.channels, { calendar: CALENDAR, date, now: alerts.clock });

async function snapshot(alerts: TestAlerts, userId: string, date: string, value: number): Promise<void> {
  await alerts.db.sql(
    `insert into public.portfolio_snapshots (user_id, snapshot_date, total_value, cash_balance, invested_amount, unrealized_pnl,
       realized_pnl, total_return_percentage) values ($1, $2, $3, $3, 0, 0, 0, 0)`,
    [userId, date, value],
  );
}

test('summaries come daily, or weekly with the last session of a week, and not when nothing happened', async () => {
  await using mail = await startMailServer();
  await using alerts = await testAlerts({ SMTP_URL: mail.url });
  const daily = await alerts.person({}, { portfolio_summary: 'daily' });
  const weekly = await alerts.person({}, { portfolio_summary: 'weekly' });
  const idle = await alerts.person({}, { portfolio_summary: 'daily' });
  const never = await alerts.person();
  for (const id of [daily, weekly, idle, never]) {
    for (const [date, value] of [
      ['2026-11-18', 10_000],
      ['2026-11-19', 10_100],
      ['2026-11-20', 10_050],
    ] as const)
      await snapshot(alerts, id, date, value);
    if (id !== idle)
      await alerts.db.sql(
        `insert into public.paper_trades (user_id, ticker, quantity, entry_price) values ($1, 'AAPL', 10, 100)`,
        [id],
      );
  }
  const counts = async (date: string) => (await close(alerts, date)).summaries;
  assert.equal(await counts('2026-11-19'), 1, 'a Thursday');
  assert.equal(await counts('2026-11-19'), 0, 'each once');
  assert.equal(await counts('2026-11-20'), 2, 'a Friday');
  await alerts.send();
  assert.deepEqual(
    mail.mails.map(({ to, subject }) => `${to} ${subject}`).sort(),
    [
      `${daily}@example.com Your portfolio: 2026-11-19`,
      `${daily}@example.com Your portfolio: 2026-11-20`,
      `${weekly}@example.com Your portfolio: 2026-11-20`,
    ].sort(),
  );
  const friday = mail.mails.find(({ to, subject }) => to.startsWith(daily) && /20$/.test(subject))!;
  assert.match(friday.raw.replace(/=\r\n/g, ''), /Since the last summary: (−|=E2=88=92)\$50\.00/);
});

test('a fall by more than 15 percent warns once, and again only after the account had recovered', async () => {
  await using mail = await startMailServer();
  await using make = await startHttpReceiver();
  await using alerts = await testAlerts({ SMTP_URL: mail.url, MAKE_RISK_WEBHOOK_URL: make.url });
  const id = await alerts.person({ language: 'de' });
  const values = [10_000, 8_400, 8_300, 9_900, 8_000];
  const dates = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20'];
  const warned: number[] = [];
  for (const [index, date] of dates.entries()) {
    await snapshot(alerts, id, date, values[index]!);
    warned.push((await close(alerts, date)).warnings + (await close(alerts, date)).warnings);
  }
  assert.deepEqual(warned, [0, 1, 0, 0, 1]);
  await alerts.send();
  const log = await alerts.db.sql<{ subject: string }>(
    `select subject from public.alert_delivery_log where user_id = $1 and delivery_channel = 'email' order by created_at`,
    [id],
  );
  assert.deepEqual(
    log.map(({ subject }) => subject),
    [16, 20].map((percent) => `Ihr Depot liegt ${percent}.0 % unter seinem höchsten Wert`),
  );
  assert.equal(mail.mails.length, 2);
  assert.deepEqual(
    make.calls.map(({ body }) => JSON.parse(String(body)).type),
    ['risk_alert', 'risk_alert'],
  );
  const inbox = await alerts.db.sql(
    "select type, data ->> 'kind' as kind from public.notifications where user_id = $1",
    [id],
  );
  assert.deepEqual(inbox, [
    { type: 'system', kind: 'drawdown' },
    { type: 'system', kind: 'drawdown' },
  ]);
});
