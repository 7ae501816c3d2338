import type { Stock } from '#services/market-data/api.ts';
import type { ScoredSignal, TimeframeBreakdown } from './score-stock.ts';
import { INDICATOR_NAMES, type IndicatorKey } from './timeframe-score.ts';

const iso = (time: number) => new Date(time).toISOString();
const ALL_TIMEFRAMES = ['1H', '4H', '1D', '1W'] as const;

/** A signal as `kurzora scan --json` prints it: every number that is needed to work it out again from the bars. */
export interface SignalReport {
  readonly ticker: string;
  readonly [field: string]: unknown;
}

export function signalReport(signal: ScoredSignal, stock: Stock | undefined, expiresAt: number): SignalReport {
  const { levels, position, price } = signal;
  return {
    ticker: signal.ticker,
    companyName: stock?.companyName ?? null,
    sector: stock?.sector ?? null,
    signalType: signal.signalType,
    signalStrength: signal.signalStrength,
    tier: signal.tier,
    finalScore: signal.finalScore,
    baseScore: signal.baseScore,
    divergenceBonus: signal.divergence.bonus,
    timeframeScores: timeframeScores(signal),
    dimensions: signal.dimensions,
    currentPrice: price.value,
    /** When that price was the last: the close of its bar. */
    priceTime: iso(price.time),
    priceTimeframe: price.timeframe,
    previousClose: signal.previousClose,
    priceChangePercent: signal.priceChangePercent,
    entryPrice: levels.entry,
    stopLoss: levels.stop,
    takeProfit: levels.target,
    riskRewardRatio: levels.ratio,
    levels,
    atr: signal.atr,
    positionSize: position.size,
    positionSizeUncapped: position.uncapped,
    riskAmount: position.riskAmount,
    rewardAmount: position.rewardAmount,
    riskLevel: signal.riskLevel,
    timeframes: Object.fromEntries(signal.timeframes.map((frame) => [frame.timeframe, timeframeReport(frame)])),
    divergence: signal.divergence,
    expiresAt: iso(expiresAt),
    explanation: signal.explanation,
  };
}

/** Scores of all four timeframes; null for one that has none or is not in the set. */
export function timeframeScores({ scores }: Pick<ScoredSignal, 'scores'>): Record<string, number | null> {
  return Object.fromEntries(ALL_TIMEFRAMES.map((timeframe) => [timeframe, scores[timeframe] ?? null]));
}

export function timeframeReport(frame: TimeframeBreakdown): Record<string, unknown> {
  const keys = Object.keys(INDICATOR_NAMES) as IndicatorKey[];
  return {
    score: frame.score,
    sum: frame.sum,
    bars: frame.bars,
    firstBar: iso(frame.firstTime),
    lastBar: iso(frame.lastTime),
    provisional: frame.provisional,
    indicators: Object.fromEntries(
      keys.map((key) => [
        INDICATOR_NAMES[key],
        { rawValue: frame.readings[key], scoreContribution: frame.contributions[key] },
      ]),
    ),
    supportResistance: frame.level,
  };
}

/**
 * `trading_signals.signals`: scores under flat keys, where the client reads them, and nested beside the rest (T-5).
 * A missing score is null in both places, so that nothing is made up for it. Contributions and metadata are rows of
 * `indicators`: the document stays under the 2 kB from which Postgres compresses it and moves it out of the row.
 */
export function signalsDocument(signal: ScoredSignal): Record<string, unknown> {
  const scores = timeframeScores(signal);
  const { divergence } = signal;
  const pattern = divergence.strongest;
  return {
    ...scores,
    timeframes: scores,
    dimensions: signal.dimensions,
    indicators: Object.fromEntries(signal.timeframes.map((frame) => [frame.timeframe, rawValues(frame)])),
    analysis: {
      engine: signal.engine,
      timeframeSet: signal.set.name,
      riskLevel: signal.riskLevel,
      session_402_divergence: {
        hasValidDivergence: pattern !== null,
        analysisSuccessful: divergence.analysed,
        timeframe: '1D',
        strongestPattern: pattern && {
          type: pattern.type,
          strength: pattern.strength,
          confidenceScore: pattern.confidenceScore,
          qualityScore: pattern.qualityScore,
        },
        scoreBonus: divergence.bonus,
        totalPatternsFound: divergence.found,
        validPatternsCount: divergence.valid,
      },
    },
  };
}

function rawValues({ readings }: TimeframeBreakdown): Record<string, number | null> {
  const keys = Object.keys(INDICATOR_NAMES) as IndicatorKey[];
  return Object.fromEntries(keys.map((key) => [INDICATOR_NAMES[key], readings[key]]));
}
