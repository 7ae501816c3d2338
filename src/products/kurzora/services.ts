import type { MarketData } from '#services/market-data/api.ts';
import type { PhaseNumber } from './rules/phases.ts';

/** What Kurzora's routes, jobs and commands find open. */
export interface KurzoraServices {
  readonly marketData: MarketData;
  /** Read from the settings at the start and before every scan: the next scan's time follows it. */
  phase: PhaseNumber;
}
