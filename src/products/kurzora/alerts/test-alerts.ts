/** For tests: people, signals, and the channels of a configuration, on a database of its own with the clock of a trading day. */
import { randomUUID } from 'node:crypto';
import { readConfig } from '#kernel/config.ts';
import type { Project } from '#kernel/product.ts';
import { nyseCalendar } from '#services/market-data/api.ts';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import { kurzora } from '../product.ts';
import { type AlertChannels, openChannels } from './channels.ts';
import { type AlertCounts, sendAlerts } from './send-alerts.ts';

/** Wednesday, 18 November 2026, 11:00 in New York. */
export const TRADING_MOMENT = Date.parse('2026-11-18T16:00:00Z');
const SECRET = 'a secret of the tests, 32 characters long';

export interface TestAlerts extends AsyncDisposable {
  readonly db: TestDatabase;
  readonly project: Pick<Project, 'config' | 'database' | 'now'>;
  readonly channels: AlertChannels;
  /** Epoch milliseconds; may be moved. */
  clock: number;
  person(over?: Record<string, unknown>, settings?: Record<string, unknown>): Promise<string>;
  signal(score: number, over?: Record<string, unknown>): Promise<string>;
  send(options?: { signalId?: string; signal?: AbortSignal }): Promise<AlertCounts>;
}

export async function testAlerts(environment: Record<string, string>): Promise<TestAlerts> {
  const db = await testDatabase({ migrations: kurzora.migrations, poolSize: 10 });
  const config = readConfig({}, { JWT_SECRET: SECRET, ...environment });
  const project = { config, database: db.database, now: () => test.clock };
  const channels = openChannels(project);
  const services = { alerts: channels, marketData: { calendar: nyseCalendar() } };
  const test: TestAlerts = {
    db,
    project,
    channels,
    clock: TRADING_MOMENT,
    person: (over, settings) => addPerson(db, over, settings),
    signal: (score, over) => addSignal(db, score, over),
    send: (options) => sendAlerts(project, services, options),
    [Symbol.asyncDispose]: async () => {
      channels.close();
      await db.close();
    },
  };
  return test;
}

/** Signs up, then sets these columns and notification settings as the service. */
export async function addPerson(
  db: TestDatabase,
  over: Record<string, unknown> = {},
  settings: Record<string, unknown> = {},
): Promise<string> {
  const id = randomUUID();
  await db.sql(
    `insert into auth.users (id, email, aud, role, created_at, updated_at)
     values ($1, $2, 'authenticated', 'authenticated', now(), now())`,
    [id, `${id}@example.com`],
  );
  for (const [column, value] of Object.entries(over))
    await db.sql(`update public.users set ${column} = $2 where id = $1`, [id, value]);
  await db.sql('update public.users set notification_settings = notification_settings || $2 where id = $1', [
    id,
    settings,
  ]);
  return id;
}

let tickers = 0;

export async function addSignal(db: TestDatabase, score: number, over: Record<string, unknown> = {}): Promise<string> {
  tickers += 1;
  const columns = { ticker: `T${tickers}`, source: 'files', ...over };
  const [row] = await db.sql<{ id: string }>(
    `insert into public.trading_signals (signal_type, confidence_score, final_score, signal_strength, current_price,
       entry_price, stop_loss, take_profit, risk_reward_ratio, base_score, engine, as_of, levels_as_of, levels_score,
       ${Object.keys(columns).join(', ')})
     values ('bullish', $1, $1, 'BUY', 100, 100, 95, 112.5, 2.5, 80, 'test', now(), now(), $1,
       ${Object.keys(columns)
         .map((_, index) => `$${index + 2}`)
         .join(', ')}) returning id`,
    [score, ...Object.values(columns)],
  );
  return row!.id;
}

/** Opens a paper trade and closes it as the market does. */
export async function addClosedTrade(
  db: TestDatabase,
  userId: string,
  reason: 'stop_loss' | 'take_profit' | 'manual',
  ticker = 'AAPL',
): Promise<string> {
  const [row] = await db.sql<{ id: string }>(
    `insert into public.paper_trades (user_id, ticker, quantity, entry_price, stop_loss, take_profit)
     values ($1, $2, 10, 100, 95, 110) returning id`,
    [userId, ticker],
  );
  await db.sql(
    `update public.paper_trades set is_open = false, exit_price = case $2 when 'stop_loss' then 95 else 110 end, exit_reason = $2, closed_at = now()
     where id = $1`,
    [row!.id, reason],
  );
  return row!.id;
}
