import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import type { Bars } from '#quant/bars.ts';
import { type Fault, type PolygonStandIn, startPolygonStandIn } from '../../../../test/stand-ins/polygon.ts';
import { nyseCalendar } from '../calendar/exchange-calendar.ts';
import type { BaseTimeframe, FetchRequest, Provider } from '../provider.ts';
import { createSimulatedExchange } from '../simulated/simulated-exchange.ts';
import { createPolygon, type PolygonOptions } from './polygon.ts';
import { PolygonClient } from './polygon-client.ts';

const calendar = nyseCalendar();
const simulated = createSimulatedExchange({ seed: 5, calendar });
/** Twelve companies are market enough. */
const source: Provider = { ...simulated, universe: () => simulated.universe(12) };
const tickers = (await source.universe(12)).map(({ ticker }) => ticker);
/** A Friday, 13:07 in New York. */
const now = Date.parse('2026-11-20T18:07Z');
const DAY = 86_400_000;

interface Setting {
  readonly standIn: PolygonStandIn;
  readonly polygon: Provider;
  /** Everything that was logged, as text. */
  readonly log: string[];
  readonly waits: number[];
}

function options(standIn: PolygonStandIn, log: string[]): PolygonOptions {
  return {
    url: standIn.url,
    apiKey: standIn.apiKey,
    callsPerMinute: 1000,
    log: pino({ level: 'trace' }, { write: (line: string) => void log.push(line) }),
    calendar,
    now: () => now,
  };
}

async function setting(t: TestContext, changes: Partial<PolygonOptions> = {}): Promise<Setting> {
  const standIn = await startPolygonStandIn(source, calendar, now);
  t.after(() => standIn.close());
  const log: string[] = [];
  const waits: number[] = [];
  let time = 0;
  const clock = {
    now: () => time,
    async sleep(milliseconds: number) {
      waits.push(milliseconds);
      time += milliseconds;
    },
  };
  const polygon = createPolygon({ ...options(standIn, log), clock, ...changes });
  return { standIn, polygon, log, waits };
}

const times = (bars: Bars) => [...bars.time.subarray(0, bars.length)];

async function collected(provider: Provider, request: FetchRequest): Promise<Map<string, number[][]>> {
  const answers = new Map<string, number[][]>();
  for await (const { symbol, bars } of provider.fetch(request)) {
    const { open, high, low, close, volume } = bars;
    const rows = times(bars).map((time, at) => [time, open[at]!, high[at]!, low[at]!, close[at]!, volume[at]!]);
    answers.set(symbol, [...(answers.get(symbol) ?? []), ...rows]);
  }
  return answers;
}

const history = (timeframe: BaseTimeframe, days: number, symbols = tickers): FetchRequest => ({
  symbols,
  timeframe,
  from: now - days * DAY,
  to: now,
});

for (const timeframe of ['5m', '15m', '1D'] as const)
  test(`${timeframe} history comes back bar for bar, page by page, without the running bar`, async (t) => {
    const { standIn, polygon } = await setting(t);
    standIn.show.pageSize = timeframe === '1D' ? 7 : 90;
    const request = history(timeframe, 20, tickers.slice(0, 3));
    assert.deepEqual(await collected(polygon, request), await collected(simulated, request));
    for (const call of standIn.calls) assert.match(call, /adjusted=true.*sort=desc/);
    assert.ok(standIn.calls.length > 3);
  });

test('a few days of the whole market take one call a session', async (t) => {
  const { standIn, polygon } = await setting(t);
  const request = history('1D', 8);
  assert.deepEqual(await collected(polygon, request), await collected(simulated, request));
  assert.equal(standIn.calls.length, 5);
  for (const call of standIn.calls) assert.match(call, /^\/v2\/aggs\/grouped\//);
});

test('bars before the open and after the close are dropped and counted', async (t) => {
  const { standIn, polygon } = await setting(t);
  standIn.show.extendedHours = true;
  const request = history('15m', 9, tickers.slice(0, 2));
  assert.deepEqual(await collected(polygon, request), await collected(simulated, request));
  assert.ok(polygon.dropped!['outside session']! >= 12);
});

test('on a plan that sees the market late, a bar counts as closed only when the plan has seen its end', async (t) => {
  const { standIn, polygon } = await setting(t);
  standIn.show.status = 'DELAYED';
  const [bars] = (await collected(polygon, history('5m', 2, tickers.slice(0, 1)))).values();
  assert.equal(bars!.at(-1)![0], Date.parse('2026-11-20T17:45Z'));
});

const passing: [what: string, fault: Fault, waits: (waits: number[]) => boolean][] = [
  ['429 with Retry-After in seconds', { kind: 'too many calls', retryAfter: '7' }, ([wait]) => wait === 7000],
  ['429 without Retry-After', { kind: 'too many calls' }, ([wait]) => wait === 30_000],
  ['500', { kind: 'status', status: 500 }, ([wait]) => wait! >= 750 && wait! <= 1250],
  ['503', { kind: 'status', status: 503 }, ([wait]) => wait! >= 750 && wait! <= 1250],
  ['an answer that is cut off', { kind: 'cut off' }, (waits) => waits.length === 1],
  ['a connection that breaks', { kind: 'hang up' }, (waits) => waits.length === 1],
  ['a page instead of JSON', { kind: 'no JSON' }, (waits) => waits.length === 1],
  ['an answer that never comes', { kind: 'silent' }, (waits) => waits.length === 1],
];
for (const [what, fault, asExpected] of passing)
  test(`${what} is survived by asking again`, async (t) => {
    const { standIn, polygon, log, waits } = await setting(t, fault.kind === 'silent' ? { timeoutMs: 1000 } : {});
    standIn.fail(fault);
    const request = history('15m', 3, tickers.slice(0, 1));
    assert.deepEqual(await collected(polygon, request), await collected(simulated, request));
    assert.equal(standIn.calls.length, 2);
    assert.ok(asExpected(waits), String(waits));
    assert.ok(log.some((line) => line.includes('asking Polygon again')));
    assert.ok(!log.join().includes(standIn.apiKey));
  });

test('after three attempts it gives up with a refusal that says what happened, without the key', async (t) => {
  const { standIn, polygon, log } = await setting(t);
  for (let attempt = 0; attempt < 3; attempt++) standIn.fail({ kind: 'too many calls', retryAfter: '11' });
  await assert.rejects(collected(polygon, history('15m', 3, tickers.slice(0, 1))), {
    code: 'UPSTREAM_ERROR',
    retryAfter: 11,
    message: /too many calls, after 3 attempts/,
  });
  assert.equal(standIn.calls.length, 3);
  assert.ok(!log.join().includes(standIn.apiKey));
});

test('a wait longer than two minutes is not waited for', async (t) => {
  const { standIn, polygon, waits } = await setting(t);
  standIn.fail({ kind: 'too many calls', retryAfter: '3600' });
  await assert.rejects(collected(polygon, history('15m', 3)), { code: 'UPSTREAM_ERROR', retryAfter: 3600 });
  assert.deepEqual(waits, []);
});

test('a refused key is an error at once that names the setting and not the key', async (t) => {
  const { standIn, polygon, log } = await setting(t, { apiKey: 'not-the-right-key' });
  await assert.rejects(collected(polygon, history('15m', 3, tickers.slice(0, 1))), (error: Error) => {
    assert.match(error.message, /POLYGON_API_KEY.*Unknown API Key/);
    assert.ok(!`${error.stack}${JSON.stringify(error)}${log.join()}`.includes('not-the-right-key'));
    return true;
  });
  assert.equal(standIn.calls.length, 1);
});

test('what a plan does not include is said, and the last session a plan hides is simply not there yet', async (t) => {
  const { standIn, polygon, log } = await setting(t);
  standIn.show.forbidden = /2026-11-20/;
  const afterTheClose = Date.parse('2026-11-20T21:05Z');
  const later = createPolygon({ ...options(standIn, log), now: () => afterTheClose });
  const request = { ...history('1D', 3), to: afterTheClose };
  assert.equal((await collected(later, request)).get(tickers[0]!)?.length, 2);
  assert.ok(log.some((line) => line.includes('does not show 2026-11-20 yet')));
  standIn.show.forbidden = /aggs/;
  await assert.rejects(collected(polygon, history('15m', 3)), /plan does not include this/);
});

test('bars that do not reach the present are delivered with a warning that says how old they are', async (t) => {
  const { standIn, polygon, log } = await setting(t);
  standIn.show.now = now - 7 * DAY;
  assert.equal((await collected(polygon, history('15m', 20))).size, tickers.length);
  const warning = log.find((line) => line.includes('out of date'))!;
  assert.equal(JSON.parse(warning).level, 40);
  assert.match(warning, /"stale":12,"newest":"2026-11-13T18:00:00.000Z","expected":"2026-11-19"/);
  standIn.show.now = now;
  log.length = 0;
  await collected(polygon, history('15m', 20));
  assert.deepEqual(log, []);
});

test('rows that are not whole are left out and counted, the rest is kept', async (t) => {
  const { standIn, polygon } = await setting(t);
  standIn.show.rows = (rows) => [...rows, null, { ...rows[0], h: -1 }, { t: rows[0]?.['t'] }];
  const request = history('15m', 3, tickers.slice(0, 1));
  assert.deepEqual(await collected(polygon, request), await collected(simulated, request));
  assert.equal(polygon.dropped!['incomplete row'], 2);
  assert.equal(polygon.dropped!['breaks 0 < low <= open, close <= high'], 1);
});

test('the universe is every listed company, the most traded first', async (t) => {
  const { standIn, polygon } = await setting(t);
  standIn.show.pageSize = 5;
  const stocks = await polygon.universe(100);
  assert.deepEqual(stocks.map(({ ticker }) => ticker).sort(), [...tickers].sort());
  const session = calendar.lastClosed(now);
  const day = await collected(simulated, { symbols: tickers, timeframe: '1D', from: session.open, to: session.close });
  const dollars = stocks.map(({ ticker }) => day.get(ticker)![0]![4]! * day.get(ticker)![0]![5]!);
  assert.deepEqual(
    dollars,
    dollars.toSorted((a, b) => b - a),
  );
  assert.equal((await polygon.universe(3)).length, 3);
});

test('prices come from the snapshot in one call', async (t) => {
  const { standIn, polygon } = await setting(t);
  const quotes = await polygon.quotes!(tickers);
  assert.equal(standIn.calls.length, 1);
  const bars = await collected(simulated, history('5m', 1));
  for (const { symbol, price, time } of quotes) {
    assert.equal(price, bars.get(symbol)!.at(-1)![4]);
    assert.ok(time <= now);
  }
  assert.equal(quotes.length, tickers.length);
});

test('without snapshots in the plan, prices are the previous close of a few', async (t) => {
  const { standIn, polygon } = await setting(t);
  standIn.show.forbidden = /snapshot/;
  const quotes = await polygon.quotes!(tickers);
  assert.equal(quotes.length, 10);
  for (const { time } of quotes) assert.equal(time, calendar.lastClosed(now).close);
});

test('a plan of five calls a minute is kept to, and its slowness is announced', async (t) => {
  const { polygon, log, waits } = await setting(t, { callsPerMinute: 5 });
  assert.equal((await collected(polygon, history('15m', 3))).size, 12);
  assert.equal(
    waits.reduce((sum, wait) => sum + wait, 0),
    120_000,
  );
  assert.ok(log.some((line) => line.includes('about 3 minutes for these 12 calls')));
});

test('a page of another host, or with a key in it, is asked of the configured host without that key', async (t) => {
  const { standIn, log } = await setting(t);
  const elsewhere = 'http://127.0.0.1:1';
  const client = new PolygonClient(options(standIn, log));
  const answer = await client.get(`${elsewhere}/v3/reference/tickers?cursor=5&apiKey=leak`);
  assert.equal((answer.results as unknown[]).length, 7);
  assert.deepEqual(standIn.calls, ['/v3/reference/tickers?cursor=5']);
});

test('an abort ends a fetch with its reason, and a caller who leaves early leaves nothing running', async (t) => {
  const { standIn, polygon } = await setting(t);
  const stop = new AbortController();
  standIn.fail({ kind: 'silent' });
  const called = standIn.nextCall();
  const reading = collected(polygon, { ...history('15m', 3), signal: stop.signal });
  await called;
  stop.abort(new Error('enough'));
  await assert.rejects(reading, { message: 'enough' });
  for await (const { symbol } of polygon.fetch(history('15m', 3))) {
    assert.equal(symbol, tickers[0]);
    break;
  }
});

test('progress reaches the number of symbols, whichever way the bars come', async (t) => {
  const { polygon } = await setting(t);
  for (const [timeframe, days] of [
    ['15m', 3],
    ['1D', 8],
    ['1D', 30],
  ] as const) {
    const counted: number[] = [];
    await collected(polygon, { ...history(timeframe, days), onProgress: (done, total) => counted.push(done / total) });
    assert.equal(counted.at(-1), 1);
    assert.deepEqual(
      counted,
      counted.toSorted((a, b) => a - b),
    );
  }
});
