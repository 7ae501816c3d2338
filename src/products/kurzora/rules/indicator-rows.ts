import type { ScanTimeframe } from '#services/market-data/api.ts';
import type { ScoredSignal } from './score-stock.ts';
import { INDICATOR_NAMES, type IndicatorKey } from './timeframe-score.ts';

/** A row of `indicators`, less its signal's id. */
export interface IndicatorRow {
  readonly name: string;
  readonly timeframe: ScanTimeframe;
  readonly rawValue: number | null;
  readonly contribution: number;
  readonly metadata: Readonly<Record<string, unknown>>;
}

const DESCRIPTIONS: Readonly<Record<IndicatorKey, Readonly<Record<string, unknown>>>> = {
  rsi: { period: 14 },
  macd: { fast: 12, slow: 26 },
  percentB: { period: 20, deviations: 2 },
  volumeRatio: { of: 'last completed bar' },
  stochasticK: { period: 14 },
  williamsR: { period: 14 },
  proximity: {},
};
const KEYS = Object.keys(INDICATOR_NAMES) as IndicatorKey[];
/** Name of the one row that a signal need not have. */
export const DIVERGENCE = 'RSI_DIVERGENCE';
const MISSING = Object.freeze({ missing: true });
/** Metadata that most rows have, as these very objects: it need not be sent once a row. */
export const SHARED_METADATA: readonly Readonly<Record<string, unknown>>[] = [...Object.values(DESCRIPTIONS), MISSING];

/** Seven rows for each timeframe of the set, one that has no bars included, in this order always; then one for a divergence. */
export function indicatorRows(signal: ScoredSignal): IndicatorRow[] {
  const rows: IndicatorRow[] = [];
  for (const timeframe of signal.set.timeframes) {
    const frame = signal.timeframes.find((candidate) => candidate.timeframe === timeframe);
    for (const key of KEYS) {
      const rawValue = frame?.readings[key] ?? null;
      const metadata = key === 'proximity' ? { ...frame?.level } : DESCRIPTIONS[key];
      rows.push({
        name: INDICATOR_NAMES[key],
        timeframe,
        rawValue,
        contribution: frame?.contributions[key] ?? 0,
        metadata: rawValue === null ? MISSING : metadata,
      });
    }
  }
  const { strongest, bonus } = signal.divergence;
  if (strongest) {
    const { tradingStrength } = strongest;
    rows.push({
      name: DIVERGENCE,
      timeframe: '1D',
      rawValue: tradingStrength,
      contribution: bonus,
      metadata: { ...strongest },
    });
  }
  return rows;
}
