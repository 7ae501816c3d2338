/**
 * Twelve indicators (eighteen series) of 6,000 symbols x 500 bars: ours, the separate machines, the fastest npm library, the most used
 * one, and the same loop in C when a compiler is there. Every contender computes the same bytes in a process of its own; the processes
 * take turns, and the figure is the median CPU time, as the machine may be busy with other things.
 *
 *     node bench/indicators.ts [--symbols 6000] [--bars 500] [--turns 3]
 *
 * Targets: at least 8 times the best library, at most 4 times the C loop, under 0.6 s. Exit code 1 when one is missed.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compute, indicator } from '#quant/indicators/index.ts';
import { computeTwelveOfEach, TWELVE_OUTPUTS } from '#quant/indicators/twelve.ts';
import { TwelveTicks } from '#quant/indicators/twelve-ticks.ts';

const require = createRequire(import.meta.url);
const self = fileURLToPath(import.meta.url);

interface SymbolBars {
  readonly length: number;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** Seconds for the symbols the contender was given; libraries too slow for all get a part and are scaled. */
interface Figure {
  readonly seconds: number;
  readonly checksum?: number;
}

/** A random walk rounded to cents, from a fixed seed. */
function walk(symbols: number, bars: number): Float64Array {
  const plane = symbols * bars;
  const data = new Float64Array(4 * plane);
  let state = 20261122;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const cents = (x: number) => Math.round(x * 100) / 100;
  for (let s = 0; s < symbols; s++) {
    let price = 20 + 200 * random();
    for (let i = s * bars; i < (s + 1) * bars; i++) {
      const open = price;
      price = Math.max(1, price * (1 + 0.03 * (random() + random() + random() - 1.5)));
      data[2 * plane + i] = cents(price);
      data[i] = cents(Math.max(open, price) * (1 + 0.01 * random())) + 0.01;
      data[plane + i] = cents(Math.min(open, price) * (1 - 0.01 * random())) - 0.01;
      data[3 * plane + i] = Math.floor(1e5 + 1e6 * random());
    }
  }
  return data;
}

function symbolsOf(file: string, symbols: number, bars: number): SymbolBars[] {
  const bytes = readFileSync(file);
  const data = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
  const plane = data.length / 4;
  const part = (k: number, s: number) => data.slice(k * plane + s * bars, k * plane + (s + 1) * bars);
  return Array.from({ length: symbols }, (_, s) => ({
    length: bars,
    high: part(0, s),
    low: part(1, s),
    close: part(2, s),
    volume: part(3, s),
  }));
}

/** Median CPU seconds of `rounds` runs over all symbols, after a warm-up. */
function measure<T>(of: readonly T[], rounds: number, work: (one: T) => void): number {
  for (const one of of.slice(0, 300)) work(one);
  const seconds = Array.from({ length: rounds }, () => {
    const start = process.cpuUsage();
    for (const one of of) work(one);
    const used = process.cpuUsage(start);
    return (used.user + used.system) / 1e6;
  });
  return median(seconds);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

const contenders: Record<string, (all: SymbolBars[]) => Figure> = {
  'freehold, one pass'(all) {
    // Reads the last value of a series of every symbol, so that none is computed for nothing.
    let sum = 0;
    const once = () =>
      computeTwelveOfEach(all, (_, series) => {
        sum += series.obv[all[0].length - 1];
      });
    const seconds = measure([once], 5, (work) => work());
    let checksum = Number.isFinite(sum) ? 0 : NaN;
    computeTwelveOfEach(all, (index, series) => {
      for (const name of TWELVE_OUTPUTS) {
        for (let i = 0; i < all[index].length; i++) checksum += squashed(series[name][i]);
      }
    });
    return { seconds, checksum };
  },
  'freehold, one new bar'(all) {
    const ticks = new TwelveTicks(all.length);
    const order = all.map((bars, s) => ({ bars, s }));
    let i = 0;
    const next = ({ bars, s }: { bars: SymbolBars; s: number }) =>
      ticks.update(s, { high: bars.high[i], low: bars.low[i], close: bars.close[i], volume: bars.volume[i] });
    for (i = 0; i < all[0].length - 10; i++) for (const one of order) next(one);
    return { seconds: measure(order, 9, next) };
  },
  'freehold, separate machines'(all) {
    const names = 'sma ema rsi macd bollinger atr adx stochastic williamsR obv'.split(' ').map(indicator);
    return {
      seconds: measure(all, 1, (bars) => {
        for (const one of names) compute(one, bars);
        compute(indicator('ema'), bars, { period: 50 });
        compute(indicator('ema'), bars, { period: 200 });
      }),
    };
  },
  '@ixjb94/indicators'(all) {
    const { IndicatorsSync } = require('@ixjb94/indicators');
    const ta = new IndicatorsSync();
    return {
      seconds: measure(all.map(asLists), 3, ({ high, low, close, volume }) => {
        ta.sma(close, 20);
        ta.ema(close, 20);
        ta.ema(close, 50);
        ta.ema(close, 200);
        ta.rsi(close, 14);
        ta.macd(close, 12, 26, 9);
        ta.bbands(close, 20, 2);
        ta.atr(high, low, close, 14);
        ta.adx(high, low, 14);
        ta.stoch(high, low, close, 14, 3, 3);
        ta.willr(high, low, close, 14);
        ta.obv(close, volume);
      }),
    };
  },
  technicalindicators(all) {
    const ta = require('technicalindicators');
    return {
      seconds: measure(all.map(asLists), 1, ({ high, low, close, volume }) => {
        const price = { high, low, close, period: 14 };
        for (const period of [20, 50, 200]) ta.EMA.calculate({ values: close, period });
        ta.SMA.calculate({ values: close, period: 20 });
        ta.RSI.calculate({ values: close, period: 14 });
        ta.MACD.calculate({ values: close, fastPeriod: 12, slowPeriod: 26, signalPeriod: 9 });
        ta.BollingerBands.calculate({ values: close, period: 20, stdDev: 2 });
        ta.ATR.calculate(price);
        ta.ADX.calculate(price);
        ta.Stochastic.calculate({ ...price, signalPeriod: 3 });
        ta.WilliamsR.calculate(price);
        ta.OBV.calculate({ close, volume });
      }),
    };
  },
};

/** A defined value between -1 and 1, so that every series counts in the sum. */
function squashed(x: number): number {
  return Number.isNaN(x) ? 0 : x / (1 + Math.abs(x));
}

/** Both libraries want plain arrays; converting them is not counted. */
function asLists({ high, low, close, volume }: SymbolBars) {
  return { high: Array.from(high), low: Array.from(low), close: Array.from(close), volume: Array.from(volume) };
}

/** Symbols a contender gets: enough for a steady figure in a bearable time. */
const SHARE: Record<string, number> = {
  technicalindicators: 0.05,
  'freehold, separate machines': 0.25,
};

function compileC(folder: string): string | null {
  const binary = join(folder, 'indicators');
  const source = fileURLToPath(new URL('./indicators.c', import.meta.url));
  const { status } = spawnSync('cc', ['-O3', '-march=native', '-o', binary, source, '-lm'], { stdio: 'ignore' });
  return status === 0 ? binary : null;
}

function run(symbols: number, bars: number, turns: number): void {
  const folder = mkdtempSync(join(tmpdir(), 'freehold-bench-'));
  try {
    const file = join(folder, 'bars');
    const data = walk(symbols, bars);
    writeFileSync(file, new Uint8Array(data.buffer));
    const binary = compileC(folder);
    const figures = new Map<string, Figure[]>();
    for (let turn = 0; turn < turns; turn++) {
      for (const name of [...Object.keys(contenders), ...(binary ? ['C -O3'] : [])]) {
        const part = Math.max(1, Math.round(symbols * (SHARE[name] ?? 1)));
        const args = [file, String(part), String(bars)];
        const output =
          name === 'C -O3'
            ? execFileSync(binary as string, [...args, '5'])
            : execFileSync(process.execPath, [self, '--contender', name, ...args]);
        const figure: Figure = JSON.parse(output.toString());
        const all = { ...figure, seconds: (figure.seconds * symbols) / part };
        figures.set(name, [...(figures.get(name) ?? []), all]);
      }
    }
    report(figures, symbols, bars, turns);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function report(figures: ReadonlyMap<string, Figure[]>, symbols: number, bars: number, turns: number): void {
  const seconds = (name: string) => median((figures.get(name) ?? []).map((figure) => figure.seconds));
  const ours = seconds('freehold, one pass');
  console.log(`12 indicators, 18 series, ${symbols} symbols x ${bars} bars; median CPU time of ${turns} turns`);
  for (const name of figures.keys()) {
    const share = SHARE[name] ? `  (from ${100 * SHARE[name]} % of the symbols)` : '';
    const ratio = (seconds(name) / ours).toFixed(3);
    console.log(`${name.padEnd(30)}${seconds(name).toFixed(4).padStart(10)} s${ratio.padStart(10)} x ours${share}`);
  }
  const best = Math.min(seconds('@ixjb94/indicators'), seconds('technicalindicators'));
  verdict('times faster than the best library', best / ours, best / ours >= 8, '>= 8');
  const scale = (symbols * bars) / 3e6;
  verdict('seconds CPU', ours, ours < 0.6 * scale, `< ${0.6 * scale}`);
  const c = figures.get('C -O3');
  if (!c) {
    console.log('no C compiler here: the C loop was not measured');
    return;
  }
  verdict('times the C loop', ours / seconds('C -O3'), ours / seconds('C -O3') <= 4, '<= 4');
  const theirs = c[0].checksum as number;
  const difference = Math.abs((figures.get('freehold, one pass')?.[0].checksum as number) - theirs) / Math.abs(theirs);
  verdict('relative difference of the checksums', difference, difference < 1e-9, '< 1e-9');
}

function verdict(what: string, value: number, reached: boolean, target: string): void {
  console.log(`${reached ? 'reached' : 'MISSED '}  ${Number(value.toPrecision(3))} ${what} (target ${target})`);
  if (!reached) process.exitCode = 1;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    symbols: { type: 'string', default: '6000' },
    bars: { type: 'string', default: '500' },
    turns: { type: 'string', default: '3' },
    contender: { type: 'string' },
  },
});
if (values.contender) {
  const [file, symbols, bars] = positionals;
  console.log(JSON.stringify(contenders[values.contender](symbolsOf(file, Number(symbols), Number(bars)))));
} else run(Number(values.symbols), Number(values.bars), Number(values.turns));
