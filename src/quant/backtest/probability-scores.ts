/** How good probabilities were, given what happened. All take forecasts made before the outcome was known. */
import { type BlockOptions, type Interval, percentileInterval, resampleDays } from './block-bootstrap.ts';

export interface Forecasts {
  readonly length: number;
  /** Index of the day, 0 and up. */
  readonly day: Int32Array;
  readonly p: Float64Array;
  /** What would have been said without the score: the rate of the past. */
  readonly reference: Float64Array;
  readonly hit: Uint8Array;
}

export interface ProbabilityScores {
  readonly n: number;
  readonly brier: number;
  readonly referenceBrier: number;
  /** 1 - brier / reference: above 0 where the score knows more than the past rate. Null without forecasts. */
  readonly brierSkill: number;
  readonly brierSkillInterval: Interval;
  readonly logLoss: number;
  readonly referenceLogLoss: number;
  /** Mean distance of forecast and rate over ten equal groups. */
  readonly expectedCalibrationError: number;
  /** Chance that a hit had the higher forecast than a miss, ties half. */
  readonly auc: number;
  readonly aucInterval: Interval;
  readonly reliability: readonly ReliabilityPoint[];
}

export interface ReliabilityPoint {
  readonly n: number;
  readonly forecast: number;
  readonly hitRate: number;
  readonly interval: Interval;
}

const GROUPS = 10;
/** Forecasts are put into this many equal groups before the area under the curve is resampled. */
const AUC_BINS = 64;

/** Null when there is no forecast. */
export function probabilityScores(forecasts: Forecasts, options: BlockOptions): ProbabilityScores | null {
  const { length, p, reference, hit } = forecasts;
  if (length === 0) return null;
  let [brier, referenceBrier, logLoss, referenceLogLoss] = [0, 0, 0, 0];
  for (let at = 0; at < length; at++) {
    brier += (p[at]! - hit[at]!) ** 2;
    referenceBrier += (reference[at]! - hit[at]!) ** 2;
    logLoss -= logOf(p[at]!, hit[at]!);
    referenceLogLoss -= logOf(reference[at]!, hit[at]!);
  }
  const days = forecasts.day.subarray(0, length).reduce((most, day) => Math.max(most, day), 0) + 1;
  const order = sortedOrder(p, length);
  const reliability = reliabilityOf(forecasts, order, days, options);
  const calibration = reliability.reduce((sum, point) => sum + point.n * Math.abs(point.forecast - point.hitRate), 0);
  return {
    n: length,
    brier: brier / length,
    referenceBrier: referenceBrier / length,
    brierSkill: 1 - brier / referenceBrier,
    brierSkillInterval: skillInterval(forecasts, days, options),
    logLoss: logLoss / length,
    referenceLogLoss: referenceLogLoss / length,
    expectedCalibrationError: calibration / length,
    ...areaUnderCurve(forecasts, order, days, options),
    reliability,
  };
}

const logOf = (p: number, hit: number) => Math.log(Math.max(1e-6, hit ? p : 1 - p));

function sortedOrder(p: Float64Array, length: number): Uint32Array {
  return new Uint32Array(length).map((_, index) => index).sort((a, b) => p[a]! - p[b]!);
}

function skillInterval({ length, day, p, reference, hit }: Forecasts, days: number, options: BlockOptions): Interval {
  const [model, past] = [new Float64Array(days), new Float64Array(days)];
  for (let at = 0; at < length; at++) {
    model[day[at]!]! += (p[at]! - hit[at]!) ** 2;
    past[day[at]!]! += (reference[at]! - hit[at]!) ** 2;
  }
  const skills: number[] = [];
  resampleDays(days, options, (drawn) => {
    let [above, below] = [0, 0];
    for (let index = 0; index < days; index++) {
      above += drawn[index]! * model[index]!;
      below += drawn[index]! * past[index]!;
    }
    if (below > 0) skills.push(1 - above / below);
  });
  return percentileInterval(skills, options.level);
}

/** Ten groups of equal size by forecast; forecasts that are equal stay together. */
function reliabilityOf(
  { length, day, p, hit }: Forecasts,
  order: Uint32Array,
  days: number,
  options: BlockOptions,
): ReliabilityPoint[] {
  const points: ReliabilityPoint[] = [];
  for (let from = 0; from < length; ) {
    let to = Math.min(length, Math.max(from + 1, Math.round(((points.length + 1) * length) / GROUPS)));
    while (to < length && p[order[to]!] === p[order[to - 1]!]) to += 1;
    if (length - to < length / GROUPS / 2) to = length;
    const [hits, counts] = [new Float64Array(days), new Float64Array(days)];
    let [sum, all] = [0, 0];
    for (let at = from; at < to; at++) {
      const row = order[at]!;
      sum += p[row]!;
      all += hit[row]!;
      hits[day[row]!]! += hit[row]!;
      counts[day[row]!]! += 1;
    }
    const interval = resampledRate(hits, counts, options, all / (to - from));
    points.push({ n: to - from, forecast: sum / (to - from), hitRate: all / (to - from), interval });
    from = to;
  }
  return points;
}

function resampledRate(hits: Float64Array, counts: Float64Array, options: BlockOptions, rate: number): Interval {
  const rates: number[] = [];
  resampleDays(hits.length, options, (drawn) => {
    let [above, below] = [0, 0];
    for (let day = 0; day < drawn.length; day++) {
      above += drawn[day]! * hits[day]!;
      below += drawn[day]! * counts[day]!;
    }
    if (below > 0) rates.push(above / below);
  });
  return rates.length > 0 ? percentileInterval(rates, options.level) : [rate, rate];
}

function areaUnderCurve(
  { length, day, p, hit }: Forecasts,
  order: Uint32Array,
  days: number,
  options: BlockOptions,
): Pick<ProbabilityScores, 'auc' | 'aucInterval'> {
  const [hits, misses] = [new Float64Array(days * AUC_BINS), new Float64Array(days * AUC_BINS)];
  let bin = 0;
  for (let at = 0; at < length; at++) {
    const row = order[at]!;
    // Equal forecasts share a bin: they cannot be told apart.
    if (at > 0 && p[row] !== p[order[at - 1]!]) bin = Math.floor((at / length) * AUC_BINS);
    const cell = day[row]! * AUC_BINS + bin;
    if (hit[row]) hits[cell]! += 1;
    else misses[cell]! += 1;
  }
  const area = (drawn: Int32Array | null): number => {
    const [up, down] = [new Float64Array(AUC_BINS), new Float64Array(AUC_BINS)];
    for (let index = 0; index < days; index++) {
      const times = drawn ? drawn[index]! : 1;
      if (times === 0) continue;
      for (let at = 0; at < AUC_BINS; at++) {
        up[at]! += times * hits[index * AUC_BINS + at]!;
        down[at]! += times * misses[index * AUC_BINS + at]!;
      }
    }
    return areaOf(up, down);
  };
  const areas: number[] = [];
  resampleDays(days, { ...options, resamples: Math.min(300, options.resamples ?? 300) }, (drawn) => {
    areas.push(area(drawn));
  });
  return { auc: area(null), aucInterval: percentileInterval(areas, options.level) };
}

function areaOf(hits: Float64Array, misses: Float64Array): number {
  let [below, won, allHits] = [0, 0, 0];
  for (let bin = 0; bin < hits.length; bin++) {
    won += hits[bin]! * (below + misses[bin]! / 2);
    below += misses[bin]!;
    allHits += hits[bin]!;
  }
  return allHits > 0 && below > 0 ? won / (allHits * below) : 0.5;
}
