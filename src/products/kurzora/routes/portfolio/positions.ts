import Type from 'typebox';
import { assertOr, Refusal } from '#kernel/errors.ts';
import { defineRoute } from '#kernel/product.ts';
import { stockNow, userIdOf } from '../../paper-trading.ts';
import { IdParams, Price, Trade } from '../../portfolio-contract.ts';
import { changeLevels, closeTrade, findTrade, listTrades } from '../../queries/paper-trades.ts';
import type { KurzoraServices } from '../../services.ts';

/** Open trades of one account that a list shows at most. */
const MOST = 1_000;
const listSchema = { response: Type.Array(Trade) };

export const listPositionsRoute = defineRoute<KurzoraServices, typeof listSchema>({
  method: 'GET',
  url: '/api/v1/portfolio/positions',
  scope: 'signed-in',
  summary: 'Open trades, newest first; GET portfolio sums them up by ticker',
  schema: listSchema,
  async handle({ as, identity }) {
    const filter = { status: 'open', page: 1, limit: MOST } as const;
    return (await as((session) => listTrades(session, userIdOf(identity), filter))).trades;
  },
});

const schema = { params: IdParams, response: Trade };

export const getPositionRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'GET',
  url: '/api/v1/portfolio/positions/:id',
  scope: 'signed-in',
  summary: 'One open trade',
  schema,
  async handle({ params, as, identity }) {
    const trade = await as((session) => findTrade(session, userIdOf(identity), params.id));
    assertOr(trade?.isOpen, 'NOT_FOUND', 'there is no such open position');
    return trade;
  },
});

const Level = Type.Optional(Type.Union([Price, Type.Null()]));
const changeSchema = { params: IdParams, body: Type.Object({ stopLoss: Level, takeProfit: Level }), response: Trade };

export const changePositionRoute = defineRoute<KurzoraServices, typeof changeSchema>({
  method: 'PUT',
  url: '/api/v1/portfolio/positions/:id',
  scope: 'signed-in',
  summary: 'Moves stop and target; null takes one away. Bars count against them from now on',
  schema: changeSchema,
  async handle({ params, body, as, identity, project, services }) {
    const userId = userIdOf(identity);
    const trade = await as((session) => findTrade(session, userId, params.id));
    assertOr(trade, 'NOT_FOUND', 'there is no such position');
    assertOr(trade.isOpen, 'CONFLICT', 'The position is closed');
    const price =
      (await stockNow(project, services.marketData, trade.ticker)).price ?? trade.currentPrice ?? trade.entryPrice;
    refuseWrongSide({ stop: body.stopLoss, target: body.takeProfit }, price, trade.tradeType === 'sell' ? -1 : 1);
    const changed = await as((session) =>
      changeLevels(session, userId, params.id, { stop: body.stopLoss, target: body.takeProfit }),
    );
    assertOr(changed, 'CONFLICT', 'The position is closed');
    return changed;
  },
});

/** A level beyond the price would close the trade at once, at a price that is not to be had. */
function refuseWrongSide(
  { stop, target }: { stop?: number | null; target?: number | null },
  price: number,
  direction: 1 | -1,
): void {
  const broken = [];
  if (stop != null && direction * (stop - price) >= 0)
    broken.push({ rule: 'stop_loss', limit: price, actual: stop, message: 'The price has passed this stop already' });
  if (target != null && direction * (target - price) <= 0)
    broken.push({
      rule: 'take_profit',
      limit: price,
      actual: target,
      message: 'The price has passed this target already',
    });
  if (broken.length > 0) throw new Refusal('UNPROCESSABLE', 'The levels do not fit the price', { details: broken });
}

/** `market` and `personal` are two ways of saying that somebody wanted out. */
const REASONS = {
  manual: 'manual',
  market: 'manual',
  personal: 'manual',
  signal_invalidated: 'signal_invalidated',
  expired: 'expired',
} as const;
const closeSchema = {
  params: IdParams,
  body: Type.Union([
    Type.Object({
      exitPrice: Type.Optional(Price),
      reason: Type.Optional(Type.Unsafe<keyof typeof REASONS>(Type.String({ enum: Object.keys(REASONS) }))),
    }),
    Type.Null(),
  ]),
  response: Trade,
};

export const closePositionRoute = defineRoute<KurzoraServices, typeof closeSchema>({
  method: 'DELETE',
  url: '/api/v1/portfolio/positions/:id',
  scope: 'signed-in',
  summary: 'Closes a position at the price given, or the stock’s last; 409 when it is closed',
  schema: closeSchema,
  async handle({ params, body, as, identity, project, services }) {
    const userId = userIdOf(identity);
    const trade = await as((session) => findTrade(session, userId, params.id));
    assertOr(trade, 'NOT_FOUND', 'there is no such position');
    assertOr(trade.isOpen, 'CONFLICT', 'The position is closed already');
    const { price, moment } = await stockNow(project, services.marketData, trade.ticker);
    const reason = REASONS[body?.reason ?? 'manual'];
    const closed = await as((session) =>
      closeTrade(session, userId, params.id, { price: body?.exitPrice ?? price, reason, moment }),
    );
    assertOr(closed, 'CONFLICT', 'The position is closed already');
    return closed;
  },
});
