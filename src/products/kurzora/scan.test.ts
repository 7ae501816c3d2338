import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nyseCalendar } from '#services/market-data/api.ts';
import { runScan, type ScanReport } from './scan.ts';
import { inventedDays, testMarket } from './test-market.ts';

const calendar = nyseCalendar();
const sessions = calendar.between('2021-01-04', '2022-06-30');
const TICKERS = Array.from({ length: 24 }, (_, index) => `STK${String.fromCharCode(65 + index)}`);
const CSV = inventedDays(
  sessions.map(({ date }) => date),
  TICKERS,
  5,
);
const closeOf = (date: string) => calendar.session(date)!.close;
const NOW = () => Date.parse('2022-07-01T12:00:00Z');
const withoutTime = ({ seconds: _seconds, ...report }: ScanReport) => report;

test('a scan of the past says the same whether or not later bars are known', async () => {
  // Two stocks that are listed in June, one of them first in the alphabet: before, nobody knows of them.
  const june = calendar.between('2022-06-01', '2022-06-30').map(({ date }) => date);
  await using whole = await testMarket({ 'whole.csv': CSV, 'late.csv': inventedDays(june, ['AAA', 'STKZ'], 9) }, NOW);
  // At a close that day's bar is known; a millisecond before, it is not.
  const moments: [asOf: number, known: string][] = [
    [closeOf('2022-03-16'), '2022-03-16'],
    [closeOf('2022-05-27') - 1, '2022-05-26'],
  ];
  for (const [asOf, last] of moments) {
    const known = CSV.split('\n').filter((line, index) => index === 0 || line.split(',')[1]! <= last);
    await using cut = await testMarket({ 'cut.csv': known.join('\n') }, NOW);
    const scan = async ({ project, marketData }: typeof whole) =>
      withoutTime((await runScan(project, marketData, { asOf, store: 'report' })).report);
    const [full, truncated] = [await scan(whole), await scan(cut)];
    assert.ok(full.signals.length > 2, `only ${full.signals.length} signals as of ${full.asOf}`);
    assert.deepEqual(truncated, full);
    assert.equal(full.scanned, TICKERS.length);
  }
  const { report } = await runScan(whole.project, whole.marketData, { asOf: closeOf('2022-06-01'), store: 'report' });
  assert.equal(report.scanned, TICKERS.length + 2, 'known from the close of their first bar on');
  assert.deepEqual(await whole.db.sql('select from public.trading_signals'), [], 'a report writes nothing');
});

test('live scans update in place, supersede by type, expire what no longer passes, and keep history', async () => {
  await using market = await testMarket({ 'days.csv': CSV }, NOW);
  const { db, project, marketData } = market;
  const scan = (date: string) => runScan(project, marketData, { asOf: closeOf(date), store: 'live' });
  const active = () =>
    db.sql<Row>(`select id, ticker, signal_type, created_at, final_score, entry_price, expires_at, as_of
                 from public.trading_signals where status = 'active' order by ticker`);
  type Row = Record<'id' | 'ticker' | 'signal_type' | 'entry_price', string> &
    Record<'created_at' | 'expires_at' | 'as_of', Date> & { final_score: number };

  const first = await scan('2022-06-01');
  const before = await active();
  assert.equal(before.length, first.report.signals.length);
  assert.deepEqual(first.report.stored, { kind: 'stored', inserted: before.length, updated: 0, closed: 0, expired: 0 });

  // The same moment again: every signal is updated in place and nothing is new.
  const again = await scan('2022-06-01');
  assert.deepEqual(again.report.stored, { kind: 'stored', inserted: 0, updated: before.length, closed: 0, expired: 0 });
  assert.deepEqual(await active(), before);

  // Signals of 1 June would end at the close of 2 June; kept open here so that the next scan meets them.
  await db.sql(`update public.trading_signals set expires_at = '2022-12-31'`);
  const second = await scan('2022-06-02');
  const after = await active();
  const stored = second.report.stored;
  assert.ok(
    stored?.kind === 'stored' && stored.updated > 0 && stored.inserted > 0 && stored.expired > 0,
    JSON.stringify(stored),
  );
  for (const row of after) {
    const old = before.find(({ ticker, signal_type }) => ticker === row.ticker && signal_type === row.signal_type);
    if (!old) continue;
    assert.equal(row.id, old.id);
    assert.deepEqual(row.created_at, old.created_at);
    assert.equal(row.entry_price, old.entry_price, 'original prices never change');
    assert.equal(row.as_of.getTime(), closeOf('2022-06-02'));
  }
  assert.equal(new Set(after.map(({ ticker }) => ticker)).size, after.length, 'one active signal a stock');
  const gone = await db.sql<{ notes: string; status: string }>(
    `select s.status, h.notes from public.trading_signals s join public.signal_history h on h.signal_id = s.id and h.action = 'expired'`,
  );
  assert.equal(gone.length, stored.expired);
  assert.ok(gone.every(({ status, notes }) => status === 'expired' && /no longer passes|superseded/.test(notes)));
  const births = await db.sql(`select from public.signal_history where action = 'generated'`);
  assert.equal(births.length, before.length + stored.inserted);

  // A scan that looked from an earlier moment must not overwrite newer signals.
  const late = await scan('2022-06-01');
  assert.equal(late.report.stored?.kind, 'overtaken');
  assert.deepEqual(await active(), after);
});

test('every stored signal has 14 end-of-day indicator rows, one more with a divergence, and they add up to its scores', async () => {
  await using market = await testMarket({ 'days.csv': CSV }, NOW);
  await runScan(market.project, market.marketData, { asOf: closeOf('2022-06-01'), store: 'live' });
  const rows = await market.db.sql<{
    plain: number;
    divergences: number;
    bonus: string;
    day: string;
    week: string;
    flat: object;
  }>(`
    select count(*) filter (where indicator_name <> 'RSI_DIVERGENCE')::int as plain,
           count(*) filter (where indicator_name = 'RSI_DIVERGENCE')::int as divergences, divergence_bonus as bonus,
           round(60 + sum(score_contribution) filter (where i.timeframe = '1D' and indicator_name <> 'RSI_DIVERGENCE')) as day,
           round(60 + sum(score_contribution) filter (where i.timeframe = '1W')) as week, signals as flat
    from public.trading_signals s join public.indicators i on i.signal_id = s.id group by s.id`);
  assert.ok(rows.length > 2);
  const held = (sum: string) => Math.min(100, Math.max(0, Number(sum)));
  for (const { plain, divergences, bonus, day, week, flat } of rows) {
    assert.equal(plain, 14);
    assert.equal(divergences, Number(bonus) === 0 ? 0 : 1);
    const { timeframes, ...signals } = flat as Record<string, unknown>;
    assert.deepEqual(timeframes, { '1H': null, '4H': null, '1D': held(day), '1W': held(week) });
    assert.equal(signals['1D'], held(day), 'flat keys, where the client reads them');
  }
});

test('a scan of the past kept on request is born expired, is stored once, and leaves live signals alone', async () => {
  await using market = await testMarket({ 'days.csv': CSV }, NOW);
  const { db, project, marketData } = market;
  await runScan(project, marketData, { asOf: closeOf('2022-06-02'), store: 'live' });
  const live = await db.sql(`select * from public.trading_signals where status = 'active' order by id`);
  const past = { asOf: closeOf('2022-03-16'), store: 'history' } as const;
  const { report } = await runScan(project, marketData, past);
  await runScan(project, marketData, past);
  assert.deepEqual(await db.sql(`select * from public.trading_signals where status = 'active' order by id`), live);
  const kept = await db.sql(`select from public.trading_signals where status = 'expired'`);
  assert.equal(kept.length, report.signals.length);
});

test('two scans at once store one after the other', async () => {
  await using market = await testMarket({ 'days.csv': CSV }, NOW);
  const { project, marketData } = market;
  const request = { asOf: closeOf('2022-06-01'), store: 'live' } as const;
  const both = await Promise.all([runScan(project, marketData, request), runScan(project, marketData, request)]);
  const stored = both.map(({ report }) => report.stored);
  const count = both[0].report.signals.length;
  assert.deepEqual(stored.map((outcome) => outcome?.kind === 'stored' && outcome.inserted).sort(), [0, count]);
});
