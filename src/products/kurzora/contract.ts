/** Shapes of what crosses Kurzora's wire (`/api/v1`); the web imports their types. */
import Type, { type Static, type TSchema } from 'typebox';
import { ScoreRecord, SignalRecord } from './record-contract.ts';

export type { OwnInvoice, OwnMethod, Plan } from './billing-contract.ts';
export type {
  ActivityEntry,
  Analytics,
  Holding,
  Performance,
  Portfolio,
  PortfolioSettings,
  Trade,
  WatchlistItem,
} from './portfolio-contract.ts';
export { RecordBucket, RecordPlacebo, ScoreRecord, SignalRecord } from './record-contract.ts';
export type { ManagedUser } from './staff-contract.ts';

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const TimeframeScores = Type.Object({
  '1H': Nullable(Type.Integer({ minimum: 0, maximum: 100 })),
  '4H': Nullable(Type.Integer({ minimum: 0, maximum: 100 })),
  '1D': Nullable(Type.Integer({ minimum: 0, maximum: 100 })),
  '1W': Nullable(Type.Integer({ minimum: 0, maximum: 100 })),
});

export const SignalSummary = Type.Object({
  id: Type.String({ format: 'uuid' }),
  ticker: Type.String(),
  companyName: Nullable(Type.String()),
  sector: Nullable(Type.String()),
  market: Type.String(),
  signalType: Type.Union([Type.Literal('bullish'), Type.Literal('neutral'), Type.Literal('bearish')]),
  signalStrength: Type.String(),
  tier: Type.Union([
    Type.Literal('diamond'),
    Type.Literal('gold'),
    Type.Literal('silver'),
    Type.Literal('bronze'),
    Type.Null(),
  ]),
  finalScore: Type.Integer(),
  timeframeScores: TimeframeScores,
  currentPrice: Type.Number(),
  priceChangePercent: Nullable(Type.Number()),
  entryPrice: Type.Number(),
  stopLoss: Type.Number(),
  takeProfit: Type.Number(),
  riskRewardRatio: Type.Number(),
  isShariahCompliant: Nullable(Type.Boolean()),
  status: Type.String(),
  /** simulated, polygon or files */
  source: Type.String(),
  createdAt: Type.String(),
  expiresAt: Nullable(Type.String()),
  /** What scores like this one were worth; null where nothing has been evaluated, absent where it was not asked for. */
  record: Type.Optional(Nullable(SignalRecord)),
});
export type SignalSummary = Static<typeof SignalSummary>;

export const SignalIndicator = Type.Object({
  name: Type.String(),
  timeframe: Type.String(),
  rawValue: Nullable(Type.Number()),
  scoreContribution: Type.Number(),
  scoringVersion: Type.String(),
  metadata: Type.Unknown(),
});
export type SignalIndicator = Static<typeof SignalIndicator>;

/** What a stock's screen says; ratios in percent, null where the figure is not known. */
export const ShariahScreen = Type.Object({
  /** compliant, non_compliant, pending (not known, and never compliant), review_required */
  status: Type.String(),
  debtToMarketCap: Nullable(Type.Number()),
  interestIncome: Nullable(Type.Number()),
  nonPermissibleRevenue: Nullable(Type.Number()),
  cashToMarketCap: Nullable(Type.Number()),
  /** Share of the gain to give away, percent. */
  purification: Nullable(Type.Number()),
  /** `2026-11-20`; null when it was never screened. */
  screenedOn: Nullable(Type.String()),
});
export type ShariahScreen = Static<typeof ShariahScreen>;

export const SignalDetail = Type.Object({
  ...SignalSummary.properties,
  /** In the language asked for: `?language=de`. */
  explanation: Nullable(Type.String()),
  /** Null for a stock that is not listed any more. */
  shariah: Nullable(ShariahScreen),
  baseScore: Type.Number(),
  divergenceBonus: Type.Number(),
  dimensions: Type.Object({
    strength: Type.Number(),
    confidence: Type.Number(),
    quality: Type.Number(),
    risk: Type.Number(),
  }),
  /** The moment the engine looked from; no bar that closed later was read. */
  asOf: Type.String(),
  engine: Type.String(),
  atr: Nullable(Type.Number()),
  positionSize: Nullable(Type.Integer()),
  riskAmount: Nullable(Type.Number()),
  rewardAmount: Nullable(Type.Number()),
  stopLossReason: Nullable(Type.String()),
  takeProfitReason: Nullable(Type.String()),
  indicators: Type.Array(SignalIndicator),
});
export type SignalDetail = Static<typeof SignalDetail>;

export const SignalHistoryEntry = Type.Object({
  action: Type.String(),
  price: Nullable(Type.Number()),
  notes: Nullable(Type.String()),
  createdAt: Type.String(),
});
export type SignalHistoryEntry = Static<typeof SignalHistoryEntry>;

/** GET /api/v1/market-data/:ticker/bars?timeframe=1D&limit=250 ; columnar, oldest first, `time` in epoch seconds (UTC). */
export const ChartBars = Type.Object({
  ticker: Type.String(),
  timeframe: Type.String(),
  source: Type.String(),
  provisional: Type.Boolean(),
  time: Type.Array(Type.Number()),
  open: Type.Array(Type.Number()),
  high: Type.Array(Type.Number()),
  low: Type.Array(Type.Number()),
  close: Type.Array(Type.Number()),
  volume: Type.Array(Type.Number()),
});
export type ChartBars = Static<typeof ChartBars>;

/** GET /api/v1/status */
export const ScannerStatus = Type.Object({
  source: Type.String(),
  simulated: Type.Boolean(),
  marketOpen: Type.Boolean(),
  /** Next open when closed, close when open. */
  nextChange: Type.String(),
  phase: Type.Integer(),
  universe: Type.Integer(),
  intervalMinutes: Type.Integer(),
  timeframes: Type.Array(Type.String()),
  engine: Type.String(),
  lastScan: Nullable(
    Type.Object({
      asOf: Type.String(),
      finishedAt: Type.String(),
      scanned: Type.Integer(),
      signals: Type.Integer(),
      seconds: Type.Number(),
      skipped: Type.Record(Type.String(), Type.Integer()),
    }),
  ),
  activeSignals: Type.Integer(),
});
export type ScannerStatus = Static<typeof ScannerStatus>;

const Counts = Type.Record(Type.String(), Type.Integer());

/** How signals ended in the last `days` days, whoever asks: figures of all, rows of none. */
export const OutcomeStatistics = Type.Object({
  days: Type.Integer(),
  ended: Type.Integer(),
  targetHit: Type.Integer(),
  stopLossHit: Type.Integer(),
  /** Ran out, superseded, or no longer passing: neither level was touched. */
  expired: Type.Integer(),
  /** Share of the signals that reached a level which reached the target, percent. */
  successRate: Nullable(Type.Number()),
  /** Over all that ended, percent of the entry. */
  averageReturn: Nullable(Type.Number()),
  averageDaysActive: Nullable(Type.Number()),
});
export type OutcomeStatistics = Static<typeof OutcomeStatistics>;

/** GET /api/v1/signals/statistics: over the active signals the caller may see, and the outcomes of the last 30 days. */
export const SignalStatistics = Type.Object({
  active: Type.Integer(),
  averageScore: Nullable(Type.Number()),
  highestScore: Nullable(Type.Integer()),
  generatedLastDay: Type.Integer(),
  bySignalType: Counts,
  bySignalStrength: Counts,
  /** diamond, gold, silver, bronze, none */
  byTier: Counts,
  bySector: Type.Array(Type.Object({ sector: Type.String(), count: Type.Integer(), averageScore: Type.Number() })),
  outcomes: OutcomeStatistics,
});
export type SignalStatistics = Static<typeof SignalStatistics>;

/** GET /api/v1/public/health */
export const PublicHealth = Type.Object({
  status: Type.Union([Type.Literal('healthy'), Type.Literal('degraded')]),
  checks: Type.Object({
    database: Type.Object({ status: Type.String(), responseTimeMs: Type.Number() }),
    scanner: Type.Object({ status: Type.String(), lastScan: Nullable(Type.String()) }),
  }),
});
export type PublicHealth = Static<typeof PublicHealth>;

/** GET /api/v1/public/performance */
export const PublicPerformance = Type.Object({
  engine: Type.String(),
  source: Type.String(),
  /** The market data is invented: so is the record. */
  simulated: Type.Boolean(),
  /** How signals ended in the last 30 days, at their own stop and target. */
  outcomes: OutcomeStatistics,
  /** The newest replay and the live ledger, of each set of timeframes; empty until there is one. */
  records: Type.Array(ScoreRecord),
  protocol: Type.Object({
    atrPeriod: Type.Integer(),
    multiple: Type.Number(),
    horizon: Type.Integer(),
    costRate: Type.Number(),
  }),
});
export type PublicPerformance = Static<typeof PublicPerformance>;
