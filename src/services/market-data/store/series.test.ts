import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Bar, barsOf } from '#quant/bars.ts';
import { Series } from './series.ts';

const bar = (time: number, close: number): Bar => ({ time, open: close, high: close, low: close, close, volume: 1 });
const contents = (series: Series) =>
  Array.from({ length: series.length }, (_, at) => [series.time[at], series.close[at], series.volume[at]]);

const batch = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 3 })), {
    maxLength: 25,
    selector: ([time]) => time,
  })
  .map((list) => list.sort(([a], [b]) => a - b));

test('any order of late, corrected and new bars gives what a map of times would hold', () => {
  fc.assert(
    fc.property(fc.array(batch, { maxLength: 8 }), (batches) => {
      const series = new Series(1);
      const model = new Map<number, number>();
      for (const list of batches) {
        const changed = list.filter(([time, close]) => model.get(time) !== close);
        const added = list.filter(([time]) => !model.has(time));
        for (const [time, close] of list) model.set(time, close);
        const counts = series.upsert(barsOf(list.map(([time, close]) => bar(time, close))));
        assert.deepEqual(counts, {
          added: added.length,
          updated: changed.length - added.length,
          unchanged: list.length - changed.length,
          since: changed[0]?.[0] ?? Number.POSITIVE_INFINITY,
        });
      }
      const expected = [...model].sort(([a], [b]) => a - b).map(([time, close]) => [time, close, 1]);
      assert.deepEqual(contents(series), expected);
    }),
    { numRuns: 500 },
  );
});

test('dropping what starts before a moment keeps the rest', () => {
  const series = new Series(2);
  series.upsert(barsOf([bar(1, 1), bar(2, 2), bar(3, 3)]));
  series.dropBefore(2);
  assert.deepEqual(contents(series), [
    [2, 2, 1],
    [3, 3, 1],
  ]);
});

test('series that get their bars together move to larger arrays a few at a time', () => {
  const many = Array.from({ length: 490 }, () => Series.withRoom(0));
  let moved = 0;
  for (let time = 1; time <= 300; time += 1) {
    const before = many.map((series) => series.close);
    for (const series of many) series.append(time, 1, 1, 1, 1, 1);
    const now = many.filter((series, index) => series.close !== before[index]).length;
    assert.ok(now < many.length / 10, `${now} of ${many.length} at bar ${time}`);
    moved += now;
  }
  assert.ok(moved >= many.length, 'each has outgrown its first arrays');
});

test('filling a series in many steps copies it few times', () => {
  const series = new Series(1);
  let moves = 0;
  for (let time = 0; time < 100_000; time += 10) {
    const before = series.time;
    series.upsert(barsOf(Array.from({ length: 10 }, (_, at) => bar(time + at, 1))));
    if (series.time !== before) moves += 1;
  }
  assert.ok(moves < 120, `${moves} moves`);
});
