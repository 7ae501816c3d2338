import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { nyseCalendar } from '#services/market-data/api.ts';
import { alertOnFailure } from './alert-on-failure.ts';
import { endDueSignals } from './end-due-signals.ts';
import { outcomeStatistics } from './queries/statistics.ts';
import { type TestMarket, testMarket } from './test-market.ts';

const calendar = nyseCalendar();
const NOW = () => Date.parse('2022-06-20T12:00:00Z');
const closeOf = (date: string) => calendar.session(date)!.close;
const MADE = '2022-06-06';

/** Levels at 100: stop 95, target 110, and mirrored for the bearish. What each stock did on the day after, and on the next. */
const DAYS: Record<string, readonly [string, string]> = {
  HITS: ['100,111,99,108,1000', '108,109,90,91,1000'],
  STOPS: ['100,101,94,96,1000', '96,120,95,119,1000'],
  BOTH: ['100,112,93,100,1000', '100,101,99,100,1000'],
  GAPS: ['90,91,89,90,1000', '90,91,89,90,1000'],
  FALLS: ['100,101,89,90,1000', '90,120,89,119,1000'],
  RESTS: ['100,104,99,103,1000', '103,120,80,103,1000'],
};

const csv = (day: 0 | 1) =>
  ['symbol,date,open,high,low,close,volume']
    .concat(Object.entries(DAYS).map(([ticker, days]) => `${ticker},2022-06-0${7 + day},${days[day]}`))
    .join('\n');

/** A stock touched its stop on the day the signal was made: those bars opened before it and say nothing. */
const BEFORE = ['symbol,date,open,high,low,close,volume']
  .concat(Object.keys(DAYS).map((ticker) => `${ticker},${MADE},100,130,70,100,1000`))
  .join('\n');

async function marketWithSignals(): Promise<TestMarket> {
  const market = await testMarket({ 'before.csv': BEFORE, 'first.csv': csv(0) }, NOW);
  await market.db.sql(
    `insert into public.trading_signals (ticker, signal_type, confidence_score, final_score, signal_strength, current_price,
       entry_price, stop_loss, take_profit, risk_reward_ratio, base_score, engine, source, as_of, levels_as_of, levels_score,
       status, expires_at)
     select ticker, case when ticker = 'FALLS' then 'bearish' else 'bullish' end::public.signal_type, 82, 82, 'BUY', 100, 100,
       case when ticker = 'FALLS' then 105 else 95 end, case when ticker = 'FALLS' then 90 else 110 end, 2, 82, 'test', 'files',
       $2, $2, 80, case when ticker = 'STOPS' then 'triggered' else 'active' end::public.signal_status, $3
     from unnest($1::text[]) as ticker`,
    [Object.keys(DAYS), new Date(closeOf(MADE)), new Date(closeOf('2022-06-07'))],
  );
  return market;
}

const OUTCOMES = `
  select o.ticker, s.status, h.action, h.price::float8 as "said", o.outcome_type as type, o.exit_price::float8 as exit,
         o.actual_return::float8 as gain, o.days_active::float8 as days, o.target_hit as target, o.stop_loss_hit as stop,
         o.original_score as score
  from public.signal_outcomes o join public.trading_signals s on s.id = o.signal_id
  join public.signal_history h on h.signal_id = s.id order by o.ticker`;

test('signals end at stop, target, gap or expiry by the bars after them, once, and later bars change nothing', async () => {
  await using market = await marketWithSignals();
  const { db, project, marketData } = market;
  assert.deepEqual(
    await endDueSignals(project, marketData, closeOf('2022-06-07') - 1),
    { closed: 0, expired: 0 },
    'the day had not closed',
  );
  const asOf = closeOf('2022-06-07');
  assert.deepEqual(await endDueSignals(project, marketData, asOf), { closed: 5, expired: 1 });

  const rows = await db.sql<{ ticker: string; days: number }>(OUTCOMES);
  const closed = { status: 'closed', days: 0.73, score: 80 };
  const stopped = { ...closed, action: 'stop_loss_hit', type: 'stopped', target: false, stop: true };
  const hit = { ...closed, action: 'take_profit_hit', type: 'completed', target: true, stop: false };
  assert.deepEqual(rows, [
    { ticker: 'BOTH', ...stopped, said: 95, exit: 95, gain: -5 },
    { ticker: 'FALLS', ...hit, said: 90, exit: 90, gain: 10 },
    { ticker: 'GAPS', ...stopped, said: 90, exit: 90, gain: -10 },
    { ticker: 'HITS', ...hit, said: 110, exit: 110, gain: 10 },
    {
      ...{ ticker: 'RESTS', status: 'expired', action: 'expired', type: 'expired', target: false, stop: false },
      ...{ said: 103, exit: 103, gain: 3, days: 1, score: 80 },
    },
    { ticker: 'STOPS', ...stopped, said: 95, exit: 95, gain: -5 },
  ]);

  writeFileSync(join(project.dataFolder, 'second.csv'), csv(1));
  await marketData.importFile(join(project.dataFolder, 'second.csv'), {});
  assert.deepEqual(await endDueSignals(project, marketData, closeOf('2022-06-08')), { closed: 0, expired: 0 });
  assert.deepEqual(await db.sql(OUTCOMES), rows);
});

test('two runs at once end each signal once', async () => {
  await using market = await marketWithSignals();
  const { db, project, marketData } = market;
  const asOf = closeOf('2022-06-07');
  const both = await Promise.all([1, 2].map(() => endDueSignals(project, marketData, asOf)));
  assert.equal(
    both.reduce((sum, { closed, expired }) => sum + closed + expired, 0),
    6,
  );
  assert.equal((await db.sql('select from public.signal_history')).length, 6);
});

test('the statistics of 30 days come from the outcomes, and are null where nothing ended', async () => {
  await using market = await marketWithSignals();
  const { db, project, marketData } = market;
  const statistics = () => db.database.asService((session) => outcomeStatistics(session, Date.now(), 30));
  const nothing = { ended: 0, targetHit: 0, stopLossHit: 0, expired: 0 };
  const unknown = { successRate: null, averageReturn: null, averageDaysActive: null };
  assert.deepEqual(await statistics(), { days: 30, ...nothing, ...unknown });
  await endDueSignals(project, marketData, closeOf('2022-06-07'));
  assert.deepEqual(await statistics(), {
    ...{ days: 30, ended: 6, targetHit: 2, stopLossHit: 3, expired: 1 },
    // 2 of the 5 that reached a level; (-5 + 10 - 10 + 10 + 3 - 5) / 6; (5 x 0.73 + 1) / 6.
    ...{ successRate: 40, averageReturn: 0.5, averageDaysActive: 0.78 },
  });
  await db.sql(`update public.signal_outcomes set recorded_at = now() - interval '31 days'`);
  assert.deepEqual(await statistics(), { days: 30, ...nothing, ...unknown });
});

test('a failed scan leaves an alert and fails still; one that was stopped leaves none', async () => {
  await using market = await testMarket({ 'before.csv': BEFORE }, NOW);
  const { db, project } = market;
  const fail = () => Promise.reject(new Error('the provider is down'));
  await assert.rejects(alertOnFailure(project, fail, AbortSignal.abort()), /the provider is down/);
  const alerts = () => db.sql('select type, error, severity, resolved from public.system_alerts');
  assert.deepEqual(await alerts(), []);
  await assert.rejects(alertOnFailure(project, fail), /the provider is down/);
  assert.deepEqual(await alerts(), [
    { type: 'signal_generation_error', error: 'Error: the provider is down', severity: 'high', resolved: false },
  ]);
  assert.equal(await alertOnFailure(project, async () => 7), 7);
});
