import Type from 'typebox';
import { assertOr, Refusal } from '#kernel/errors.ts';
import { defineRoute } from '#kernel/product.ts';
import { openPaperTrade, stockNow, userIdOf } from '../../paper-trading.ts';
import { Price, Quantity, Ticker, Trade } from '../../portfolio-contract.ts';
import { findStock } from '../../queries/stocks.ts';
import { readTradingSettings } from '../../queries/trading-settings.ts';
import type { KurzoraServices } from '../../services.ts';
import { listTradesRoute } from './trades.ts';

/** Share of the entry that a stop lies below when the account sets them by itself (the front end's own rule). */
const AUTO_STOP = 0.95;
const Level = Type.Optional(Type.Union([Price, Type.Null()]));
const schema = {
  body: Type.Object({
    symbol: Type.Optional(Ticker),
    ticker: Type.Optional(Ticker),
    tradeType: Type.Optional(Type.String({ enum: ['buy', 'sell'] })),
    quantity: Type.Optional(Quantity),
    riskPercent: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 100 })),
    /** The stock's last price when absent. */
    entryPrice: Type.Optional(Price),
    /** Absent: 5 % below the entry when the account sets stops by itself; null: none. */
    stopLoss: Level,
    takeProfit: Level,
    notes: Type.Optional(Type.String({ maxLength: 2_000 })),
  }),
  response: Trade,
};

export const createPaperTradeRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'POST',
  url: '/api/v1/portfolio/paper-trade',
  scope: 'signed-in',
  status: 201,
  summary: 'Buys a stock on paper; 422 names every rule of the account that it would break',
  schema,
  async handle({ body, project, services, identity, as }) {
    const ticker = (body.symbol ?? body.ticker)?.toUpperCase();
    assertOr(ticker, 'VALIDATION_ERROR', 'A symbol is needed', { symbol: 'is missing' });
    if (body.tradeType === 'sell') throw broken('short_selling', 'Selling short is not offered');
    const stock = await stockNow(project, services.marketData, ticker);
    const entry = body.entryPrice ?? stock.price;
    if (entry === null) throw broken('no_price', `No price of ${ticker} is known`);
    const [known, { autoStopLoss }] = await as(async (session) => [
      await findStock(session, ticker),
      await readTradingSettings(session, userIdOf(identity)),
    ]);
    const automatic = autoStopLoss ? Math.round(entry * AUTO_STOP * 1e4) / 1e4 : null;
    return await openPaperTrade(
      project,
      {
        ...{ userId: userIdOf(identity), signalId: null, ticker, entry, score: null },
        ...{ stop: body.stopLoss === undefined ? automatic : body.stopLoss, target: body.takeProfit ?? null },
        ...{ quantity: body.quantity ?? null, riskPercent: body.riskPercent ?? null, notes: body.notes ?? null },
        ...{ companyName: known?.companyName ?? null, sector: known?.sector ?? null },
      },
      stock,
    );
  },
});

const broken = (rule: string, message: string) =>
  new Refusal('UNPROCESSABLE', message, { details: [{ rule, limit: 0, actual: 0, message }] });

export const listPaperTradesRoute = { ...listTradesRoute, url: '/api/v1/portfolio/paper-trades' };
