import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BASE_POINTS, type Readings, scoreTimeframe } from './timeframe-score.ts';

type Row = [
  rsi: number,
  macd: number | null,
  b: number | null,
  volume: number | null,
  k: number,
  r: number,
  sr: number | null,
];
const readings = ([rsi, macd, percentB, volumeRatio, stochasticK, williamsR, proximity]: Row): Readings => ({
  rsi,
  macd,
  percentB,
  volumeRatio,
  stochasticK,
  williamsR,
  proximity,
});

test('the vectors of the specification give their sums and scores', () => {
  const vectors: [Row, number | null, number | null][] = [
    [[50, 0.3, 0.5, 1.0, 50, -50, 50], 75, 75],
    [[25, 0.5, 0.1, 1.6, 15, -85, 85], 147, 100],
    [[75, -2, 0.9, 0.5, 90, -5, 10], -8, 0],
    [[70, 0, 0.8, 1.2, 80, -20, 80], 67, 67],
    [[45, null, null, null, 50, -50, null], null, null],
  ];
  for (const [row, sum, score] of vectors) {
    const result = scoreTimeframe(readings(row));
    assert.deepEqual([result.sum, result.score], [sum, score], `row ${row}`);
  }
});

test('a band begins exactly where the specification says', () => {
  const neutral: Row = [50, 0.3, 0.5, 1.0, 50, -50, 50];
  const points = (index: number, value: number, key: keyof Readings) =>
    scoreTimeframe(readings(neutral.with(index, value) as Row)).contributions[key];
  const edges: [number, keyof Readings, [number, number][]][] = [
    [
      0,
      'rsi',
      [
        [29.99, 20],
        [30, 0],
        [40, 2.5],
        [50, 5],
        [70, 0],
        [70.01, -10],
      ],
    ],
    [
      1,
      'macd',
      [
        [1.0001, 20],
        [1, 10],
        [0.0001, 10],
        [0, -5],
        [-0.9999, -5],
        [-1, -15],
      ],
    ],
    [
      2,
      'percentB',
      [
        [0.1999, 15],
        [0.2, 0],
        [0.4, 5],
        [0.6, 5],
        [0.6001, 0],
        [0.8, 0],
        [0.8001, -10],
      ],
    ],
    [
      3,
      'volumeRatio',
      [
        [2.5, 30],
        [2.49, 25],
        [2, 25],
        [1.5, 15],
        [1.2, 5],
        [1.19, -5],
        [0.8, -5],
        [0.79, -15],
      ],
    ],
    [
      4,
      'stochasticK',
      [
        [19.99, 8],
        [20, 0],
        [80, 0],
        [80.01, -5],
      ],
    ],
    [
      5,
      'williamsR',
      [
        [-80, 7],
        [-79.99, 0],
        [-20.01, 0],
        [-20, -5],
      ],
    ],
    [
      6,
      'proximity',
      [
        [80, 12],
        [79, 6],
        [60, 6],
        [59, 0],
        [41, 0],
        [40, -4],
        [21, -4],
        [20, -8],
      ],
    ],
  ];
  for (const [index, key, cases] of edges)
    for (const [value, expected] of cases) assert.equal(points(index, value, key), expected, `${key} ${value}`);
});

test('base plus contributions is the sum, and four decimals hold every contribution exactly', () => {
  const decimals = (min: number, max: number, places: number) =>
    fc.option(fc.integer({ min: min * 10 ** places, max: max * 10 ** places }).map((n) => n / 10 ** places));
  fc.assert(
    fc.property(
      fc.record({
        rsi: decimals(0, 100, 2),
        macd: decimals(-9, 9, 4),
        percentB: decimals(-1, 2, 4),
        volumeRatio: decimals(0, 9, 2),
        stochasticK: decimals(0, 100, 2),
        williamsR: decimals(-100, 0, 2),
        proximity: decimals(0, 100, 0),
      }),
      (given) => {
        const { contributions, sum, score } = scoreTimeframe(given);
        const present = Object.values(given).filter((value) => value !== null).length;
        assert.equal(sum === null, present < 4);
        for (const points of Object.values(contributions)) assert.equal(Number(points.toFixed(4)), points);
        if (sum === null || score === null) return;
        const total = Object.values(contributions).reduce((a, b) => a + b, BASE_POINTS);
        assert.equal(total.toFixed(4), sum.toFixed(4));
        assert.equal(score, Math.min(100, Math.max(0, Math.round(sum))));
      },
    ),
  );
});
