/**
 * The bars of one simulated stock on one day. A day is drawn as 15-minute bars between an open and a close that are decided
 * before; 5-minute bars divide a 15-minute bar and the daily bar joins them, so the three always agree to the cent.
 */
import { mix, normal, uniform } from './randomness.ts';

/** A day of 15-minute bars: prices in cents, volume in shares. `present` is 0 where trading was halted. */
export interface SessionBars {
  length: number;
  readonly present: Uint8Array;
  readonly open: Int32Array;
  readonly high: Int32Array;
  readonly low: Int32Array;
  readonly close: Int32Array;
  readonly volume: Float64Array;
}

export interface SessionFacts {
  /** Key of this stock on this day. */
  readonly key: number;
  /** Number of 15-minute bars. */
  readonly bars: number;
  /** Cents. */
  readonly previousClose: number;
  readonly close: number;
  /** Standard deviation of the day's log return. */
  readonly volatility: number;
  /** Shares on an ordinary full day. */
  readonly dailyVolume: number;
}

/** 26 bars is the longest session there is. */
const MOST_BARS = 26;
const HALTS_PER_SESSION = 0.0006;
const HALTS_AFTER_A_SHOCK = 0.03;

export function emptySession(): SessionBars {
  return {
    length: 0,
    present: new Uint8Array(MOST_BARS),
    open: new Int32Array(MOST_BARS),
    high: new Int32Array(MOST_BARS),
    low: new Int32Array(MOST_BARS),
    close: new Int32Array(MOST_BARS),
    volume: new Float64Array(MOST_BARS),
  };
}

interface Smile {
  /** Share of the day's variance that has passed at the end of each bar, and of its volume within each bar. */
  readonly passed: Float64Array;
  readonly volume: Float64Array;
}
const smiles = new Map<number, Smile>();

/** Trading is liveliest after the open and before the close. */
function smileOf(bars: number): Smile {
  const known = smiles.get(bars);
  if (known) return known;
  const weight = Float64Array.from({ length: bars }, (_, index) => {
    const place = (2 * index + 1) / bars - 1;
    return 0.6 + 1.9 * place ** 4 + (place < 0 ? 0.5 * place ** 2 : 0);
  });
  const total = weight.reduce((sum, each) => sum + each, 0);
  let sum = 0;
  const smile = {
    passed: weight.map((each) => {
      sum += each;
      return sum / total;
    }),
    volume: weight.map((each) => each / total),
  };
  smiles.set(bars, smile);
  return smile;
}

const walk = new Float64Array(MOST_BARS);

/** Draws a day into `into`, which may be used again: nothing of what was in it is read. */
export function drawSession(facts: SessionFacts, into: SessionBars): void {
  const { key, bars, previousClose, close, volatility } = facts;
  const smile = smileOf(bars);
  const move = Math.log(close / previousClose);
  const surprise = Math.abs(move) / volatility;
  const gap = (surprise > 3 ? 0.85 : 0.3) * move + 0.2 * volatility * normal(key, 1);
  const open = Math.max(1, Math.round(previousClose * Math.exp(gap)));
  const range = open * volatility * 0.8;
  let end = 0;
  let passedBefore = 0;
  for (let index = 0; index < bars; index++) {
    end += range * Math.sqrt(smile.passed[index]! - passedBefore) * normal(key, 100 + index);
    passedBefore = smile.passed[index]!;
    walk[index] = end;
  }
  into.length = bars;
  const volume = dayVolume(facts, surprise);
  let last = open;
  for (let index = 0; index < bars; index++) {
    const passed = smile.passed[index]!;
    const place = open + (close - open) * passed + walk[index]! - passed * end;
    const bits = mix(key, 200 + index);
    const shares = barVolume(volume * smile.volume[index]!, bits, key, index);
    const traded = shares > 0 || index === bars - 1;
    const barClose = index === bars - 1 ? close : traded ? Math.max(1, Math.round(place)) : last;
    const reach = traded ? range * Math.sqrt(smile.volume[index]!) * 0.9 : 0;
    into.open[index] = last;
    into.close[index] = barClose;
    into.high[index] = Math.round(Math.max(last, barClose) + reach * ((bits & 0xffff) / 65536) ** 2);
    into.low[index] = Math.max(1, Math.round(Math.min(last, barClose) - reach * ((bits >>> 16) / 65536) ** 2));
    into.volume[index] = traded ? Math.max(1, shares) : 0;
    into.present[index] = 1;
    last = barClose;
  }
  halt(key, surprise, into);
}

function dayVolume({ key, bars, dailyVolume }: SessionFacts, surprise: number): number {
  const activity = Math.exp(0.35 * normal(key, 2)) * (0.75 + 0.35 * Math.min(5, surprise));
  return dailyVolume * activity * (bars / MOST_BARS);
}

/** Whole shares; none when hardly any are expected, ever more often the fewer. */
function barVolume(expected: number, bits: number, key: number, index: number): number {
  if (expected < 1500 && bits / 4_294_967_296 < Math.exp(-expected / 120)) return 0;
  return Math.round(expected * (0.45 + 1.1 * uniform(key, 300 + index)));
}

/** Now and then, and more often on a day of news, trading stops for up to an hour: those bars do not exist. */
function halt(key: number, surprise: number, session: SessionBars): void {
  if (uniform(key, 3) >= (surprise > 3.5 ? HALTS_AFTER_A_SHOCK : HALTS_PER_SESSION)) return;
  const bits = mix(key, 4);
  const first = 1 + (bits % (session.length - 6));
  session.present.fill(0, first, first + 1 + ((bits >>> 8) % 4));
}

/** Three 5-minute bars from one of 15 minutes: the same open, high, low, close and sum of shares. */
export interface FineBars {
  readonly open: Int32Array;
  readonly high: Int32Array;
  readonly low: Int32Array;
  readonly close: Int32Array;
  readonly volume: Float64Array;
}

export function emptyFineBars(): FineBars {
  return {
    open: new Int32Array(3),
    high: new Int32Array(3),
    low: new Int32Array(3),
    close: new Int32Array(3),
    volume: new Float64Array(3),
  };
}

export function divideBar(key: number, session: SessionBars, index: number, into: FineBars): void {
  const open = session.open[index]!;
  const high = session.high[index]!;
  const low = session.low[index]!;
  const close = session.close[index]!;
  const volume = session.volume[index]!;
  const range = high - low;
  const between = (share: number, part: number) => {
    const place = open + (close - open) * share + 0.45 * range * (uniform(key, 400 + 8 * index + part) - 0.5);
    return Math.min(high, Math.max(low, Math.round(place)));
  };
  const first = between(1 / 3, 0);
  const second = between(2 / 3, 1);
  into.open.set([open, first, second]);
  into.close.set([first, second, close]);
  const firstShare = 0.2 + 0.27 * uniform(key, 400 + 8 * index + 2);
  const shares = Math.floor(volume * firstShare);
  const laterShares = Math.floor(volume * (0.2 + 0.27 * uniform(key, 400 + 8 * index + 3)));
  into.volume.set([shares, laterShares, volume - shares - laterShares]);
  for (let part = 0; part < 3; part++) {
    const reach = 0.3 * range * uniform(key, 400 + 8 * index + 4 + part);
    into.high[part] = Math.min(high, Math.round(Math.max(into.open[part]!, into.close[part]!) + reach));
    into.low[part] = Math.max(low, Math.round(Math.min(into.open[part]!, into.close[part]!) - reach));
  }
  // The extremes belong to the parts that came nearest to them.
  into.high[extreme(into.high, 1)] = high;
  into.low[extreme(into.low, -1)] = low;
}

function extreme(values: Int32Array, sign: 1 | -1): number {
  let best = 0;
  for (let part = 1; part < values.length; part++) if (sign * (values[part]! - values[best]!) > 0) best = part;
  return best;
}
