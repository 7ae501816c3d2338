/** Bars for tests: seeded walks and the shapes markets break programs with. */
import fc from 'fast-check';
import type { Bar, Bars } from '../../bars.ts';
import { barsOf } from '../../bars.ts';

/** A seeded random walk rounded to cents; low <= open, close <= high. */
export function walk(length: number, seed = 1, start = 100): Bars {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  let close = start;
  return barsOf(
    Array.from({ length }, (_, i) => {
      const open = close;
      close = Math.max(0.01, Math.round(close * (1 + 0.04 * (random() - 0.5)) * 100) / 100);
      const high = Math.round(Math.max(open, close) * (1 + 0.01 * random()) * 100 + 0.5) / 100;
      const low = Math.round(Math.min(open, close) * (1 - 0.01 * random()) * 100 - 0.5) / 100;
      return { time: i * 86_400_000, open, high, low, close, volume: Math.floor(random() * 1e6) };
    }),
  );
}

/** The same price for ever, nothing traded. */
export function flat(length: number, price = 50): Bars {
  return barsOf(
    Array.from({ length }, (_, i) => ({
      time: i * 86_400_000,
      open: price,
      high: price,
      low: price,
      close: price,
      volume: 0,
    })),
  );
}

export function barAt(bars: Bars, i: number): Bar {
  return {
    time: bars.time[i],
    open: bars.open[i],
    high: bars.high[i],
    low: bars.low[i],
    close: bars.close[i],
    volume: bars.volume[i],
  };
}

export function prefix(bars: Bars, length: number): Bars {
  return barsOf(Array.from({ length }, (_, i) => barAt(bars, i)));
}

const bodies = fc.array(
  fc.record({
    kind: fc.constantFrom('walk', 'walk', 'walk', 'same', 'jump', 'silent'),
    move: fc.double({ min: -0.2, max: 0.2, noNaN: true }),
    up: fc.double({ min: 0, max: 0.05, noNaN: true }),
    down: fc.double({ min: 0, max: 0.05, noNaN: true }),
    volume: fc.integer({ min: 0, max: 1e9 }),
  }),
  { maxLength: 90 },
);

/** Any market: stretches of equal prices, jumps, bars without volume, from a millionth to a million a share; none and one bar too. */
export const anyMarket = fc.tuple(bodies, fc.constantFrom(1e-6, 0.01, 1, 100, 1e6)).map(([list, start]) => {
  let close = start;
  return barsOf(
    list.map(({ kind, move, up, down, volume }, i) => {
      const open = close;
      if (kind === 'jump') close *= move > 0 ? 3 : 1 / 3;
      else if (kind !== 'same') close *= 1 + move;
      const still = kind === 'same';
      const high = Math.max(open, close) * (still ? 1 : 1 + up);
      const low = Math.min(open, close) * (still ? 1 : 1 - down);
      return { time: i * 60_000, open, high, low, close, volume: kind === 'silent' ? 0 : volume };
    }),
  );
});

const fields = ['open', 'high', 'low', 'close', 'volume'] as const;

/** Any market with holes: NaN or infinite fields here and there. */
export const anyMarketWithGaps = fc
  .tuple(
    anyMarket,
    fc.array(fc.tuple(fc.nat(200), fc.constantFrom(...fields), fc.constantFrom(NaN, Infinity, 1e200)), {
      maxLength: 12,
    }),
  )
  .map(([bars, holes]) => {
    for (const [at, field, value] of holes) if (at < bars.length) bars[field][at] = value;
    return bars;
  });
