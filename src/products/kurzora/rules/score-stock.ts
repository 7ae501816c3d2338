import type { Bars } from '#quant/bars.ts';
import type { Frame, ScanTimeframe, StockWindow, Timeframe } from '#services/market-data/api.ts';
import { type SignalStrength, type SignalType, signalType, strengthClass, type Tier, tierOf } from './classes.ts';
import { confidenceOf, type Dimensions, qualityOf, riskOf, smartScore, strengthOf } from './dimensions.ts';
import { type Divergence, findDivergence } from './divergence.ts';
import { ENGINE, type EngineSettings, type TimeframeSet } from './engine.ts';
import { explain, scoredParts } from './explanation.ts';
import { readFrame } from './frame-readings.ts';
import { gateFault, type TimeframeScores } from './gatekeeper.ts';
import { lastAtr, wilderRsi } from './last-values.ts';
import { type Levels, levelsFor } from './levels.ts';
import { type Position, positionFor, riskLevel } from './position-size.ts';
import { clampScore, roundTo } from './rounding.ts';
import type { NearestLevel } from './support-resistance.ts';
import { type Readings, scoreTimeframe, type TimeframeScore } from './timeframe-score.ts';

/** One timeframe as it was scored: everything needed to do it again from the bars. */
export interface TimeframeBreakdown extends TimeframeScore {
  readonly timeframe: ScanTimeframe;
  readonly bars: number;
  /** Start of the first and last bar, epoch ms. */
  readonly firstTime: number;
  readonly lastTime: number;
  /** The last bar was still running. */
  readonly provisional: boolean;
  readonly readings: Readings;
  readonly level: NearestLevel | null;
}

export interface ScoredSignal {
  readonly kind: 'signal';
  readonly ticker: string;
  readonly engine: string;
  readonly set: TimeframeSet;
  readonly price: { readonly value: number; readonly time: number; readonly timeframe: Timeframe };
  readonly previousClose: number | null;
  /** Against the previous trading day's close, percent, 4 decimals. */
  readonly priceChangePercent: number | null;
  readonly timeframes: readonly TimeframeBreakdown[];
  readonly scores: TimeframeScores;
  readonly dimensions: Dimensions;
  readonly baseScore: number;
  readonly divergence: Divergence;
  /** round(base score + divergence bonus), 0-100. */
  readonly finalScore: number;
  readonly signalType: SignalType;
  readonly signalStrength: SignalStrength;
  readonly tier: Tier | null;
  readonly levels: Levels;
  readonly position: Position;
  readonly riskLevel: 'low' | 'medium' | 'high';
  /** ATR 14 of the daily bars, price units, 4 decimals. */
  readonly atr: number | null;
  readonly explanation: string;
}

export type SkipReason =
  | 'no_bars'
  | 'no_price'
  | 'too_few_timeframes'
  | 'too_few_bars'
  | 'too_few_scored'
  | 'gate'
  | 'price_too_small';

export interface SkippedStock {
  readonly kind: 'skipped';
  readonly ticker: string;
  readonly reason: SkipReason;
  /** What exactly was missing, for a person. */
  readonly detail: string;
  readonly timeframes: readonly TimeframeBreakdown[];
}

export interface ScoreOptions {
  readonly set: TimeframeSet;
  readonly settings: EngineSettings;
}

/**
 * Scores one stock from its window alone: the same window and settings give the same result. Reads nothing else, so that
 * whatever the window does not hold (any bar that closed after the as-of moment) cannot matter. The window's frames end in
 * its price (kurzora.md 4.3: the current price replaces the last close and stretches high and low).
 */
export function scoreStock(window: StockWindow, options: ScoreOptions): ScoredSignal | SkippedStock {
  const { set, settings } = options;
  const { ticker, price } = window;
  let timeframes: readonly TimeframeBreakdown[] = [];
  const skip = (reason: SkipReason, detail: string): SkippedStock => {
    return { kind: 'skipped', ticker, reason, detail, timeframes };
  };
  if (!price) return skip('no_price', 'no bar closed in the last 7 days');
  const frames = set.timeframes.flatMap((timeframe) => window.frames[timeframe] ?? []);
  if (frames.length < 2) return skip('too_few_timeframes', `${frames.length} of ${set.timeframes.length} have bars`);
  timeframes = frames.map(breakdownOf);
  const values = timeframes.flatMap(({ score }) => score ?? []);
  if (values.length < 2) return skip('too_few_bars', `${values.length} timeframes have bars enough`);
  const positive = values.filter((score) => score > 0).length;
  if (positive < 2) return skip('too_few_scored', `${positive} timeframes score above 0`);
  const scores = Object.fromEntries(timeframes.map(({ timeframe, score }) => [timeframe, score]));
  const fault = gateFault(set, scores, settings.gate);
  if (fault) return skip('gate', fault);
  const daily = frames.find(({ timeframe }) => timeframe === '1D')?.bars ?? null;
  const signal = composeSignal({ window, price, timeframes, scores, values, daily }, options);
  return signal ?? skip('price_too_small', `${price.value} leaves no room between entry and stop`);
}

interface Parts {
  readonly window: StockWindow;
  readonly price: NonNullable<StockWindow['price']>;
  readonly timeframes: readonly TimeframeBreakdown[];
  readonly scores: TimeframeScores;
  readonly values: readonly number[];
  readonly daily: Bars | null;
}

/** The signal of a stock that passed the gate; null when its price is too small to set levels. */
function composeSignal(parts: Parts, { set, settings }: ScoreOptions): ScoredSignal | null {
  const { window, price, timeframes, scores, values, daily } = parts;
  const dimensions: Dimensions = {
    strength: strengthOf(values),
    confidence: confidenceOf(values),
    quality: qualityOf(set, scores),
    risk: riskOf(daily, timeframes.find(({ timeframe }) => timeframe === '1D')?.readings.volumeRatio ?? null),
  };
  const baseScore = smartScore(dimensions);
  const divergence = divergenceOf(daily);
  const finalScore = clampScore(Math.round(baseScore + divergence.bonus));
  const type = signalType(finalScore);
  const levels = levelsFor(price.value, finalScore, type, settings.levelsRule);
  if (!levels) return null;
  const { ticker, previousClose } = window;
  const signal: Omit<ScoredSignal, 'explanation'> = {
    kind: 'signal',
    ticker,
    engine: ENGINE,
    set,
    price,
    previousClose,
    priceChangePercent: previousClose ? roundTo((price.value / previousClose - 1) * 100, 4) : null,
    timeframes,
    scores,
    dimensions,
    baseScore,
    divergence,
    finalScore,
    signalType: type,
    signalStrength: strengthClass(finalScore),
    tier: tierOf(finalScore),
    levels,
    position: positionFor(levels, settings.risk),
    riskLevel: riskLevel(finalScore, levels.ratio),
    atr: atrOf(daily),
  };
  return { ...signal, explanation: explain(scoredParts(signal)) };
}

function breakdownOf({ timeframe, bars, provisional }: Frame): TimeframeBreakdown {
  const { readings, level } = readFrame(bars, provisional);
  return {
    timeframe: timeframe as ScanTimeframe,
    bars: bars.length,
    firstTime: bars.time[0]!,
    lastTime: bars.time[bars.length - 1]!,
    provisional,
    readings,
    level,
    ...scoreTimeframe(readings),
  };
}

function divergenceOf(daily: Bars | null): Divergence {
  const none = { analysed: false, found: 0, valid: 0, strongest: null, bonus: 0 };
  if (!daily) return none;
  const rsi = new Float64Array(daily.length);
  wilderRsi(daily.close, daily.length, 14, rsi);
  return findDivergence(daily.close, rsi, daily.length);
}

function atrOf(daily: Bars | null): number | null {
  const value = daily ? lastAtr(daily, 14) : Number.NaN;
  return Number.isFinite(value) ? roundTo(value, 4) : null;
}
