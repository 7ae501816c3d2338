/** Orders of paper trades: the price and the rules are the server's, and an account's orders wait for one another. */
import { assertOr, Refusal } from '#kernel/errors.ts';
import type { Project } from '#kernel/product.ts';
import type { MarketData } from '#services/market-data/api.ts';
import { marketMoment } from './market-moment.ts';
import type { Trade } from './portfolio-contract.ts';
import { insertTrade } from './queries/paper-trades.ts';
import { readAccount } from './queries/portfolio.ts';
import { summaryOf } from './rules/portfolio.ts';
import { brokenRules, sizeFor } from './rules/portfolio-risk.ts';

/** Days a stock's mean volume is taken over. */
const VOLUME_DAYS = 20;

export interface StockNow {
  /** Last close, of the running day where it is open; null when no bar is stored. */
  readonly price: number | null;
  /** Mean of the last 20 days; null without bars, and on the simulated exchange, whose volumes are invented. */
  readonly averageVolume: number | null;
  /** The market's moment, epoch ms. */
  readonly moment: number;
}

export async function stockNow(project: Project, marketData: MarketData, ticker: string): Promise<StockNow> {
  const moment = await marketMoment(project, marketData);
  const frame = await marketData.bars(ticker, '1D', { asOf: moment, limit: VOLUME_DAYS + 1 });
  if (!frame) return { price: null, averageVolume: null, moment };
  const { bars, provisional } = frame;
  const closed = Array.from(bars.volume.subarray(0, provisional ? bars.length - 1 : bars.length)).slice(-VOLUME_DAYS);
  return {
    price: bars.close[bars.length - 1]!,
    averageVolume:
      closed.length === 0 || marketData.source === 'simulated'
        ? null
        : closed.reduce((sum, volume) => sum + volume, 0) / closed.length,
    moment,
  };
}

export interface PaperOrder {
  readonly userId: string;
  readonly signalId: string | null;
  readonly ticker: string;
  readonly entry: number;
  readonly stop: number | null;
  readonly target: number | null;
  readonly quantity: number | null;
  readonly riskPercent: number | null;
  readonly companyName: string | null;
  readonly sector: string | null;
  readonly score: number | null;
  readonly notes: string | null;
}

/** Opens the trade, or refuses with UNPROCESSABLE and every rule that the order breaks. Without a quantity the risk decides. */
export async function openPaperTrade(project: Project, order: PaperOrder, stock: StockNow): Promise<Trade> {
  return await project.database.asService(async (session) => {
    const account = await readAccount(session, order.userId, { lock: true });
    const { cash, totalValue: equity } = summaryOf(account.startingBalance, account.trades);
    const open = account.trades.filter(({ closedAt }) => closedAt === null);
    const riskPercent = order.riskPercent ?? (order.quantity === null ? account.riskPercentage : null);
    const quantity = order.quantity ?? sizeFor(order, { equity, riskPercent: riskPercent! });
    const { averageVolume, moment } = stock;
    const broken = brokenRules({ ...order, quantity, riskPercent, averageVolume }, { cash, equity, open });
    assertOr(broken.length === 0, 'UNPROCESSABLE', 'The order breaks rules of the account', broken);
    return await insertTrade(session, {
      ...order,
      ...{ quantity, riskPercent, moment },
      price: stock.price ?? order.entry,
    });
  });
}

/** The id of who is signed in. */
export function userIdOf(identity: { readonly claims: Readonly<Record<string, unknown>> }): string {
  const { sub } = identity.claims;
  if (typeof sub !== 'string') throw new Refusal('UNAUTHORIZED', 'Sign in to use this');
  return sub;
}
