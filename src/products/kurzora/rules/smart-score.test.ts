import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barsOf } from '#quant/bars.ts';
import { signalType, strengthClass, tierOf } from './classes.ts';
import { confidenceOf, qualityOf, riskOf, smartScore, strengthOf } from './dimensions.ts';
import { END_OF_DAY, INTRADAY } from './engine.ts';
import { gateFault } from './gatekeeper.ts';

const VECTOR = { '1H': 72, '4H': 68, '1D': 75, '1W': 60 };
const GATE = { short: 55, medium: 55, long: 45 };

test('the smart-score vector of the specification gives 69, 81, 85 and 77', () => {
  const scores = Object.values(VECTOR);
  const [strength, confidence] = [strengthOf(scores), confidenceOf(scores)];
  const quality = qualityOf(INTRADAY, VECTOR);
  assert.deepEqual([strength, confidence, quality], [69, 81, 85]);
  const score = smartScore({ strength, confidence, quality, risk: 70 });
  assert.deepEqual([score, strengthClass(score), signalType(score)], [77, 'BUY', 'bullish']);
  assert.equal(gateFault(INTRADAY, VECTOR, GATE), null);
  assert.equal(gateFault(INTRADAY, VECTOR, { short: 70, medium: 70, long: 70 }), '4H 68 is below 70');
});

test('the gate wants the day or the week, and counts a timeframe without score as 0', () => {
  const gate = (scores: object) => gateFault(INTRADAY, scores, GATE);
  assert.equal(gate({ '1H': 55, '4H': 55, '1D': 44, '1W': 45 }), null);
  assert.equal(gate({ '1H': 55, '4H': 55, '1D': 45, '1W': null }), null);
  assert.equal(gate({ '1H': 55, '4H': 55, '1D': 44, '1W': 44 }), '1D 44 is below 45 and 1W 44 is below 45');
  assert.equal(gate({ '1H': 54, '4H': 99, '1D': 99, '1W': 99 }), '1H 54 is below 55');
  assert.equal(gate({ '4H': 99, '1D': 99, '1W': 99 }), '1H without score is below 55');
  assert.equal(gateFault(END_OF_DAY, { '1D': 55, '1W': 45 }, GATE), null);
  assert.equal(gateFault(END_OF_DAY, { '1D': 54, '1W': 99 }, GATE), '1D 54 is below 55');
  assert.equal(gateFault(END_OF_DAY, { '1D': 99, '1W': 44 }, GATE), '1W 44 is below 45');
});

test('strength and confidence have their values for few scores', () => {
  assert.equal(strengthOf([49, 10]), 50);
  assert.equal(strengthOf([49, 50, 61]), 56);
  assert.deepEqual(
    [confidenceOf([]), confidenceOf([0, 0]), confidenceOf([80, 0]), confidenceOf([1, 100])],
    [20, 20, 40, 0],
  );
});

test('quality counts each rise toward the short timeframes and gives end-of-day its one step', () => {
  assert.equal(qualityOf(INTRADAY, { '1H': 50, '4H': 50, '1D': 50, '1W': 50 }), 60);
  assert.equal(qualityOf(INTRADAY, { '1H': 80, '4H': 70, '1D': 60, '1W': 50 }), 100);
  assert.equal(qualityOf(INTRADAY, { '1H': 90, '4H': 95, '1D': 96, '1W': 59 }), 80, '1D>1W and a rise above 10 a step');
  assert.equal(
    qualityOf(INTRADAY, { '1H': 89, '4H': 95, '1D': 96, '1W': 59 }),
    70,
    'exactly 10 a step is not above 10',
  );
  assert.deepEqual(
    [qualityOf(END_OF_DAY, { '1D': 90, '1W': 59 }), qualityOf(END_OF_DAY, { '1D': 60, '1W': 60 })],
    [70, 60],
  );
});

test('risk starts at 70, takes the calm of daily returns from six closes on, and adds for volume', () => {
  const bars = (closes: number[]) =>
    barsOf(closes.map((close, time) => ({ time, open: close, high: close, low: close, close, volume: 1 })));
  assert.equal(riskOf(null, null), 70);
  assert.equal(riskOf(bars([1, 9, 1, 9, 1]), null), 70, 'five closes are too few');
  assert.equal(riskOf(bars([5, 5, 5, 5, 5, 5]), null), 85, 'no movement at all');
  assert.equal(riskOf(bars([1, 9, 1, 9, 1, 9]), null), 35, 'wild');
  assert.equal(riskOf(null, 2), 80);
  assert.equal(riskOf(null, 9), 85, 'volume adds at most 15');
});

test('classes and tiers begin at their limits', () => {
  const classes = [85, 84, 75, 74, 65, 64, 50, 49, 40, 39, 30, 29].map(strengthClass).join(' ');
  assert.equal(classes, 'STR_BUY BUY BUY WEAK_BUY WEAK_BUY NEUTRAL NEUTRAL WEAK_SELL WEAK_SELL SELL SELL STR_SELL');
  assert.deepEqual([60, 59, 40, 39].map(signalType), ['bullish', 'neutral', 'neutral', 'bearish']);
  assert.deepEqual([90, 85, 80, 70, 69].map(tierOf), ['diamond', 'gold', 'silver', 'bronze', null]);
});
