export type PhaseNumber = 1 | 2 | 3;

export interface Phase {
  readonly number: PhaseNumber;
  readonly universe: string;
  /** Stocks scanned, by priority. */
  readonly stocks: number;
  readonly intervalMinutes: number;
  /** What it needs of the data provider, dollars a month. */
  readonly provider: string;
  readonly monthlyCost: number;
  /** What should be reached before (section 13); null for the first. */
  readonly gate: { readonly payers: number; readonly winRate: number } | null;
}

/** The three stages of growth: more stocks, scanned more often. */
export const PHASES: Readonly<Record<PhaseNumber, Phase>> = Object.freeze({
  1: {
    number: 1,
    universe: 'SP500',
    stocks: 500,
    intervalMinutes: 15,
    provider: 'polygon_basic',
    monthlyCost: 149,
    gate: null,
  },
  2: {
    number: 2,
    universe: 'RUSSELL_1000',
    stocks: 1_000,
    intervalMinutes: 10,
    provider: 'polygon_pro',
    monthlyCost: 299,
    gate: { payers: 50, winRate: 65 },
  },
  3: {
    number: 3,
    universe: 'ALL_MARKETS',
    stocks: 6_000,
    intervalMinutes: 5,
    provider: 'polygon_enterprise',
    monthlyCost: 699,
    gate: { payers: 200, winRate: 70 },
  },
});

/** The phase with this number, or undefined when there is none. */
export function phaseOf(number: unknown): Phase | undefined {
  return number === 1 || number === 2 || number === 3 ? PHASES[number] : undefined;
}
