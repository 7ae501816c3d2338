import type { Bars } from '#quant/bars.ts';
import type { TimeframeSet } from './engine.ts';
import type { TimeframeScores } from './gatekeeper.ts';
import { clampScore, populationDeviation } from './rounding.ts';

/** The four sides of the smart score, each 0-100 and whole. */
export interface Dimensions {
  readonly strength: number;
  readonly confidence: number;
  readonly quality: number;
  /** Higher is safer. */
  readonly risk: number;
}

/** Mean of the timeframe scores from 50 up; 50 when there is none. */
export function strengthOf(scores: readonly number[]): number {
  const strong = scores.filter((score) => score >= 50);
  return strong.length === 0 ? 50 : Math.round(strong.reduce((sum, score) => sum + score, 0) / strong.length);
}

/** How well the timeframes agree: 100 less their deviation in thirtieths; one score alone gives 40, none 20. */
export function confidenceOf(scores: readonly number[]): number {
  const positive = scores.filter((score) => score > 0);
  if (positive.length < 2) return positive.length === 1 ? 40 : 20;
  return Math.round(Math.max(0, 100 - (populationDeviation(positive) / 30) * 100));
}

/**
 * Whether momentum rises toward the short timeframes: 60 points, 15 for 1H>4H, 15 for 4H>1D, 10 for 1D>1W, and 10 for a rise
 * of more than 10 a step from 1W to 1H. A timeframe that the set does not have earns nothing: end-of-day gives 60 or 70.
 */
export function qualityOf(set: TimeframeSet, scores: TimeframeScores): number {
  const score = (index: number) => scores[set.timeframes[index]!] ?? 0;
  const steps = set.name === 'intraday' ? [15, 15, 10] : [10];
  let points = 60;
  steps.forEach((gain, index) => {
    if (score(index) > score(index + 1)) points += gain;
  });
  if (set.name === 'intraday' && (score(0) - score(3)) / 3 > 10) points += 10;
  return clampScore(points);
}

/**
 * Starts at 70; with more than 5 daily closes it is the mean of 70 and the calm of the day-to-day returns
 * (100 - 1000 * their population deviation); an active market adds up to 15 (5 times the 1D volume ratio).
 */
export function riskOf(daily: Bars | null, dailyVolumeRatio: number | null): number {
  let risk = 70;
  if (daily && daily.length > 5) risk = (risk + 100 - Math.min(1000 * returnDeviation(daily), 100)) / 2;
  risk += Math.min(5 * (dailyVolumeRatio ?? 0), 15);
  return clampScore(Math.round(risk));
}

function returnDeviation({ close, length }: Bars): number {
  const count = length - 1;
  let mean = 0;
  for (let index = 1; index < length; index += 1) mean += close[index]! / close[index - 1]! - 1;
  mean /= count;
  let squares = 0;
  for (let index = 1; index < length; index += 1) squares += (close[index]! / close[index - 1]! - 1 - mean) ** 2;
  return Math.sqrt(squares / count);
}

/** The four dimensions weighed 30/35/25/10, rounded: the base score of a signal. */
export function smartScore({ strength, confidence, quality, risk }: Dimensions): number {
  return Math.round((30 * strength + 35 * confidence + 25 * quality + 10 * risk) / 100);
}
