/** How bars close a paper trade: at its stop when a bar reaches it, else at its target; the stop when one bar reached both. */
import type { Bars } from '#quant/bars.ts';

export interface OpenTrade {
  readonly direction: 1 | -1;
  readonly stop: number | null;
  readonly target: number | null;
  /** Bars that opened before are not looked at, epoch ms: they may have touched before the levels were set. */
  readonly since: number;
}

export interface TradeExit {
  readonly reason: 'stop_loss' | 'take_profit';
  /** The level itself (kurzora.md 5), also where the bar opened beyond it. */
  readonly price: number;
  /** Start of the bar, epoch ms. */
  readonly time: number;
}

/** The first exit in closed bars, oldest first, or null. Later bars never change it. */
export function exitOf({ direction, stop, target, since }: OpenTrade, bars: Bars): TradeExit | null {
  for (let at = 0; at < bars.length; at++) {
    const time = bars.time[at]!;
    if (time < since) continue;
    const [worst, best] = direction === 1 ? [bars.low[at]!, bars.high[at]!] : [bars.high[at]!, bars.low[at]!];
    if (stop !== null && direction * (worst - stop) <= 0) return { reason: 'stop_loss', price: stop, time };
    if (target !== null && direction * (best - target) >= 0) return { reason: 'take_profit', price: target, time };
  }
  return null;
}
