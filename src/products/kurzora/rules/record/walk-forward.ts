/**
 * Probabilities that could have been told at the time. A forecast for a day learns from events whose whole holding time had
 * passed before that day and from nothing else (purged by the horizon), so that no outcome is in both.
 */
import { isotonicRates } from '#quant/backtest/isotonic.ts';
import { fitLogistic, type LogisticModel, predictLogistic } from '#quant/backtest/logistic.ts';
import type { Forecasts } from '#quant/backtest/probability-scores.ts';
import { type ByDay, type EventTable, WIDTH } from './event-table.ts';
import { PROTOCOL } from './protocol.ts';

const SCORES = 101;
/** Trials at the base rate that every score begins with: the ends of the scale have few of their own. */
const PRIOR_TRIALS = 5;
/** Sessions between two fits of the calibrated score. */
const REFIT = 21;
/** Rows a fit looks at; beyond it every second, third, ... is taken. */
const MOST_ROWS = 40_000;
/**
 * What a unit of squared weight costs, in trials for each row: twice what the rows themselves weigh (p(1-p) is about a quarter).
 * Rows of one day move together and trades of neighbouring days overlap, so a fit knows far less than its rows say. Set
 * beforehand, not tuned.
 */
const RIDGE_SHARE = 0.5;

export interface RowForecasts extends Forecasts {
  /** Row of the event table. */
  readonly row: Uint32Array;
}

/** The engine's score as a probability: isotonic on the past, day after day. */
export function engineForecasts(table: EventTable, byDay: ByDay): RowForecasts {
  const past = { hits: new Float64Array(SCORES), n: new Float64Array(SCORES), all: 0, allHits: 0 };
  const forecasts = new ForecastList(table.length);
  let known = 0;
  for (let day = 0; day < byDay.days; day++) {
    for (; known <= day - PROTOCOL.horizon - 1; known++)
      for (const row of rowsOf(byDay, known)) {
        past.all += 1;
        past.allHits += table.hit[row]!;
        if (!table.scored(row)) continue;
        past.n[table.score[row]!]! += 1;
        past.hits[table.score[row]!]! += table.hit[row]!;
      }
    if (known < PROTOCOL.leastTraining || past.all === 0) continue;
    const rate = past.allHits / past.all;
    const rates = isotonicRates(
      past.hits.map((hits) => hits + PRIOR_TRIALS * rate),
      past.n.map((n) => n + PRIOR_TRIALS),
    );
    for (const row of rowsOf(byDay, day))
      if (table.scored(row)) forecasts.add(row, day, rates[table.score[row]!]!, rate, table.hit[row]!);
  }
  return forecasts.done();
}

/** The calibrated score: a logistic fit of the engine's score and readings, refitted every 21 sessions on the past. */
export function calibratedForecasts(table: EventTable, byDay: ByDay): RowForecasts {
  const forecasts = new ForecastList(table.length);
  let model: LogisticModel | null = null;
  let rate = 0;
  let fittedOn = Number.NEGATIVE_INFINITY;
  for (let day = 0; day < byDay.days; day++) {
    const known = day - PROTOCOL.horizon;
    if (known < PROTOCOL.leastTraining) continue;
    if (day - fittedOn >= REFIT) {
      const fitted = fitUntil(table, byDay, known);
      if (!fitted) continue;
      ({ model, rate } = fitted);
      fittedOn = day;
    }
    for (const row of rowsOf(byDay, day))
      if (table.scored(row))
        forecasts.add(row, day, predictLogistic(model!, table.features, row * WIDTH), rate, table.hit[row]!);
  }
  return forecasts.done();
}

/** The model on all scores of the days before `day`; null when they hold no outcome of one kind. */
export function fitUntil(
  table: EventTable,
  byDay: ByDay,
  day: number,
): { readonly model: LogisticModel; readonly rate: number } | null {
  const end = byDay.first[Math.min(day, byDay.days)]!;
  const scored = byDay.rows.subarray(0, end).filter((row) => table.scored(row));
  const hits = scored.reduce((sum, row) => sum + table.hit[row]!, 0);
  if (hits === 0 || hits === scored.length) return null;
  const step = Math.ceil(scored.length / MOST_ROWS);
  const rows = scored.filter((_, index) => index % step === 0);
  const model = fitLogistic(table.features, WIDTH, table.hit, rows, RIDGE_SHARE * rows.length);
  return { model, rate: baseRate(table, byDay.rows.subarray(0, end)) };
}

function baseRate({ hit }: EventTable, rows: Uint32Array): number {
  return rows.reduce((sum, row) => sum + hit[row]!, 0) / rows.length;
}

export const rowsOf = ({ rows, first }: ByDay, day: number) => rows.subarray(first[day]!, first[day + 1]!);

class ForecastList {
  #length = 0;
  readonly #row: Uint32Array;
  readonly #day: Int32Array;
  readonly #p: Float64Array;
  readonly #reference: Float64Array;
  readonly #hit: Uint8Array;

  constructor(most: number) {
    this.#row = new Uint32Array(most);
    this.#day = new Int32Array(most);
    this.#p = new Float64Array(most);
    this.#reference = new Float64Array(most);
    this.#hit = new Uint8Array(most);
  }

  add(row: number, day: number, p: number, reference: number, hit: number): void {
    const at = this.#length++;
    this.#row[at] = row;
    this.#day[at] = day;
    this.#p[at] = p;
    this.#reference[at] = reference;
    this.#hit[at] = hit;
  }

  /** With days counted from the first forecast on. */
  done(): RowForecasts {
    const length = this.#length;
    const first = this.#day[0] ?? 0;
    return {
      length,
      row: this.#row.subarray(0, length),
      day: this.#day.subarray(0, length).map((day) => day - first),
      p: this.#p.subarray(0, length),
      reference: this.#reference.subarray(0, length),
      hit: this.#hit.subarray(0, length),
    };
  }
}
