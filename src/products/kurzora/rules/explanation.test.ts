import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barsOf } from '#quant/bars.ts';
import type { StockWindow } from '#services/market-data/api.ts';
import type { SignalDetail } from '../contract.ts';
import type { Divergence, DivergencePattern } from './divergence.ts';
import { DEFAULT_SETTINGS, END_OF_DAY } from './engine.ts';
import { explain, scoredParts, storedParts } from './explanation.ts';
import { indicatorRows } from './indicator-rows.ts';
import { scoreStock } from './score-stock.ts';

const DAY = 86_400_000;

/** A stock that swings as a sine does, so that its RSI turns where its price does. */
function swinging(): StockWindow {
  const bars = barsOf(
    Array.from({ length: 120 }, (_, index) => {
      const close = 100 + 10 * Math.sin(index / 6) + index / 10;
      return {
        time: index * DAY,
        open: close,
        high: close + 1,
        low: close - 1,
        close,
        volume: 1000 + (index % 7) * 100,
      };
    }),
  );
  const frame = (timeframe: '1D' | '1W') => ({ timeframe, bars, provisional: false });
  const value = bars.close[119]!;
  const price = { value, time: 120 * DAY, timeframe: '1D' as const };
  return { ticker: 'SINE', frames: { '1D': frame('1D'), '1W': frame('1W') }, price, previousClose: bars.close[118]! };
}

const scored = scoreStock(swinging(), {
  set: END_OF_DAY,
  settings: { ...DEFAULT_SETTINGS, gate: { short: 0, medium: 0, long: 0 } },
});
assert.ok(scored.kind === 'signal');
const found = (type: DivergencePattern['type'], bonus: number): Divergence => ({
  ...scored.divergence,
  strongest: { type } as DivergencePattern,
  bonus,
});

test('the explanation says what a divergence does to the score: a bearish one takes points away', () => {
  const bearish = explain(scoredParts({ ...scored, divergence: found('bearish_hidden', -5.7) }));
  assert.match(bearish, /A bearish hidden RSI divergence on 1D takes 5\.7 away\./);
  const bullish = explain(scoredParts({ ...scored, divergence: found('bullish_regular', 7.24) }));
  assert.match(bullish, /A bullish regular RSI divergence on 1D adds 7\.24\./);
  const none = explain(scoredParts({ ...scored, divergence: { ...scored.divergence, strongest: null, bonus: 0 } }));
  assert.doesNotMatch(none, /divergence/);
});

/** The signal as it reads from its rows. */
function stored(signal: Parameters<typeof indicatorRows>[0]): SignalDetail {
  return {
    ...signal,
    divergenceBonus: signal.divergence.bonus,
    timeframeScores: { '1H': null, '4H': null, ...signal.scores },
    indicators: indicatorRows(signal).map(({ contribution, ...row }) => ({ ...row, scoreContribution: contribution })),
  } as unknown as SignalDetail;
}

test('a stored signal is explained with the very sentences it was stored with, and in every language with its numbers', () => {
  const fresh = { ...scored, divergence: found('bearish_hidden', -5.7) };
  const parts = storedParts(stored(fresh));
  assert.ok(parts);
  assert.equal(explain(parts), explain(scoredParts(fresh)));
  const numbers = (text: string) => (text.match(/\d+(\.\d+)?/g) ?? []).sort();
  const english = explain(parts);
  for (const language of ['de', 'ar'] as const) {
    assert.deepEqual(numbers(explain(parts, language)), numbers(english), language);
    assert.notEqual(explain(parts, language), english);
  }
  assert.match(explain(parts, 'de'), /Eine verdeckte bärische RSI-Divergenz auf 1D nimmt 5\.7 weg\./);
});

test('a signal that somebody wrote by hand is not put into the engine’s words', () => {
  assert.equal(storedParts({ ...stored(scored), indicators: [] }), null);
});
