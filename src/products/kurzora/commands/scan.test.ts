import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { OperatorError } from '#kernel/errors.ts';
import { nyseCalendar } from '#services/market-data/api.ts';
import { openPayments } from '#services/payments/api.ts';
import { openChannels } from '../alerts/channels.ts';
import type { ScanReport } from '../scan.ts';
import { inventedDays, type TestMarket, testMarket } from '../test-market.ts';
import { scanCommand } from './scan.ts';

const days = nyseCalendar()
  .between('2021-01-04', '2022-06-30')
  .map(({ date }) => date);
const TICKERS = ['STKA', 'STKB', 'STKC', 'STKD', 'STKE', 'STKF', 'STKG', 'STKH'];

let market: TestMarket;
before(async () => {
  market = await testMarket({ 'days.csv': inventedDays(days, TICKERS, 5) }, () => Date.parse('2022-07-01T12:00:00Z'));
});
after(() => market[Symbol.asyncDispose]());

/** What the command prints as JSON, and its notes. */
async function run(options: Record<string, string>): Promise<{ report: ScanReport; notes: string[] }> {
  const reports: ScanReport[] = [];
  const notes: string[] = [];
  const output = {
    json: true,
    result: (value: unknown) => reports.push(value as ScanReport),
    note: (text: string) => notes.push(text),
    progress: () => ({ advance: () => {}, done: () => {} }),
  };
  const { project, marketData } = market;
  const services = {
    marketData,
    payments: openPayments(project.config),
    alerts: openChannels(project),
    phase: 1 as const,
  };
  await scanCommand.run({ args: [], options }, { project, services, output, signal: new AbortController().signal });
  assert.equal(reports.length, 1);
  return { report: reports[0]!, notes };
}
const total = ({ signals, skipped }: ScanReport) =>
  signals.length + Object.values(skipped).reduce((sum, count) => sum + count, 0);

test('signals and skipped add up to scanned, with a least score too', async () => {
  const { report: whole } = await run({ asOf: '2022-06-15' });
  assert.ok(whole.signals.length > 1);
  assert.deepEqual([whole.scanned, total(whole)], [TICKERS.length, TICKERS.length]);
  const best = whole.signals[0]!['finalScore'] as number;
  const { report } = await run({ asOf: '2022-06-15', minScore: String(best) });
  assert.deepEqual(
    report.signals,
    whole.signals.filter(({ finalScore }) => finalScore === best),
  );
  assert.equal(report.skipped['below_min_score'], whole.signals.length - report.signals.length);
  assert.equal(total(report), report.scanned);
});

test('a moment before the first bar is a scan of nothing, said in a note, not an error', async () => {
  const { report, notes } = await run({ asOf: '2019-06-14' });
  assert.deepEqual([report.scanned, report.signals, report.skipped], [0, [], {}]);
  assert.ok(notes.includes('no bar of any stock had closed by then'), notes.join('\n'));
});

test('tickers choose the stocks; a list that names none, or an unknown one, is refused', async () => {
  const { report } = await run({ asOf: '2022-06-15', tickers: 'STKB, STKA,STKB,' });
  assert.equal(report.scanned, 2);
  for (const tickers of ['', ' , ', 'NOPE'])
    await assert.rejects(run({ asOf: '2022-06-15', tickers }), OperatorError, `"${tickers}"`);
});
