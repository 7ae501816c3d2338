import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SignalDetail } from '#products/kurzora/contract.ts';
import { composeScore, matrixOf } from './score-arithmetic.ts';

/** The worked example of the product's specification: 72/68/75/60 gives 69, 81, 85, 70 and 77. */
const example = {
  finalScore: 77,
  baseScore: 77,
  divergenceBonus: 0,
  timeframeScores: { '1H': 75, '4H': null, '1D': 100, '1W': null },
  dimensions: { strength: 69, confidence: 81, quality: 85, risk: 70 },
  indicators: [
    row('RSI', '1H', 5),
    row('MACD', '1H', 10),
    row('Bollinger', '1H', 5),
    row('Volume', '1H', -5),
    row('RSI', '1D', 20),
    row('MACD', '1D', 67),
    { ...row('RSI_DIVERGENCE', '1D', 3.5) },
  ],
} as unknown as SignalDetail;

function row(name: string, timeframe: string, scoreContribution: number) {
  return { name, timeframe, rawValue: 1, scoreContribution, scoringVersion: 'test', metadata: {} };
}

test('the four dimensions weigh 30, 35, 25 and 10 percent', () => {
  const { parts, sum, agrees } = composeScore(example);
  assert.deepEqual(
    parts.map((part) => part.points),
    [20.7, 28.35, 21.25, 7],
  );
  assert.equal(sum, 77.3);
  assert.equal(agrees, true);
});

test('a final score that the numbers do not give is reported', () => {
  assert.equal(composeScore({ ...example, finalScore: 78 }).agrees, false);
  assert.equal(composeScore({ ...example, baseScore: 76, finalScore: 76 }).agrees, false);
});

test('the divergence bonus moves the final score and is clamped with it', () => {
  assert.equal(composeScore({ ...example, divergenceBonus: 3.5, finalScore: 81 }).agrees, true);
  assert.equal(composeScore({ ...example, divergenceBonus: -7.6, finalScore: 69 }).agrees, true);
});

test('a column of the matrix adds up to its timeframe score, and divergence is no row of it', () => {
  const matrix = matrixOf(example);
  assert.deepEqual(
    matrix.columns.map(({ timeframe, sum, score, stored }) => ({ timeframe, sum, score, stored })),
    [
      { timeframe: '1H', sum: 75, score: 75, stored: 75 },
      { timeframe: '1D', sum: 147, score: 100, stored: 100 },
    ],
  );
  assert.deepEqual(matrix.rows, ['RSI', 'MACD', 'Bollinger', 'Volume']);
  assert.equal(matrix.divergence?.scoreContribution, 3.5);
});
