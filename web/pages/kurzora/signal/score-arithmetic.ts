import type { SignalDetail, SignalIndicator } from '#products/kurzora/contract.ts';

/** Points every timeframe starts with, before its indicators add or take any. */
export const BASE_POINTS = 60;
/** Stored beside the indicators, but it moves the final score, not a timeframe's. */
export const DIVERGENCE = 'RSI_DIVERGENCE';

const WEIGHTS = { strength: 30, confidence: 35, quality: 25, risk: 10 } as const;
export type Dimension = keyof typeof WEIGHTS;

export interface ScorePart {
  readonly dimension: Dimension;
  /** Percent. */
  readonly weight: number;
  readonly value: number;
  /** weight x value / 100. */
  readonly points: number;
}

/** How the final score came to be: four weighed dimensions, rounded to the base, plus the divergence bonus. */
export interface Composition {
  readonly parts: readonly ScorePart[];
  readonly sum: number;
  /** False when the stored base or final score is not what these numbers give; the page then says so. */
  readonly agrees: boolean;
}

export function composeScore(signal: SignalDetail): Composition {
  const parts = (Object.keys(WEIGHTS) as Dimension[]).map((dimension) => ({
    dimension,
    weight: WEIGHTS[dimension],
    value: signal.dimensions[dimension],
    points: tidy((WEIGHTS[dimension] * signal.dimensions[dimension]) / 100),
  }));
  const sum = tidy(parts.reduce((total, part) => total + part.points, 0));
  const agrees =
    Math.round(signal.baseScore) === Math.round(sum) &&
    clampScore(Math.round(tidy(signal.baseScore + signal.divergenceBonus))) === signal.finalScore;
  return { parts, sum, agrees };
}

export interface MatrixColumn {
  readonly timeframe: string;
  readonly cells: ReadonlyMap<string, SignalIndicator>;
  /** 60 plus the points of every row. */
  readonly sum: number;
  /** The sum rounded and held in 0-100. */
  readonly score: number;
  /** What the signal stores for this timeframe; null when too few indicators could be computed. */
  readonly stored: number | null;
}

export interface Matrix {
  readonly rows: readonly string[];
  readonly columns: readonly MatrixColumn[];
  readonly divergence: SignalIndicator | null;
}

/** Indicators by timeframe, each column added up from what its rows gave. */
export function matrixOf(signal: SignalDetail): Matrix {
  const scored = signal.indicators.filter((indicator) => indicator.name !== DIVERGENCE);
  const timeframes = Object.keys(signal.timeframeScores).filter((timeframe) =>
    scored.some((indicator) => indicator.timeframe === timeframe),
  );
  return {
    rows: [...new Set(scored.map((indicator) => indicator.name))],
    columns: timeframes.map((timeframe) => columnOf(timeframe, scored, signal)),
    divergence: signal.indicators.find((indicator) => indicator.name === DIVERGENCE) ?? null,
  };
}

function columnOf(timeframe: string, scored: readonly SignalIndicator[], signal: SignalDetail): MatrixColumn {
  const own = scored.filter((indicator) => indicator.timeframe === timeframe);
  const sum = tidy(own.reduce((total, indicator) => total + indicator.scoreContribution, BASE_POINTS));
  return {
    timeframe,
    cells: new Map(own.map((indicator) => [indicator.name, indicator])),
    sum,
    score: clampScore(Math.round(sum)),
    stored: signal.timeframeScores[timeframe as keyof SignalDetail['timeframeScores']],
  };
}

/** Sums of numbers with four decimals, free of binary dust. */
const tidy = (value: number) => Math.round(value * 10_000) / 10_000;
const clampScore = (value: number) => Math.min(100, Math.max(0, value));
