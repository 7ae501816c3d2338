/**
 * For tests: the engine once more, straight from the specification and slow on purpose, sharing no code with rules/. Works on
 * plain lists of bars; the last bar is marked when it still runs.
 */
export interface NaiveBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}
export interface NaiveFrame {
  readonly bars: readonly NaiveBar[];
  readonly running: boolean;
}

const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
const deviation = (list: readonly number[]) => Math.sqrt(mean(list.map((value) => (value - mean(list)) ** 2)));
/** As on paper: twelve significant digits first, so that binary dust does not decide a half. */
const round = (value: number, places: number) =>
  Number(`${Math.round(Number(`${Number(value.toPrecision(12))}e${places}`))}e-${places}`);
const clamp = (value: number) => (value < 0 ? 0 : Math.min(value, 100));

export function naiveRsi(closes: readonly number[]): number | null {
  if (closes.length < 15) return null;
  const moves = closes.slice(1).map((close, index) => close - closes[index]!);
  let up = mean(moves.slice(0, 14).map((move) => Math.max(move, 0)));
  let down = mean(moves.slice(0, 14).map((move) => (move < 0 ? -move : 0)));
  for (const move of moves.slice(14)) {
    up = (up * 13 + Math.max(move, 0)) / 14;
    down = (down * 13 + (move < 0 ? -move : 0)) / 14;
  }
  if (down === 0) return up > 0 ? 100 : 50;
  return 100 - 100 / (1 + up / down);
}

function naiveEma(closes: readonly number[], n: number): number {
  return closes
    .slice(n)
    .reduce((ema, close) => close * (2 / (n + 1)) + ema * (1 - 2 / (n + 1)), mean(closes.slice(0, n)));
}

export function naiveReadings({ bars, running }: NaiveFrame): Record<string, number | null> {
  const closes = bars.map((bar) => bar.close);
  const price = closes.at(-1)!;
  const last20 = closes.slice(-20);
  const sd = deviation(last20);
  const last14 = bars.slice(-14);
  const highest = Math.max(...last14.map((bar) => bar.high));
  const lowest = Math.min(...last14.map((bar) => bar.low));
  const volumes = (running ? bars.slice(0, -1) : bars).map((bar) => bar.volume);
  const moved = bars.length >= 14 && highest > lowest;
  const rsi = naiveRsi(closes);
  return {
    RSI: rsi === null ? null : round(rsi, 2),
    MACD: closes.length < 26 ? null : round(naiveEma(closes, 12) - naiveEma(closes, 26), 4),
    Bollinger: closes.length < 20 ? null : sd === 0 ? 0.5 : round((price - (mean(last20) - 2 * sd)) / (4 * sd), 4),
    Volume: volumes.length === 0 || mean(volumes) === 0 ? null : round(volumes.at(-1)! / mean(volumes), 2),
    Stochastic: moved ? round(((price - lowest) / (highest - lowest)) * 100, 2) : null,
    Williams_R: moved ? round(((highest - price) / (highest - lowest)) * -100, 2) : null,
    SUPPORT_RESISTANCE: naiveProximity(bars, price),
  };
}

function naiveProximity(bars: readonly NaiveBar[], price: number): number | null {
  const levels: { price: number; strength: number }[] = [];
  bars.forEach((bar, at) => {
    if (at < 20 || at + 20 >= bars.length) return;
    const others = bars.slice(at - 20, at + 21).filter((other) => other !== bar);
    for (const side of ['low', 'high'] as const) {
      if (!others.every((other) => (side === 'low' ? other.low > bar.low : other.high < bar.high))) continue;
      const touches = bars.filter((other) => Math.abs(other[side] - bar[side]) <= 0.02 * bar[side]).length;
      if (touches >= 2) levels.push({ price: bar[side], strength: Math.min(10, 2 * touches) });
    }
  });
  const kept: typeof levels = [];
  for (let strength = 10; strength >= 4; strength -= 2)
    for (const level of levels)
      if (level.strength === strength && !kept.some((k) => Math.abs(k.price - level.price) <= 0.02 * k.price))
        kept.push(level);
  if (kept.length === 0) return null;
  const near = kept.filter((level) => Math.abs(level.price - price) <= 0.09 * price);
  const ranked = (near.length > 0 ? near : kept).map((level) => ({
    ...level,
    d: Math.abs(level.price - price) / price,
  }));
  const best = ranked.reduce((a, b) => (b.d < a.d ? b : a));
  const pull = 45 * Math.max(0, 1 - 50 * best.d) * (best.strength / 10);
  return clamp(Math.round(best.price < price ? 50 + pull : 50 - pull));
}

export function naivePoints(name: string, value: number | null): number {
  if (value === null) return 0;
  switch (name) {
    case 'RSI':
      if (value < 30) return 20;
      return value > 70 ? -10 : (20 - Math.abs(value - 50)) / 4;
    case 'MACD':
      if (value > 1) return 20;
      if (value > 0) return 10;
      return value > -1 ? -5 : -15;
    case 'Bollinger':
      if (value < 0.2) return 15;
      if (value > 0.8) return -10;
      return value < 0.4 || value > 0.6 ? 0 : 5;
    case 'Volume':
      for (const [least, points] of [
        [2.5, 30],
        [2, 25],
        [1.5, 15],
        [1.2, 5],
      ] as const)
        if (value >= least) return points;
      return value < 0.8 ? -15 : -5;
    case 'Stochastic':
      return value < 20 ? 8 : value > 80 ? -5 : 0;
    case 'Williams_R':
      return value <= -80 ? 7 : value >= -20 ? -5 : 0;
    default:
      if (value >= 80) return 12;
      if (value >= 60) return 6;
      return value <= 20 ? -8 : value <= 40 ? -4 : 0;
  }
}

/** Points added (bullish) or taken (bearish) for the strongest RSI divergence of the last 100 daily closes. */
export function naiveDivergenceBonus(closes: readonly number[]): number {
  const rsi = closes.map((_, at) => naiveRsi(closes.slice(0, at + 1)));
  if (closes.length < 50 || rsi.filter((value) => value !== null).length < 50) return 0;
  const from = Math.max(14, closes.length - 100);
  const [price, wave] = [closes.slice(from), rsi.slice(from) as number[]];
  const extremes = (list: readonly number[], sign: number) =>
    list.flatMap((value, at) => {
      if (at < 7 || at + 7 >= list.length) return [];
      const gaps = [...list.slice(at - 7, at), ...list.slice(at + 1, at + 8)].map((other) => (value - other) * sign);
      if (!gaps.every((gap) => gap > 0)) return [];
      const significance = (100 * mean(gaps)) / Math.max(...gaps);
      return significance >= 25 ? [{ at, value, significance }] : [];
    });
  const found: { strength: number; at: number; sign: number }[] = [];
  for (const sign of [1, -1]) {
    const [tops, waves] = [extremes(price, sign), extremes(wave, sign)];
    const partner = (at: number) =>
      waves.filter((w) => Math.abs(w.at - at) <= 3).sort((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at))[0];
    for (const a of tops)
      for (const b of tops) {
        const [ra, rb] = [partner(a.at), partner(b.at)];
        if (a.at >= b.at || !ra || !rb || ra.at >= rb.at) continue;
        const [up, waveUp] = [b.value > a.value, rb.value > ra.value];
        if (b.value === a.value || rb.value === ra.value || up === waveUp) continue;
        const bullish = sign === -1;
        const regular = bullish ? !up : up;
        const slope = Math.abs((b.value / a.value - 1) / (b.at - a.at) - (rb.value - ra.value) / 100 / (rb.at - ra.at));
        if (slope < 0.0005) continue;
        const [sigP, sigR] = [mean([a.significance, b.significance]), mean([ra.significance, rb.significance])];
        const score = slope * 100 + mean([sigP, sigR]);
        const factor = score >= 85 ? 1.3 : score >= 70 ? 1.1 : score >= 50 ? 1 : 0.8;
        const confidence = clamp(50 + Math.min(30, 1000 * slope) + (sigP + sigR) / 10);
        const strength = round(clamp(confidence * 0.6 * (regular ? 1.2 : 1) * factor), 2);
        found.push({ strength, at: b.at, sign: bullish ? 1 : -1 });
      }
  }
  const best = found.sort((a, b) => b.strength - a.strength || b.at - a.at)[0];
  return best ? best.sign * round((best.strength / 100) * 15, 2) : 0;
}

export function naiveAtr(bars: readonly NaiveBar[]): number | null {
  if (bars.length < 15) return null;
  const ranges = bars.slice(1).map((bar, index) => {
    const before = bars[index]!.close;
    return Math.max(bar.high - bar.low, Math.abs(bar.high - before), Math.abs(bar.low - before));
  });
  return round(
    ranges.slice(14).reduce((atr, range) => (atr * 13 + range) / 14, mean(ranges.slice(0, 14))),
    4,
  );
}

/** Everything from the timeframes' scores up, for the set whose timeframes are the keys of `frames`, shortest first. */
export function naiveSignal(frames: Readonly<Record<string, NaiveFrame | undefined>>, intraday: boolean) {
  const order = intraday ? ['1H', '4H', '1D', '1W'] : ['1D', '1W'];
  const readings = order.map((name) => (frames[name] ? naiveReadings(frames[name]) : {}));
  const scores = readings.map((values) => {
    const present = Object.values(values).filter((value) => value !== null);
    if (present.length < 4) return null;
    return clamp(
      Math.round(60 + Object.entries(values).reduce((sum, [name, value]) => sum + naivePoints(name, value), 0)),
    );
  });
  const s = scores.map((score) => score ?? 0);
  const passes = intraday ? s[0]! >= 55 && s[1]! >= 55 && (s[2]! >= 45 || s[3]! >= 45) : s[0]! >= 55 && s[1]! >= 45;
  const strong = scores.filter((score) => score !== null && score >= 50) as number[];
  const positive = s.filter((score) => score > 0);
  const rises = intraday ? [15, 15, 10] : [10];
  const slope = intraday ? (s[0]! - s[3]!) / 3 : 0;
  const daily = frames['1D']?.bars ?? [];
  const returns = daily.slice(1).map((bar, index) => (bar.close - daily[index]!.close) / daily[index]!.close);
  const calm = 100 - Math.min(1000 * deviation(returns), 100);
  const volume = readings[order.indexOf('1D')]?.['Volume'] ?? 0;
  const dimensions = {
    strength: strong.length > 0 ? Math.round(mean(strong)) : 50,
    confidence: positive.length === 1 ? 40 : Math.round(Math.max(0, 100 - (deviation(positive) / 30) * 100)),
    quality: clamp(
      60 + rises.reduce((sum, gain, at) => sum + (s[at]! > s[at + 1]! ? gain : 0), 0) + (slope > 10 ? 10 : 0),
    ),
    risk: clamp(Math.round((daily.length > 5 ? (70 + calm) / 2 : 70) + Math.min(5 * volume, 15))),
  };
  const base = Math.round(
    dimensions.strength * 0.3 + dimensions.confidence * 0.35 + dimensions.quality * 0.25 + dimensions.risk * 0.1 + 1e-9,
  );
  const bonus = naiveDivergenceBonus(daily.map((bar) => bar.close));
  return {
    readings,
    scores,
    passes,
    dimensions,
    base,
    bonus,
    final: clamp(Math.round(base + bonus)),
    atr: naiveAtr(daily),
  };
}

export function naiveLevels(price: number, score: number) {
  const pick = (bands: readonly number[], limits: readonly number[]) =>
    bands[limits.findIndex((limit) => score >= limit)]!;
  const bearish = score < 40;
  const side = bearish ? -1 : 1;
  const entry = round(price * (1 + (side * pick([0.5, 0.8, 1.2, 1.5], [85, 75, 65, 0])) / 100), 4);
  const percent = pick([3, 4, 5, 6], [90, 80, 70, 0]) + (score >= 60 ? 1 : 0);
  const risk = entry * (percent / 100);
  const stop = round(entry - side * risk, 4);
  const target = round(entry + (entry - stop) * pick([3, 2.5, 2, 1.5], [90, 80, 70, 0]), 4);
  return { entry, stop, target, ratio: round(Math.abs(target - entry) / Math.abs(entry - stop), 2) };
}
