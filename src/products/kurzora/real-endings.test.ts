import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { sharedData } from '../../../test/shared-data.ts';
import { endDueSignals } from './end-due-signals.ts';
import { runScan } from './scan.ts';
import { testMarket } from './test-market.ts';

const FILE = sharedData('intraday/us_15min_2025.csv.gz');
/** 11:07 in New York, inside the bar of 11:00; the session closes at 16:00. */
const [DAY, MADE, CLOSE] = ['2025-10-10', Date.parse('2025-10-10T15:07:00Z'), Date.parse('2025-10-10T20:00:00Z')];

test('real signals of a wild day end as the lines of their file say', { skip: FILE.skip }, async (t) => {
  const text = gunzipSync(readFileSync(FILE.path)).toString();
  await using market = await testMarket({ 'us_15min_2025.csv': text }, () => CLOSE);
  const { db, project, marketData } = market;
  const { report } = await runScan(project, marketData, { asOf: MADE, store: 'live' });
  // Levels near the price, so that a few hours reach some of them.
  await db.sql(`update public.trading_signals set
    entry_price = current_price, stop_loss = current_price * case when stop_loss < entry_price then 0.995 else 1.005 end,
    take_profit = current_price * case when stop_loss < entry_price then 1.015 else 0.985 end, risk_reward_ratio = 3`);
  const made = await db.sql<Made>(`select id, ticker, entry_price::float8 as entry, stop_loss::float8 as stop,
    take_profit::float8 as target from public.trading_signals`);
  assert.equal(made.length, report.signals.length);
  const ended = await endDueSignals(project, marketData, CLOSE);
  assert.equal(ended.closed + ended.expired, made.length, 'the close is their expiry');

  const found = await db.sql<{ id: string; type: string; exit: number }>(
    'select signal_id as id, outcome_type as type, exit_price::float8 as exit from public.signal_outcomes',
  );
  const lines = text.split('\n').map((line) => line.split(','));
  for (const signal of made) {
    const later = lines
      .filter(([symbol, time]) => symbol === signal.ticker && time! >= `${DAY} 11:15` && time! < `${DAY} 16:00`)
      .map((fields) => fields.slice(2, 6).map(Number) as [number, number, number, number]);
    const { type, exit } = found.find(({ id }) => id === signal.id)!;
    assert.deepEqual([type, exit], endOf(signal, later), `${signal.ticker} ${JSON.stringify(signal)}`);
  }
  t.diagnostic(`${made.length} signals: ${ended.closed} closed, ${ended.expired} expired`);
  assert.ok(ended.closed > 0, 'no signal reached a level: nothing was checked');
});

interface Made {
  readonly id: string;
  readonly ticker: string;
  readonly entry: number;
  readonly stop: number;
  readonly target: number;
}

/** The rule in the words of the specification, on the lines of the file. */
function endOf({ entry, stop, target }: Made, bars: readonly [number, number, number, number][]): [string, number] {
  const round = (price: number) => Math.round(price * 1e4) / 1e4;
  const long = stop < entry;
  for (const [open, high, low] of bars) {
    if (long ? low <= stop : high >= stop)
      return ['stopped', round(long ? Math.min(open, stop) : Math.max(open, stop))];
    if (long ? high >= target : low <= target)
      return ['completed', round(long ? Math.max(open, target) : Math.min(open, target))];
  }
  return ['expired', round(bars.at(-1)![3])];
}
