/** Shapes of what crosses Kurzora's wire about portfolios, dashboards and watchlists; the web imports their types. */
import Type, { type Static, type TSchema } from 'typebox';

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Id = Type.String({ format: 'uuid' });
/** ISO 8601, UTC. */
const Moment = Type.String({ format: 'date-time' });

export const Ticker = Type.String({ minLength: 1, maxLength: 10, pattern: '^[A-Za-z0-9.^-]+$' });
export const Price = Type.Number({ exclusiveMinimum: 0, maximum: 99_999_999 });
export const Quantity = Type.Integer({ minimum: 1, maximum: 100_000_000 });
export const IdParams = Type.Object({ id: Id });

export const Trade = Type.Object({
  id: Id,
  signalId: Nullable(Id),
  ticker: Type.String(),
  companyName: Nullable(Type.String()),
  sector: Nullable(Type.String()),
  tradeType: Type.String(),
  quantity: Type.Integer(),
  entryPrice: Type.Number(),
  currentPrice: Nullable(Type.Number()),
  exitPrice: Nullable(Type.Number()),
  stopLoss: Nullable(Type.Number()),
  takeProfit: Nullable(Type.Number()),
  /** Realised once closed, of the current price until then. */
  profitLoss: Nullable(Type.Number()),
  profitLossPercentage: Nullable(Type.Number()),
  isOpen: Type.Boolean(),
  exitReason: Nullable(Type.String()),
  signalScore: Nullable(Type.Integer()),
  riskPercentage: Nullable(Type.Number()),
  notes: Nullable(Type.String()),
  openedAt: Moment,
  closedAt: Nullable(Moment),
  /** Of an account that was reset since: history, counted no more. */
  beforeReset: Type.Boolean(),
});
export type Trade = Static<typeof Trade>;

/** What is held of one ticker, at the average of what was paid. */
export const Holding = Type.Object({
  ticker: Type.String(),
  companyName: Nullable(Type.String()),
  sector: Nullable(Type.String()),
  trades: Type.Integer(),
  quantity: Type.Integer(),
  averageEntryPrice: Type.Number(),
  cost: Type.Number(),
  marketValue: Type.Number(),
  profitLoss: Type.Number(),
});
export type Holding = Static<typeof Holding>;

export const Summary = Type.Object({
  startingBalance: Type.Number(),
  totalValue: Type.Number(),
  cash: Type.Number(),
  invested: Type.Number(),
  marketValue: Type.Number(),
  unrealizedPnl: Type.Number(),
  realizedPnl: Type.Number(),
  totalPnl: Type.Number(),
  totalReturnPercent: Type.Number(),
  openTrades: Type.Integer(),
  closedTrades: Type.Integer(),
  winningTrades: Type.Integer(),
  losingTrades: Type.Integer(),
  winRate: Type.Number(),
  averageReturn: Type.Number(),
});

export const Portfolio = Type.Object({
  ...Summary.properties,
  holdings: Type.Array(Holding),
  resetAt: Nullable(Moment),
});

export const Period = Type.Unsafe<'1D' | '1W' | '1M' | '3M' | '6M' | '1Y' | 'ALL'>(
  Type.String({ enum: ['1D', '1W', '1M', '3M', '6M', '1Y', 'ALL'], default: '1M' }),
);
export type Period = Static<typeof Period>;

export const CurveMetrics = Type.Object({
  days: Type.Integer(),
  totalReturn: Type.Number(),
  sharpe: Nullable(Type.Number()),
  sortino: Nullable(Type.Number()),
  maxDrawdown: Type.Number(),
  currentDrawdown: Type.Number(),
  volatility: Nullable(Type.Number()),
});

/** The account at each close, oldest first; the last point is now. */
export const Performance = Type.Object({
  period: Type.String(),
  points: Type.Array(
    Type.Object({
      date: Type.String(),
      totalValue: Type.Number(),
      cash: Type.Number(),
      totalReturnPercent: Type.Number(),
      dailyChange: Nullable(Type.Number()),
      /** Close of the benchmark, null where no bar of it is stored. */
      benchmark: Nullable(Type.Number()),
    }),
  ),
  metrics: CurveMetrics,
  benchmark: Nullable(
    Type.Object({
      symbol: Type.String(),
      /** Percent over the same days; null where its bars are not stored. */
      totalReturn: Nullable(Type.Number()),
      /** The account's return less the benchmark's, percentage points. */
      difference: Nullable(Type.Number()),
    }),
  ),
});
export type Performance = Static<typeof Performance>;

export const Analytics = Type.Object({
  summary: Summary,
  trades: Type.Object({
    trades: Type.Integer(),
    winRate: Type.Number(),
    profitFactor: Type.Number(),
    grossProfit: Type.Number(),
    grossLoss: Type.Number(),
    averageWin: Type.Number(),
    averageLoss: Type.Number(),
    largestWin: Type.Number(),
    largestLoss: Type.Number(),
    averageReturn: Type.Number(),
    expectancy: Type.Number(),
    averageHoldingDays: Type.Number(),
  }),
  curve: CurveMetrics,
  exposure: Type.Object({
    invested: Type.Number(),
    bySector: Type.Array(Type.Object({ sector: Type.String(), percent: Type.Number() })),
    largestPosition: Nullable(Type.Object({ ticker: Type.String(), percent: Type.Number() })),
  }),
  months: Type.Array(
    Type.Object({
      month: Type.String(),
      totalTrades: Type.Integer(),
      totalPnl: Type.Number(),
      winRate: Type.Number(),
      averageReturn: Type.Number(),
      best: Type.Number(),
      worst: Type.Number(),
    }),
  ),
  /** What deserves a look: `drawdown` beyond its limit. Refuses nothing. */
  alarms: Type.Array(Type.Object({ rule: Type.String(), limit: Type.Number(), actual: Type.Number() })),
});

export const PortfolioSettings = Type.Object({
  startingBalance: Type.Number(),
  /** Percent of the account an order risks when it names no quantity. */
  riskPercentage: Type.Number(),
  riskLevel: Type.String(),
  autoStopLoss: Type.Boolean(),
  limits: Type.Record(Type.String(), Type.Number()),
});

export const WatchlistItem = Type.Object({
  symbol: Type.String(),
  notes: Nullable(Type.String()),
  addedAt: Moment,
  companyName: Nullable(Type.String()),
  sector: Nullable(Type.String()),
  /** Last close, of the running day while it runs; null where no bar is stored. */
  price: Nullable(Type.Number()),
  /** Against the previous session's close, percent. */
  changePercent: Nullable(Type.Number()),
  /** The best live signal of the stock that the reader's plan shows. */
  signal: Nullable(Type.Object({ id: Id, signalType: Type.String(), finalScore: Type.Integer() })),
});
export type WatchlistItem = Static<typeof WatchlistItem>;

export const Watchlist = Type.Object({
  id: Id,
  name: Type.String(),
  description: Nullable(Type.String()),
  isDefault: Type.Boolean(),
  itemCount: Type.Integer(),
  createdAt: Moment,
  updatedAt: Moment,
});
export type Watchlist = Static<typeof Watchlist>;

/** What somebody did, or the market did to his trades. */
export interface ActivityEntry {
  readonly type: string;
  readonly tradeId: string | null;
  readonly signalId: string | null;
  readonly ticker: string;
  readonly quantity: number | null;
  readonly price: number | null;
  readonly profitLoss: number | null;
  readonly reason: string | null;
  readonly at: string;
}
