import { hash } from 'node:crypto';
import { type LogisticModel, predictLogistic } from '#quant/backtest/logistic.ts';
import { WIDTH } from './rules/record/event-table.ts';
import { writeFeatures } from './rules/record/features.ts';
import type { ScoredSignal, SkippedStock, TimeframeBreakdown } from './rules/score-stock.ts';

/** The scores of one scan as the ledger keeps them: arrays of one value a stock, in order of the alphabet. */
export interface LedgerScores {
  readonly tickers: readonly string[];
  readonly scores: readonly (number | null)[];
  /** Tenths of a percent. */
  readonly calibrated: readonly (number | null)[];
  /** Hexadecimal, 16 digits a stock. */
  readonly dataHashes: string;
  /** SHA-256 of those, hexadecimal. */
  readonly dataHash: string;
}

/** Every stock of a scan that the engine judged, passed or refused; who had no bars was not judged. */
export function ledgerScores(
  signals: readonly ScoredSignal[],
  skipped: readonly SkippedStock[],
  model: LogisticModel | null,
): LedgerScores {
  const refused = skipped.filter(({ reason }) => reason === 'gate');
  const judged: (ScoredSignal | SkippedStock)[] = [...signals, ...refused];
  judged.sort((a, b) => (a.ticker < b.ticker ? -1 : 1));
  const dataHashes = judged.map(hashOf).join('');
  return {
    tickers: judged.map(({ ticker }) => ticker),
    scores: judged.map((stock) => (stock.kind === 'signal' ? stock.finalScore : null)),
    calibrated: judged.map((stock) =>
      stock.kind === 'signal' && model ? Math.round(calibratedOf(stock, model) * 1000) : null,
    ),
    dataHashes,
    dataHash: hash('sha256', dataHashes),
  };
}

/** Probability of reaching 2R before the stop that the calibrated score gives a signal. */
export function calibratedOf(signal: ScoredSignal, model: LogisticModel): number {
  const frame = (name: string) => signal.timeframes.find(({ timeframe }) => timeframe === name)?.readings ?? null;
  const features = new Float64Array(WIDTH);
  const { finalScore, price, atr, priceChangePercent: changePercent } = signal;
  writeFeatures({ finalScore, day: frame('1D'), week: frame('1W'), price: price.value, atr, changePercent }, features);
  return predictLogistic(model, features);
}

/**
 * A fingerprint of what a stock was judged by: its price, and of every timeframe how many bars from when to when, and the seven
 * readings they gave. Bars that are corrected later give another one.
 */
function hashOf({ ticker, timeframes, ...stock }: ScoredSignal | SkippedStock): string {
  const price = stock.kind === 'signal' ? stock.price.value : null;
  return hash('sha256', `${ticker} ${price} ${timeframes.map(frameText).join(' ')}`).slice(0, 16);
}

const frameText = ({ timeframe, bars, firstTime, lastTime, provisional, readings }: TimeframeBreakdown) =>
  `${timeframe} ${bars} ${firstTime} ${lastTime} ${provisional} ${Object.values(readings).join(',')}`;
