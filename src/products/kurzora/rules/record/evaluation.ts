import { blockSignP, type Interval } from '#quant/backtest/block-bootstrap.ts';
import type { LogisticModel } from '#quant/backtest/logistic.ts';
import { type ProbabilityScores, probabilityScores } from '#quant/backtest/probability-scores.ts';
import { spearman, trendZ } from '#quant/backtest/proportions.ts';
import { type Bucket, blocksFor, bucketOf, type DailySums, dailySums, tenPointBuckets } from './buckets.ts';
import { type ByDay, type EventTable, rowsByDay } from './event-table.ts';
import { calibratedForecasts, engineForecasts, fitUntil, type RowForecasts } from './walk-forward.ts';

export interface Monotonicity {
  /** Rank correlation of bucket and hit rate; null with fewer than three buckets. */
  readonly spearman: number | null;
  /** Cochran-Armitage over single scores, as if events were independent. */
  readonly trendZ: number;
  /** Two-sided p of "within a day, higher scores do no better", signs of whole blocks of days flipped. */
  readonly blockP: number;
  /** Sign of what that p is about. */
  readonly direction: 'rising' | 'falling' | 'none';
  /** Neighbouring buckets of which the higher had the lower hit rate: `70-80 below 60-70`. */
  readonly violations: readonly string[];
}

export interface ScoreFigures {
  readonly buckets: readonly Bucket[];
  /** All scores together. */
  readonly overall: Bucket | null;
  readonly brierSkill: number | null;
  readonly forecast: ProbabilityScores | null;
  /** The same of the last 252 sessions alone; null where there are no more than that. */
  readonly lastYear: Pick<ProbabilityScores, 'n' | 'brierSkill' | 'brierSkillInterval'> | null;
  readonly edge: Edge;
}

/** `none` unless the 95 % interval of the Brier skill lies above zero. */
export type Edge = 'positive' | 'none';

export interface EngineFigures extends ScoreFigures {
  readonly monotonicity: Monotonicity;
  /** Target of 1R against the same stop; empty for the live ledger, which does not keep it. */
  readonly oneToOne: readonly Bucket[];
}

export interface Evaluation {
  /** Days with events, and how many events: of all stocks that were judged, and of those that got a score. */
  readonly sessions: number;
  readonly judged: number;
  readonly scored: number;
  readonly engine: EngineFigures;
  /** Null for the live ledger: it says what was given, and fits nothing. */
  readonly calibrated: ScoreFigures | null;
  /** The calibrated score on all events: what live signals are told with. Null without scores of both outcomes. */
  readonly model: LogisticModel | null;
}

const YEAR = 252;
const CALIBRATED_GROUPS = 5;

/** Everything the record says about a table of events. Pure; the same table gives the same figures. */
export function evaluate(table: EventTable, { calibrate = true, oneToOne = true } = {}): Evaluation {
  const byDay = rowsByDay(table);
  const base = sumsOf(table, byDay.days, table.length, (at) => at, table.hit);
  const tens = tensOf(table, byDay.days, table.hit);
  let scored = 0;
  for (let at = 0; at < table.length; at++) if (table.scored(at)) scored += 1;
  const buckets = tenPointBuckets(tens, base);
  const calibrated = calibrate ? calibratedForecasts(table, byDay) : null;
  return {
    sessions: byDay.days,
    judged: table.length,
    scored,
    engine: {
      ...figuresOf(buckets, bucketOf(0, 100, together(tens, byDay.days), base), engineForecasts(table, byDay)),
      monotonicity: monotonicityOf(table, byDay, buckets, base),
      oneToOne: oneToOne ? oneToOneBuckets(table, byDay.days) : [],
    },
    calibrated:
      calibrated &&
      figuresOf(
        calibratedBuckets(table, byDay.days, calibrated, base),
        calibratedOverall(table, byDay.days, calibrated, base),
        calibrated,
      ),
    model: (calibrate && fitUntil(table, byDay, byDay.days)?.model) || null,
  };
}

function oneToOneBuckets(table: EventTable, days: number): Bucket[] {
  const base = sumsOf(table, days, table.length, (at) => at, table.hitOne);
  return tenPointBuckets(tensOf(table, days, table.hitOne), base);
}

function figuresOf(buckets: readonly Bucket[], overall: Bucket | null, forecasts: RowForecasts): ScoreFigures {
  const days = (forecasts.day.at(-1) ?? -1) + 1;
  const forecast = probabilityScores(forecasts, blocksFor(days));
  const edge = forecast !== null && forecast.brierSkillInterval[0] > 0 ? 'positive' : 'none';
  return {
    buckets,
    overall,
    brierSkill: forecast?.brierSkill ?? null,
    forecast,
    lastYear: lastYearOf(forecasts),
    edge,
  };
}

function lastYearOf(forecasts: RowForecasts): ScoreFigures['lastYear'] {
  const { length, day, p, reference, hit } = forecasts;
  const first = (day.at(-1) ?? 0) - YEAR + 1;
  if (first <= 0) return null;
  const from = day.findIndex((value) => value >= first);
  const of = {
    length: length - from,
    day: day.subarray(from).map((value) => value - first),
    p: p.subarray(from),
    reference: reference.subarray(from),
    hit: hit.subarray(from),
  };
  const { n, brierSkill, brierSkillInterval } = probabilityScores(of, blocksFor(YEAR))!;
  return { n, brierSkill, brierSkillInterval };
}

function sumsOf(
  table: EventTable,
  days: number,
  count: number,
  rowAt: (index: number) => number,
  hit: Uint8Array,
): DailySums {
  const sums = dailySums(days);
  for (let index = 0; index < count; index++) addEvent(sums, table, rowAt(index), hit);
  return sums;
}

function addEvent(sums: DailySums, table: EventTable, row: number, hit: Uint8Array): void {
  const day = table.day[row]!;
  sums.n[day]! += 1;
  sums.hits[day]! += hit[row]!;
  sums.gains[day]! += table.gain[row]!;
}

function tensOf(table: EventTable, days: number, hit: Uint8Array): DailySums[] {
  const tens = Array.from({ length: 10 }, () => dailySums(days));
  for (let row = 0; row < table.length; row++)
    if (table.scored(row)) addEvent(tens[Math.min(9, Math.floor(table.score[row]! / 10))]!, table, row, hit);
  return tens;
}

function together(parts: readonly DailySums[], days: number): DailySums {
  const all = dailySums(days);
  for (const part of parts)
    for (const key of ['n', 'hits', 'gains'] as const)
      for (let day = 0; day < days; day++) all[key][day]! += part[key][day]!;
  return all;
}

function monotonicityOf(table: EventTable, byDay: ByDay, buckets: readonly Bucket[], base: DailySums): Monotonicity {
  const daily = dailyCovariance(table, byDay, base);
  const sum = daily.reduce((total, value) => total + value, 0);
  const violations = buckets.slice(1).flatMap((bucket, index) => {
    const before = buckets[index]!;
    return bucket.hitRate < before.hitRate ? [`${bucket.from}-${bucket.to} below ${before.from}-${before.to}`] : [];
  });
  return {
    spearman: spearman(
      buckets.map(({ from, to }) => (from + to) / 2),
      buckets.map(({ hitRate }) => hitRate),
    ),
    trendZ: trendZ(groupsOf(table)),
    blockP: blockSignP(daily, blocksFor(byDay.days)),
    direction: sum > 0 ? 'rising' : sum < 0 ? 'falling' : 'none',
    violations,
  };
}

/** Of each day the sum over its scores of (score less the day's mean score) times (hit less the day's base rate). */
function dailyCovariance(table: EventTable, { days, rows, first }: ByDay, base: DailySums): Float64Array {
  const daily = new Float64Array(days);
  for (let day = 0; day < days; day++) {
    let [n, mean] = [0, 0];
    for (let at = first[day]!; at < first[day + 1]!; at++)
      if (table.scored(rows[at]!)) {
        n += 1;
        mean += table.score[rows[at]!]!;
      }
    if (n === 0) continue;
    mean /= n;
    const rate = base.hits[day]! / base.n[day]!;
    for (let at = first[day]!; at < first[day + 1]!; at++)
      if (table.scored(rows[at]!)) daily[day]! += (table.score[rows[at]!]! - mean) * (table.hit[rows[at]!]! - rate);
  }
  return daily;
}

function groupsOf(table: EventTable) {
  const groups = Array.from({ length: 101 }, (_, at) => ({ at, n: 0, hits: 0 }));
  for (let row = 0; row < table.length; row++) {
    if (!table.scored(row)) continue;
    const group = groups[table.score[row]!]!;
    group.n += 1;
    group.hits += table.hit[row]!;
  }
  return groups.filter(({ n }) => n > 0);
}

/** Five groups of equal size by forecast; their edges in percent. */
function calibratedBuckets(table: EventTable, days: number, forecasts: RowForecasts, base: DailySums): Bucket[] {
  const { length, p, row } = forecasts;
  const order = new Uint32Array(length).map((_, index) => index).sort((a, b) => p[a]! - p[b]!);
  return Array.from({ length: CALIBRATED_GROUPS }, (_, group) => {
    const [from, to] = [group, group + 1].map((edge) => Math.round((edge * length) / CALIBRATED_GROUPS));
    if (from === to) return null;
    const sums = sumsOf(table, days, to! - from!, (index) => row[order[from! + index]!]!, table.hit);
    return bucketOf(percent(p[order[from!]!]!), percent(p[order[to! - 1]!]!), sums, base);
  }).filter((bucket) => bucket !== null);
}

function calibratedOverall(table: EventTable, days: number, { length, row }: RowForecasts, base: DailySums) {
  return bucketOf(
    0,
    100,
    sumsOf(table, days, length, (index) => row[index]!, table.hit),
    base,
  );
}

const percent = (p: number) => Math.round(p * 1000) / 10;

export type { Bucket, Interval };
