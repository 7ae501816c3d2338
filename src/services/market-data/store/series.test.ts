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
