import Type from 'typebox';
import { assertOr, Refusal } from '#kernel/errors.ts';
import { defineRoute, type Project } from '#kernel/product.ts';
import { openPaperTrade, stockNow, userIdOf } from '../../paper-trading.ts';
import { IdParams, Price, Quantity, Trade } from '../../portfolio-contract.ts';
import { findSignal } from '../../queries/signals.ts';
import type { KurzoraServices } from '../../services.ts';

const Level = Type.Optional(Type.Union([Price, Type.Null()]));
const schema = {
  params: IdParams,
  body: Type.Union([
    Type.Object({
      quantity: Type.Optional(Quantity),
      /** Percent of the account to risk, in place of a quantity. */
      riskPercent: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 100 })),
      /** The signal's when absent, none when null. */
      stopLoss: Level,
      takeProfit: Level,
      notes: Type.Optional(Type.String({ maxLength: 2_000 })),
    }),
    Type.Null(),
  ]),
  response: Trade,
};

export const executeSignalRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'POST',
  url: '/api/v1/signals/:id/execute',
  scope: 'signed-in',
  status: 201,
  summary: 'Opens a paper trade at the signal’s entry; 422 names every rule of the account that it would break',
  schema,
  async handle({ params, body, project, services, identity, as }) {
    const order = body ?? {};
    const signal = await as((session) => findSignal(session, params.id));
    if (!signal) throw await whyUnseen(project, params.id);
    const stock = await stockNow(project, services.marketData, signal.ticker);
    const over = signal.expiresAt !== null && Date.parse(signal.expiresAt) <= stock.moment;
    const open = ['active', 'triggered'].includes(signal.status) && !over;
    assertOr(open, 'CONFLICT', 'The signal is over and cannot be executed', {
      status: over ? 'expired' : signal.status,
    });
    return await openPaperTrade(
      project,
      {
        ...{ userId: userIdOf(identity), signalId: signal.id, ticker: signal.ticker, entry: signal.entryPrice },
        stop: order.stopLoss === undefined ? signal.stopLoss : order.stopLoss,
        target: order.takeProfit === undefined ? signal.takeProfit : order.takeProfit,
        ...{ quantity: order.quantity ?? null, riskPercent: order.riskPercent ?? null, notes: order.notes ?? null },
        ...{ companyName: signal.companyName, sector: signal.sector, score: signal.finalScore },
      },
      stock,
    );
  },
});

/** That a signal exists is no secret, what it says is: PLAN_LIMIT where the plan hides it, NOT_FOUND where there is none. */
export async function whyUnseen({ database }: Project, id: string): Promise<Refusal> {
  const known = await database.asService((session) => findSignal(session, id), { readOnly: true });
  return known
    ? new Refusal('PLAN_LIMIT', 'Your plan does not include this signal', { details: { upgrade: 'professional' } })
    : new Refusal('NOT_FOUND', 'there is no such signal');
}
