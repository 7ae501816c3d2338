/**
 * How a signal ends. Bars that opened at or after the moment its levels were set and closed by its expiry are looked at in
 * order; the first that touches stop or target closes it. A bar that was running at that moment is not looked at: nobody
 * can say on which side of the moment it touched.
 */
import type { Bars } from '#quant/bars.ts';
import { roundTo } from './rounding.ts';

/** Prices in the currency of the listing. Long when the stop lies below the entry, short otherwise. */
export interface PriceLevels {
  readonly entry: number;
  readonly stop: number;
  readonly target: number;
}

export interface Touch {
  readonly action: 'stop_loss_hit' | 'take_profit_hit';
  /** The level; the bar's open where the bar opened beyond the level already, for better or worse. */
  readonly price: number;
  /** Start of the bar, epoch ms. */
  readonly time: number;
}

/**
 * The first touch of stop or target, or null. Where one bar touched both, the stop is taken to have come first (kurzora.md
 * 4.12): a bar does not tell. Later bars never change the answer, since the first bar that touches decides.
 */
export function firstTouch({ entry, stop, target }: PriceLevels, bars: Bars): Touch | null {
  const long = stop < entry;
  for (let at = 0; at < bars.length; at++) {
    const [time, open] = [bars.time[at]!, bars.open[at]!];
    const [worst, best] = long ? [bars.low[at]!, bars.high[at]!] : [bars.high[at]!, bars.low[at]!];
    if (long ? worst <= stop : worst >= stop)
      return { action: 'stop_loss_hit', price: long ? Math.min(open, stop) : Math.max(open, stop), time };
    if (long ? best >= target : best <= target)
      return { action: 'take_profit_hit', price: long ? Math.max(open, target) : Math.min(open, target), time };
  }
  return null;
}

/** What fits numeric(10,4): a gain beyond it is a data fault, and must not keep the other signals from ending. */
const MOST_PERCENT = 999_999;

/** Gain of leaving at `exit`, percent of the entry, 4 decimals; a short position gains when the price falls. */
export function returnPercent({ entry, stop }: PriceLevels, exit: number): number {
  const gain = Math.min((exit / entry - 1) * 100, MOST_PERCENT);
  return roundTo(stop < entry ? gain : -gain, 4);
}

export interface OpenSignal extends PriceLevels {
  readonly id: string;
  readonly ticker: string;
  readonly type: string;
  readonly status: 'active' | 'triggered';
  readonly source: string;
  /** As of the last scan that saw it. */
  readonly price: number;
  /** When its levels were set, epoch ms. */
  readonly since: number;
  /** Epoch ms. */
  readonly expiresAt: number | null;
}

/** What a scan says about a stock it judged: the type of its signal, or why it has none. */
export interface Verdict {
  readonly ticker: string;
  readonly type: string | null;
  readonly reason: string | null;
}

/** The bars a fate is read from: `MarketData` has both. */
export interface PastBars {
  closedBars(ticker: string, range: { from: number; to: number }): Bars;
  lastClose(ticker: string, asOf: number): { readonly value: number } | null;
}

export interface Ending {
  readonly id: string;
  readonly action: Touch['action'] | 'expired';
  readonly price: number;
  /** Percent of the entry. */
  readonly return: number;
  /** From the setting of the levels to the bar that ended it (its start) or the expiry; 2 decimals. */
  readonly days: number;
  readonly notes: string;
}

const DAY = 86_400_000;

/**
 * How a signal has ended as of a moment, or null while it goes on: its levels come before its expiry, and both before the
 * verdict of the scan, which only an active one heeds (one that somebody has executed runs to its end).
 */
export function fateOf(
  signal: OpenSignal,
  bars: PastBars,
  scan: { readonly asOf: number; readonly source: string; readonly verdict?: Verdict },
): Ending | null {
  const { asOf, source, verdict } = scan;
  const end = (action: Ending['action'], exit: number, time: number, notes: string): Ending => {
    const price = roundTo(exit, 4);
    const days = roundTo(Math.max(0, (time - signal.since) / DAY), 2);
    return { id: signal.id, action, price, return: returnPercent(signal, price), days, notes };
  };
  if (signal.source !== source)
    return end('expired', signal.price, asOf, `made from ${signal.source} bars; the market data is now ${source}`);
  const until = Math.min(asOf, signal.expiresAt ?? asOf);
  const touch = firstTouch(signal, bars.closedBars(signal.ticker, { from: signal.since, to: until }));
  if (touch) return end(touch.action, touch.price, touch.time, `bar of ${new Date(touch.time).toISOString()}`);
  const why = whyExpired(signal, asOf, verdict);
  return why === null ? null : end('expired', bars.lastClose(signal.ticker, until)?.value ?? signal.price, until, why);
}

function whyExpired({ expiresAt, status, type }: OpenSignal, asOf: number, verdict?: Verdict): string | null {
  if (expiresAt !== null && expiresAt <= asOf) return 'reached its expiry';
  if (!verdict || status !== 'active' || verdict.type === type) return null;
  return verdict.type === null ? `no longer passes: ${verdict.reason}` : `superseded: the stock is now ${verdict.type}`;
}
