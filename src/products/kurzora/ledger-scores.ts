import { createHash, hash } from 'node:crypto';
import { Turn } from '#kernel/turn.ts';
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
export async function ledgerScores(
  signals: readonly ScoredSignal[],
  skipped: readonly SkippedStock[],
  model: LogisticModel | null,
): Promise<LedgerScores> {
  const refused = skipped.filter(({ reason }) => reason === 'gate');
  const judged: (ScoredSignal | SkippedStock)[] = [...signals, ...refused];
  judged.sort((a, b) => (a.ticker < b.ticker ? -1 : 1));
  let dataHashes = '';
  const turn = new Turn();
  for (const stock of judged) {
    dataHashes += hashOf(stock);
    if (turn.over) await turn.pass();
  }
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
 * readings they gave, as float8 of this machine's order (little-endian on all we run on; NaN for none). Bars that are corrected later
 * give another one.
 */
function hashOf({ ticker, timeframes, ...stock }: ScoredSignal | SkippedStock): string {
  const values = [stock.kind === 'signal' ? stock.price.value : Number.NaN];
  for (const frame of timeframes) putFrame(frame, values);
  const names = `${ticker} ${timeframes.map(({ timeframe }) => timeframe).join(' ')}`;
  const digest = createHash('sha256').update(names).update(new Float64Array(values)).digest('hex');
  return digest.slice(0, 16);
}

function putFrame({ bars, firstTime, lastTime, provisional, readings }: TimeframeBreakdown, into: number[]): void {
  into.push(bars, firstTime, lastTime, provisional ? 1 : 0);
  for (const reading of Object.values(readings)) into.push(reading ?? Number.NaN);
}
