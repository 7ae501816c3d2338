import type { ScanTimeframe } from '#services/market-data/api.ts';

/** Name and version of the scoring engine: stored with every signal and indicator row. A changed number means a new version. */
export const ENGINE = 'kurzora-5';

export type TimeframeSetName = 'intraday' | 'end-of-day';

/** The timeframes an engine run looks at, shortest first. */
export interface TimeframeSet {
  readonly name: TimeframeSetName;
  readonly timeframes: readonly ScanTimeframe[];
  /** What `trading_signals.timeframe` says. */
  readonly label: string;
}

export const INTRADAY: TimeframeSet = Object.freeze({
  name: 'intraday',
  timeframes: Object.freeze(['1H', '4H', '1D', '1W'] as const),
  label: '4TF',
});

/** For universes that have daily bars only. */
export const END_OF_DAY: TimeframeSet = Object.freeze({
  name: 'end-of-day',
  timeframes: Object.freeze(['1D', '1W'] as const),
  label: '2TF',
});

/** Least timeframe scores of the gatekeeper; 55/55/45 is the live calibrated value. */
export interface Gate {
  /** 1H of the intraday set; 1D of the end-of-day set. */
  readonly short: number;
  /** 4H; the end-of-day set has none. */
  readonly medium: number;
  /** 1D or 1W of the intraday set; 1W of the end-of-day set. */
  readonly long: number;
}

export type LevelsRule = 'score-band' | 'legacy';

/** The account that position sizes are worked out for. Money in dollars. */
export interface RiskBudget {
  readonly balance: number;
  /** Share of the balance lost when the stop is hit, in percent. */
  readonly riskPercent: number;
  /** Largest position, in percent of the balance. */
  readonly positionCapPercent: number;
}

export interface EngineSettings {
  readonly gate: Gate;
  readonly levelsRule: LevelsRule;
  readonly risk: RiskBudget;
}

export const DEFAULT_SETTINGS: EngineSettings = Object.freeze({
  gate: Object.freeze({ short: 55, medium: 55, long: 45 }),
  levelsRule: 'score-band',
  risk: Object.freeze({ balance: 10_000, riskPercent: 2, positionCapPercent: 20 }),
});

/** Calendar days of history, and newest bars kept per timeframe other than 1D. */
export const HISTORY_DAYS = 500;
export const INTRADAY_BARS = 200;
