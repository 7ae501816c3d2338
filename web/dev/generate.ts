/**
 * Made-up answers in the API's shapes, for working on the page without a project. Development only: nothing of the page
 * imports it, so no build contains it. The arithmetic is kept true (points add up to scores), the prices are noise.
 */
import type {
  ChartBars,
  ScannerStatus,
  SignalDetail,
  SignalHistoryEntry,
  SignalIndicator,
  SignalSummary,
} from '#products/kurzora/contract.ts';

const TIMEFRAMES = ['1H', '4H', '1D', '1W'] as const;
const SECTORS = ['Technology', 'Health Care', 'Financials', 'Energy', 'Industrials', 'Consumer Staples', 'Utilities'];
const FIRST = ['Northern', 'Blue Harbor', 'Cedar', 'Atlas', 'Meridian', 'Granite', 'Silver Lake', 'Orchard', 'Pioneer'];
const SECOND = ['Systems', 'Therapeutics', 'Bancorp', 'Energy Partners', 'Logistics', 'Foods', 'Water & Power'];
/** Points as the bands of the scoring table give them, and a value within each band. */
const BANDS: Record<string, readonly (readonly [value: number, points: number])[]> = {
  RSI: [
    [28.41, 20],
    [46.17, 4.0425],
    [53.25, 4.1875],
    [61.02, 2.245],
    [72.9, -10],
  ],
  MACD: [
    [1.4127, 20],
    [0.3381, 10],
    [0.7718, 10],
    [-0.2204, -5],
    [-1.9035, -15],
  ],
  Bollinger: [
    [0.1428, 15],
    [0.5102, 5],
    [0.7311, 0],
    [0.8919, -10],
  ],
  Volume: [
    [2.71, 30],
    [1.62, 15],
    [1.27, 5],
    [0.96, -5],
    [0.55, -15],
  ],
  Stochastic: [
    [14.2, 8],
    [55.31, 0],
    [71.6, 0],
    [88.04, -5],
  ],
  Williams_R: [
    [-85.8, 7],
    [-44.69, 0],
    [-28.4, 0],
    [-11.96, -5],
  ],
  SUPPORT_RESISTANCE: [
    [87, 12],
    [66, 6],
    [50, 0],
    [31, -4],
  ],
};

/** Mulberry32: the same numbers on every start. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const round = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits;
const clamp = (value: number) => Math.min(100, Math.max(0, value));
const started = Date.now();

export const status = (): ScannerStatus => ({
  source: 'simulated',
  simulated: true,
  marketOpen: true,
  nextChange: new Date(started + 2.4 * 3_600_000).toISOString(),
  phase: 1,
  universe: 500,
  intervalMinutes: 15,
  timeframes: [...TIMEFRAMES],
  engine: 'kurzora-5',
  lastScan: {
    asOf: new Date(started - 240_000).toISOString(),
    finishedAt: new Date(started - 236_000).toISOString(),
    scanned: 500,
    signals: signals.length,
    seconds: 0.84,
    skipped: { gate: 318, too_few_bars: 12, no_price: 3 },
  },
  activeSignals: signals.length,
});

function indicatorsOf(next: () => number): SignalIndicator[] {
  return TIMEFRAMES.flatMap((timeframe) =>
    Object.entries(BANDS).map(([name, bands]) => {
      const [rawValue, scoreContribution] = bands[Math.floor(next() * (bands.length - 0.6))]!;
      return { name, timeframe, rawValue, scoreContribution, scoringVersion: 'kurzora-5', metadata: {} };
    }),
  );
}

function signalOf(index: number): SignalDetail {
  const next = random(index + 7);
  const indicators = indicatorsOf(next);
  const scores = TIMEFRAMES.map((timeframe) =>
    clamp(
      Math.round(
        indicators
          .filter((each) => each.timeframe === timeframe)
          .reduce((sum, each) => sum + each.scoreContribution, 60),
      ),
    ),
  );
  const dimensions = {
    strength: Math.round(scores.reduce((sum, score) => sum + score, 0) / 4),
    confidence: 55 + Math.floor(next() * 45),
    quality: 60 + Math.floor(next() * 9) * 5,
    risk: 50 + Math.floor(next() * 45),
  };
  const baseScore = Math.round(
    (30 * dimensions.strength + 35 * dimensions.confidence + 25 * dimensions.quality + 10 * dimensions.risk) / 100,
  );
  const divergenceBonus = next() < 0.25 ? round(next() * 14 - 5, 2) : 0;
  if (divergenceBonus !== 0)
    indicators.push({
      name: 'RSI_DIVERGENCE',
      timeframe: '1D',
      rawValue: 71.2,
      scoreContribution: divergenceBonus,
      scoringVersion: 'kurzora-5',
      metadata: {},
    });
  const finalScore = clamp(Math.round(baseScore + divergenceBonus));
  return {
    ...levelsOf(next, finalScore),
    ...identityOf(index, next),
    finalScore,
    baseScore,
    divergenceBonus,
    dimensions,
    indicators,
    timeframeScores: Object.fromEntries(
      TIMEFRAMES.map((timeframe, at) => [timeframe, scores[at]]),
    ) as SignalSummary['timeframeScores'],
  };
}

function identityOf(index: number, next: () => number) {
  const letters = Array.from({ length: 2 + Math.floor(next() * 3) }, () =>
    String.fromCharCode(65 + Math.floor(next() * 26)),
  );
  return {
    id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    ticker: letters.join(''),
    companyName: `${FIRST[Math.floor(next() * FIRST.length)]} ${SECOND[Math.floor(next() * SECOND.length)]}`,
    sector: SECTORS[Math.floor(next() * SECTORS.length)]!,
    market: 'usa',
    isShariahCompliant: index % 5 === 0 ? null : index % 3 !== 0,
    shariah: shariahOf(index),
    status: 'active',
    source: 'simulated',
    createdAt: new Date(started - next() * 5_400_000).toISOString(),
    expiresAt: new Date(started + 2.4 * 3_600_000).toISOString(),
    asOf: new Date(started - 240_000).toISOString(),
    engine: 'kurzora-5',
  };
}

function shariahOf(index: number): SignalDetail['shariah'] {
  const known = index % 5 !== 0;
  return {
    status: known ? (index % 3 === 0 ? 'non_compliant' : 'compliant') : 'pending',
    debtToMarketCap: known ? (index % 3 === 0 ? 41.2 : 18.4) : null,
    interestIncome: known ? 0.6 : null,
    nonPermissibleRevenue: known ? 1.1 : null,
    cashToMarketCap: known ? 12.9 : null,
    purification: known ? 1.7 : null,
    screenedOn: known ? '2026-10-01' : null,
  };
}

function levelsOf(next: () => number, score: number) {
  const currentPrice = round(8 + next() ** 2 * 420, 2);
  const bearish = score < 40;
  const entryPrice = round(currentPrice * (bearish ? 0.992 : 1.008), 4);
  const riskShare = score >= 90 ? 0.04 : score >= 80 ? 0.05 : 0.06;
  const multiple = score >= 90 ? 3 : score >= 80 ? 2.5 : 2;
  const side = bearish ? -1 : 1;
  const stopLoss = round(entryPrice * (1 - side * riskShare), 4);
  const takeProfit = round(entryPrice * (1 + side * riskShare * multiple), 4);
  const positionSize = Math.max(1, Math.floor(200 / Math.abs(entryPrice - stopLoss)));
  return {
    signalType: bearish ? ('bearish' as const) : score < 60 ? ('neutral' as const) : ('bullish' as const),
    signalStrength: score >= 85 ? 'STR_BUY' : score >= 75 ? 'BUY' : 'WEAK_BUY',
    tier:
      score >= 90
        ? ('diamond' as const)
        : score >= 85
          ? ('gold' as const)
          : score >= 80
            ? ('silver' as const)
            : score >= 70
              ? ('bronze' as const)
              : null,
    currentPrice,
    priceChangePercent: round(next() * 7 - 3, 2),
    entryPrice,
    stopLoss,
    takeProfit,
    riskRewardRatio: round(Math.abs(takeProfit - entryPrice) / Math.abs(entryPrice - stopLoss), 2),
    explanation:
      'Momentum rises from the week toward the hour, volume is above its mean, and price holds over support.',
    atr: round(currentPrice * 0.021, 4),
    positionSize,
    riskAmount: round(positionSize * Math.abs(entryPrice - stopLoss), 2),
    rewardAmount: round(positionSize * Math.abs(takeProfit - entryPrice), 2),
    stopLossReason: `${riskShare * 100} % below entry for score ${score}`,
    takeProfitReason: `${multiple} times the risk for score ${score}`,
  };
}

const signals: readonly SignalDetail[] = Array.from({ length: 167 }, (_, index) => signalOf(index)).sort(
  (a, b) => b.finalScore - a.finalScore,
);

export const signalById = (id: string): SignalDetail | undefined => signals.find((signal) => signal.id === id);

export function signalPage(page: number, limit: number) {
  const data: SignalSummary[] = signals.slice((page - 1) * limit, page * limit);
  return { data, meta: { total: signals.length, page, limit, hasMore: page * limit < signals.length } };
}

export const historyOf = (signal: SignalDetail): SignalHistoryEntry[] => [
  { action: 'generated', price: signal.currentPrice, notes: `score ${signal.finalScore}`, createdAt: signal.createdAt },
];

const STEP_SECONDS: Record<string, number> = { '1H': 3600, '4H': 14_400, '1D': 86_400, '1W': 604_800 };

/** A random walk backwards from the signal's price, on weekdays at the opening. */
export function barsOf(ticker: string, timeframe: string, limit: number): ChartBars {
  const signal = signals.find((each) => each.ticker === ticker);
  const next = random([...(ticker + timeframe)].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7));
  const bars: ChartBars = {
    ticker,
    timeframe,
    source: 'simulated',
    provisional: true,
    time: [],
    open: [],
    high: [],
    low: [],
    close: [],
    volume: [],
  };
  const step = STEP_SECONDS[timeframe] ?? 86_400;
  let time = Math.floor(started / 86_400_000) * 86_400 + 52_200;
  let close = signal?.currentPrice ?? 100;
  while (bars.time.length < limit) {
    if (![0, 6].includes(new Date(time * 1000).getUTCDay())) {
      const open = close * (1 + (next() - 0.52) * 0.025);
      bars.time.unshift(time);
      bars.open.unshift(round(open, 2));
      bars.close.unshift(round(close, 2));
      bars.high.unshift(round(Math.max(open, close) * (1 + next() * 0.008), 2));
      bars.low.unshift(round(Math.min(open, close) * (1 - next() * 0.008), 2));
      bars.volume.unshift(Math.round(400_000 + next() ** 3 * 3_000_000));
      close = open;
    }
    time -= step;
  }
  return bars;
}
