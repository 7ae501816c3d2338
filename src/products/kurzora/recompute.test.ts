import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { nyseCalendar } from '#services/market-data/api.ts';
import { sharedData } from '../../../test/shared-data.ts';
import { type NaiveBar, type NaiveFrame, naiveLevels, naivePoints, naiveSignal } from './naive-engine.ts';
import { runScan } from './scan.ts';
import { type TestMarket, testMarket } from './test-market.ts';

const calendar = nyseCalendar();
const NOW = () => Date.parse('2026-06-01T12:00:00Z');
const HISTORY = 500 * 86_400_000;
const DAILY = sharedData('daily/sp500_daily_2019_2022.csv.gz');
const INTRADAY = sharedData('intraday/us_15min_2025.csv.gz');

interface TimedBar extends NaiveBar {
  readonly start: number;
  readonly end: number;
}

/** Lines of the file for these tickers (all when absent), header first. */
function linesOf(path: string, tickers?: ReadonlySet<string>): string[] {
  const [header, ...lines] = gunzipSync(readFileSync(path)).toString().trim().split('\n');
  return [header!, ...lines.filter((line) => !tickers || tickers.has(line.slice(0, line.indexOf(','))))];
}

function barsOf(lines: readonly string[], ticker: string, minutes: number | null): TimedBar[] {
  const columns = lines[0]!.split(',');
  const bars: TimedBar[] = [];
  for (const line of lines) {
    if (!line.startsWith(`${ticker},`)) continue;
    const cell = Object.fromEntries(line.split(',').map((text, at) => [columns[at]!, text]));
    const [date, clock] = (cell['date'] ?? cell['datetime'])!.split(' ') as [string, string | undefined];
    const session = calendar.session(date)!;
    const [hour, minute] = (clock ?? '9:30').split(':').map(Number) as [number, number];
    const start = session.open + (hour * 60 + minute - 570) * 60_000;
    if (start < session.open || start >= session.close) continue;
    const end = minutes === null ? session.close : start + minutes * 60_000;
    const [open, high, low, close, volume] = ['open', 'high', 'low', 'close', 'volume'].map((name) =>
      Number(cell[name]),
    );
    bars.push({ start, end, open: open!, high: high!, low: low!, close: close!, volume: volume! });
  }
  return bars;
}

/** Bars of a longer timeframe, as of a moment; the last one runs when its own end lies after the moment. */
function frameOf(bars: readonly TimedBar[], timeframe: string, asOf: number): NaiveFrame | undefined {
  const spans = new Map<string, { end: number; bars: TimedBar[] }>();
  for (const bar of bars) {
    if (bar.end > asOf) continue;
    const session = calendar.session(calendar.dateOf(bar.start))!;
    const { key, end } = spanOf(bar.start, timeframe, session);
    spans.set(key, { end, bars: [...(spans.get(key)?.bars ?? []), bar] });
  }
  const whole = [...spans.values()].filter(({ bars: [first] }) => first!.start >= asOf - HISTORY);
  if (whole.length === 0) return undefined;
  const kept = timeframe === '1D' ? whole : whole.slice(-200);
  const frames = kept.map(({ bars: parts }) => ({
    open: parts[0]!.open,
    high: Math.max(...parts.map((part) => part.high)),
    low: Math.min(...parts.map((part) => part.low)),
    close: parts.at(-1)!.close,
    volume: parts.reduce((sum, part) => sum + part.volume, 0),
  }));
  return { bars: frames, running: kept.at(-1)!.end > asOf };
}

function spanOf(start: number, timeframe: string, session: { date: string; open: number; close: number }) {
  if (timeframe === '1D') return { key: session.date, end: session.close };
  if (timeframe === '1W') {
    const day = new Date(`${session.date}T00:00:00Z`);
    const monday = new Date(day.getTime() - ((day.getUTCDay() + 6) % 7) * 86_400_000);
    const sunday = new Date(monday.getTime() + 6 * 86_400_000).toISOString().slice(0, 10);
    const week = calendar.between(session.date, sunday);
    return { key: monday.toISOString(), end: week.at(-1)!.close };
  }
  const length = (timeframe === '1H' ? 60 : 240) * 60_000;
  const number = Math.floor((start - session.open) / length);
  return { key: `${session.date} ${number}`, end: Math.min(session.open + (number + 1) * length, session.close) };
}

type Report = Record<string, unknown> & {
  timeframes: Record<
    string,
    { score: number | null; indicators: Record<string, { rawValue: number | null; scoreContribution: number }> }
  >;
};

async function recompute(
  market: TestMarket,
  bars: ReadonlyMap<string, readonly TimedBar[]>,
  asOf: number,
  intraday: boolean,
): Promise<number> {
  const { report } = await runScan(market.project, market.marketData, { asOf, store: 'report' });
  assert.equal(report.timeframeSet, intraday ? 'intraday' : 'end-of-day');
  let passed = 0;
  for (const [ticker, list] of bars) {
    const names = intraday ? ['1H', '4H', '1D', '1W'] : ['1D', '1W'];
    const naive = naiveSignal(Object.fromEntries(names.map((name) => [name, frameOf(list, name, asOf)])), intraday);
    const signal = report.signals.find((candidate) => candidate.ticker === ticker) as Report | undefined;
    assert.equal(signal !== undefined, naive.passes, `${ticker} passes the gate: scores ${naive.scores}`);
    if (!signal) continue;
    passed += 1;
    compare(signal, naive, names);
    const price = list.findLast((bar) => bar.end <= asOf)!;
    const { entry, stop, target, ratio } = naiveLevels(price.close, naive.final);
    const before = list.findLast((bar) => calendar.dateOf(bar.start) < calendar.dateOf(price.start))!;
    const shares = Math.max(1, Math.min(Math.floor(200 / Math.abs(entry - stop) + 1e-9), Math.floor(2_000 / entry)));
    assert.deepEqual(
      ['currentPrice', 'entryPrice', 'stopLoss', 'takeProfit', 'riskRewardRatio', 'positionSize'].map(
        (name) => signal[name],
      ),
      [price.close, entry, stop, target, ratio, shares],
      ticker,
    );
    const change = (100 * (price.close - before.close)) / before.close;
    assert.ok(Math.abs((signal['priceChangePercent'] as number) - change) < 1e-4, `${ticker} changed by ${change}`);
  }
  return passed;
}

function compare(signal: Report, naive: ReturnType<typeof naiveSignal>, names: readonly string[]): void {
  for (const [at, name] of names.entries()) {
    const frame = signal.timeframes[name];
    assert.equal(frame?.score ?? null, naive.scores[at], `${signal['ticker']} ${name}`);
    for (const [indicator, value] of Object.entries(naive.readings[at]!)) {
      const shown = frame!.indicators[indicator]!;
      assert.equal(shown.rawValue, value, `${signal['ticker']} ${name} ${indicator}`);
      assert.ok(Math.abs(shown.scoreContribution - naivePoints(indicator, value)) < 1e-9, `${indicator} ${value}`);
    }
  }
  const { dimensions, base, bonus, final, atr } = naive;
  const shown = ['dimensions', 'baseScore', 'divergenceBonus', 'finalScore', 'atr'].map((name) => signal[name]);
  assert.deepEqual(shown, [dimensions, base, bonus, final, atr], String(signal['ticker']));
}

test('every number of end-of-day signals follows from the daily file', { skip: DAILY.skip }, async () => {
  const tickers = [
    'AAPL',
    'AMZN',
    'BA',
    'CAT',
    'CVX',
    'DIS',
    'F',
    'GE',
    'INTC',
    'JNJ',
    'KO',
    'NI',
    'NVR',
    'TSLA',
    'XOM',
  ];
  const lines = linesOf(DAILY.path, new Set(tickers));
  const bars = new Map(tickers.map((ticker) => [ticker, barsOf(lines, ticker, null)]));
  await using market = await testMarket({ 'bars.csv': lines.join('\n') }, NOW);
  let passed = 0;
  // A quiet day, the depth of March 2020, a Wednesday in a bear market, the day after Thanksgiving, the last day.
  for (const date of ['2021-08-17', '2020-03-23', '2022-06-15', '2022-11-25', '2022-12-30'])
    passed += await recompute(market, bars, calendar.session(date)!.close, false);
  assert.ok(passed >= 20, `only ${passed} signals were recomputed`);
});

test('every number of intraday signals follows from the 15-minute file', { skip: INTRADAY.skip }, async () => {
  const lines = linesOf(INTRADAY.path);
  const tickers = [...new Set(lines.slice(1).map((line) => line.slice(0, line.indexOf(','))))];
  const bars = new Map(tickers.map((ticker) => [ticker, barsOf(lines, ticker, 15)]));
  await using market = await testMarket({ 'bars.csv': lines.join('\n') }, NOW);
  let passed = 0;
  // In the middle of a bar, at a close, before the open, on an early close and in its afternoon, on a weekend.
  const moments = ['2025-06-10T15:07:00Z', '2025-09-17T20:00:00Z', '2025-10-30T12:00:00Z', '2025-11-28T17:59:59Z'];
  for (const moment of [...moments, '2025-11-28T19:00:00Z', '2025-12-21T12:00:00Z'])
    passed += await recompute(market, bars, Date.parse(moment), true);
  assert.ok(passed >= 20, `only ${passed} signals were recomputed`);
});
