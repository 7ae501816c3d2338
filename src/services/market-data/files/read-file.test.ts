import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { calendar, sessions } from '../aggregation/made-bars.ts';
import { type ReadOptions, readFileOfBars } from './read-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'bars-'));
after(() => rmSync(folder, { recursive: true }));

async function read(
  content: string | Uint8Array,
  { name = 'bars.csv', ...options }: ReadOptions & { name?: string } = {},
) {
  const path = join(folder, name);
  writeFileSync(path, content);
  return await readFileOfBars(path, sessions, options);
}

const DAILY = 'symbol,date,open,high,low,close,adj_close,volume\n';
const INTRADAY = 'symbol,datetime,open,high,low,close,volume\n';
const open = (date: string) => calendar.session(date)!.open;

test('a daily file gives days that start at their session and keeps prices as they are given', async () => {
  const file = await read(
    `${DAILY}A,2019-01-02,66.5,66.57,65.3,65.69,63.3817,2113300\nA,2019-01-03,65.5,66,64,65,63,10\n`,
  );
  assert.equal(file.timeframe, '1D');
  const [{ symbol, bars }] = file.list as [(typeof file.list)[0]];
  assert.equal(symbol, 'A');
  assert.deepEqual([...bars.time.subarray(0, 2)], [open('2019-01-02'), open('2019-01-03')]);
  assert.deepEqual(
    [bars.open[0], bars.high[0], bars.low[0], bars.close[0], bars.volume[0]],
    [66.5, 66.57, 65.3, 65.69, 2113300],
  );
});

test('plain, gzip and zstd files, whatever their names, give the same', async () => {
  const text = `${DAILY}A,2019-01-02,1,2,1,2,2,5\nB,2019-01-02,1,2,1,2,2,5\n`;
  const files = [
    await read(text),
    await read(gzipSync(text), { name: 'x.csv' }),
    await read(zstdCompressSync(text), { name: 'y.txt' }),
  ];
  const contents = files.map(({ list, read, timeframe }) => [
    read,
    timeframe,
    list.map(({ symbol, bars }) => [symbol, bars.close[0]]),
  ]);
  assert.deepEqual(contents[1], contents[0]);
  assert.deepEqual(contents[2], contents[0]);
});

test('columns in any order and case, a byte-order mark, CRLF, quotes, blank lines and a last line without an end are read', async () => {
  const file = await read(
    '\uFEFFVolume,"Close",Low,High,Open,Date,Ticker\r\n"10",2,1,3,1.5,2019-01-02,"NAN"\r\n\r\n11,2,1,3,1.5,2019-01-03,TRUE\r\n12,2,1,3,1.5,2019-01-04,NA',
  );
  assert.deepEqual(
    file.list.map(({ symbol }) => symbol),
    ['NAN', 'TRUE', 'NA'],
  );
  assert.deepEqual(
    file.list.map(({ bars }) => [bars.open[0], bars.high[0], bars.low[0], bars.close[0], bars.volume[0]]),
    [
      [1.5, 3, 1, 2, 10],
      [1.5, 3, 1, 2, 11],
      [1.5, 3, 1, 2, 12],
    ],
  );
  assert.equal(file.read, 3);
});

test('every bar that breaks a rule is counted by its reason and shown with its line', async () => {
  const lines = [
    'A,2019-01-02,1,2,1,2,2,5',
    'A,2019-01-03,1,3,1,4,2,5',
    'A,2019-01-04,0,3,0,1,2,5',
    'A,2019-01-05,1,2,1,2,2,5',
    'A,2019-01-07,1,2,1,2,2,-5',
    'A,2019-01-08,1,nan,1,2,2,5',
    'A,2019-01-09,1,2,1,2,2,',
    'A,not a day,1,2,1,2,2,5',
    'A,2019-01-10,1,2,1,2',
    'TOOLONGATICKER,2019-01-10,1,2,1,2,2,5',
    'A,2019-01-11,2,1,3,2,2,5',
    'A,2019-01-02,1,2,1,2,2,5',
    'A,2019-01-02,1,2,1,1.5,2,5',
    'A,2019-01-14,1,Infinity,1,2,2,5',
    'A,1989-12-29,1,2,1,2,2,5',
  ];
  const { rejections, list, read: count } = await read(`${DAILY}${lines.join('\n')}\n`);
  assert.deepEqual(rejections.counts, {
    'closed day': 2,
    'conflicting duplicate': 1,
    duplicate: 1,
    'high below low': 1,
    'negative volume': 1,
    'not a number': 3,
    'open or close outside low and high': 1,
    'price not positive': 1,
    'symbol not usable': 1,
    'time not readable': 1,
    'wrong number of fields': 1,
  });
  assert.ok(rejections.firstLines.includes('line 3: high 3 is below close 4: A,2019-01-03,1,3,1,4,2,5'));
  assert.equal(list.length, 1);
  assert.equal(list[0]!.bars.length, 1);
  assert.equal(list[0]!.bars.close[0], 2);
  assert.equal(rejections.total + list[0]!.bars.length, count);
});

test('only the first lines of a reason are kept, in order', async () => {
  const bad = Array.from({ length: 9 }, () => 'A,2019-01-03,1,3,1,4,2,5').join('\n');
  const { rejections } = await read(`${DAILY}A,2019-01-02,1,2,1,2,2,5\n${bad}\n`);
  assert.equal(rejections.counts['open or close outside low and high'], 9);
  assert.deepEqual(
    rejections.firstLines.map((line) => line.slice(0, 7)),
    ['line 3:', 'line 4:', 'line 5:', 'line 6:', 'line 7:'],
  );
});

test('the timeframe is the step between bars; before the open, after the close and off the grid is refused', async () => {
  const at = (time: string) => `SPY,2025-11-28 ${time},1,2,1,2,5`;
  const good = Array.from({ length: 42 }, (_, index) => 570 + index * 5).map((minute) =>
    at(`${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`),
  );
  const file = await read(`${INTRADAY}${[at('08:00'), ...good, at('13:00'), at('09:32'), at('00:00')].join('\n')}`);
  assert.equal(file.timeframe, '5m');
  assert.equal(file.list[0]!.bars.length, 42);
  assert.deepEqual(file.rejections.counts, { 'misaligned start': 1, 'outside session': 3 });
});

test('bars in any order are sorted, and hours counted from the open are hours', async () => {
  const file = await read(
    `${INTRADAY}S,2025-06-03 10:30,1,2,1,2,5\nS,2025-06-02 10:30,1,2,1,2,5\nS,2025-06-02 09:30,1,2,1,2,5\n`,
  );
  assert.equal(file.timeframe, '1H');
  const hour = 3_600_000;
  assert.deepEqual(
    [...file.list[0]!.bars.time.subarray(0, 3)],
    [open('2025-06-02'), open('2025-06-02') + hour, open('2025-06-03') + hour],
  );
});

test('a file without a symbol column takes the symbol from its name or from the option, and is refused without either', async () => {
  const text = 'date,open,high,low,close,volume\n2019-01-02,1,2,1,2,5\n';
  assert.equal((await read(text, { name: 'spy_daily_unadjusted.csv' })).list[0]!.symbol, 'SPY');
  assert.equal((await read(text, { name: 'prices.csv', symbol: 'QQQ' })).list[0]!.symbol, 'QQQ');
  await assert.rejects(read(text, { name: 'crypto_unittest_btc_1m.csv' }), /has no symbol column/);
});

test('files we cannot use are refused as a whole, and the message says why', async () => {
  await assert.rejects(read(''), /not a file of bars|no column|holds no bars/);
  await assert.rejects(read(DAILY), /holds no bars/);
  await assert.rejects(read('symbol,date,price\nA,2019-01-02,1\n'), /no column open, high, low, close, volume/);
  await assert.rejects(
    read(`${INTRADAY}S,2025-06-02 09:30,1,2,1,2,5\nS,2025-06-02 09:40,1,2,1,2,5\n`),
    /10 minutes apart/,
  );
  await assert.rejects(read(`${INTRADAY}S,2025-06-02 09:30,1,2,1,2,5\n`), /timeframe cannot be told/);
  await assert.rejects(read(gzipSync(`${DAILY}A,2019-01-02,1,2,1,2,2,5\n`).subarray(0, 40)), /damaged or not complete/);
  await assert.rejects(readFileOfBars(join(folder, 'absent.csv'), sessions, {}), /there is no such file/);
});

test('a market that trades at weekends is refused with one sentence', async () => {
  const minutes = Array.from({ length: 4000 }, (_, index) =>
    new Date(Date.UTC(2017, 10, 4) + index * 60_000).toISOString(),
  );
  const text = `datetime,open,high,low,close,volume\n${minutes.map((time) => `${time.slice(0, 16).replace('T', ' ')},1,2,1,2,5`).join('\n')}`;
  await assert.rejects(read(text, { symbol: 'BTC' }), /trade around the clock are not supported/);
});

test('progress counts bytes on disk up to the size of the file', async () => {
  const seen: [number, number][] = [];
  const text = gzipSync(`${DAILY}A,2019-01-02,1,2,1,2,2,5\n`);
  await read(text, { onProgress: (bytes, total) => seen.push([bytes, total]) });
  assert.deepEqual(seen.at(-1), [text.length, text.length]);
});
