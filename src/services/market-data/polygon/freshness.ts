import type { ExchangeSession } from '../api.ts';
import type { SymbolBars } from '../provider.ts';

/**
 * Watches whether the bars that come in reach the session that must be there by now. A single stock may rightly have no newer
 * bar (halted, delisted); most of them may not: that is a source that delivers the past (trap T-18).
 */
export class Freshness {
  readonly #expected: ExchangeSession | undefined;
  #newest = Number.NEGATIVE_INFINITY;
  readonly #fresh = new Set<string>();

  constructor(expected: ExchangeSession | undefined) {
    this.#expected = expected;
  }

  see({ symbol, bars }: SymbolBars): void {
    const last = bars.time[bars.length - 1]!;
    this.#newest = Math.max(this.#newest, last);
    if (this.#expected && last >= this.#expected.open) this.#fresh.add(symbol);
  }
  /** What is wrong, when more than half of the symbols are behind; null when all is well or nothing can be said. */
  finding(symbols: number): { stale: number; newest: string | null; expected: string } | null {
    const stale = symbols - this.#fresh.size;
    if (!this.#expected || stale * 2 <= symbols) return null;
    const newest = Number.isFinite(this.#newest) ? new Date(this.#newest).toISOString() : null;
    return { stale, newest, expected: this.#expected.date };
  }
}
