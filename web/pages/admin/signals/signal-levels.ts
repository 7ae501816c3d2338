export type SignalType = 'bullish' | 'neutral' | 'bearish';

/** Prices as typed; NaN where nothing or no number stands. */
export interface TypedLevels {
  readonly type: SignalType;
  readonly entry: number;
  readonly stop: number;
  readonly target: number;
}

export type LevelFault = 'stopBelow' | 'stopAbove' | 'targetAbove' | 'targetBelow';

export interface Judged {
  readonly faults: readonly LevelFault[];
  /** Reward to risk, two decimals; null until all three levels stand on their sides. */
  readonly ratio: number | null;
}

/** Buy and neutral signals are long: stop below the entry, target above it; a sell is mirrored (kurzora.md 4.11). Only pairs that are there are judged. */
export function judgeLevels({ type, entry, stop, target }: TypedLevels): Judged {
  const side = type === 'bearish' ? -1 : 1;
  const known = (level: number) => entry > 0 && level > 0;
  const faults: LevelFault[] = [];
  if (known(stop) && (entry - stop) * side <= 0) faults.push(side === 1 ? 'stopBelow' : 'stopAbove');
  if (known(target) && (target - entry) * side <= 0) faults.push(side === 1 ? 'targetAbove' : 'targetBelow');
  const complete = known(stop) && known(target) && faults.length === 0;
  return {
    faults,
    ratio: complete ? Math.round((100 * Math.abs(target - entry)) / Math.abs(entry - stop)) / 100 : null,
  };
}
