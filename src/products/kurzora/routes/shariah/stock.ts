import Type, { type TSchema } from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { defineRoute } from '#kernel/product.ts';
import { asStaff } from '../../admin/as-staff.ts';
import { Choice } from '../../admin/contract.ts';
import { findStockToScreen, stockShariah, storeRuling, storeScreens } from '../../queries/shariah.ts';
import { excludedBusinesses } from '../../rules/shariah/business.ts';
import { ratiosOf, screen } from '../../rules/shariah/screen.ts';
import type { KurzoraServices } from '../../services.ts';

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Some = Type.Record(Type.String(), Type.Unknown());
const params = Type.Object({ ticker: Type.String({ minLength: 1, maxLength: 10 }) });
const read = { params, response: Some };

export const stockShariahRoute = defineRoute<KurzoraServices, typeof read>({
  method: 'GET',
  url: '/api/v1/stocks/:ticker/shariah',
  scope: 'public',
  summary:
    'How a stock fares in the Shariah screen, with its ratios, past screens and rulings; pending where it is not known',
  schema: read,
  async handle({ as, params: { ticker } }) {
    const found = await as((session) => stockShariah(session, ticker.toUpperCase()));
    assertOr(found, 'NOT_FOUND', 'there is no such stock');
    return found;
  },
});

const Dollars = Nullable(Type.Number({ minimum: 0, maximum: 1e15 }));
const put = {
  params,
  body: Type.Object({
    ...{ marketCap: Dollars, totalDebt: Dollars, cash: Dollars },
    ...{ revenue: Dollars, interestIncome: Dollars, nonPermissibleRevenue: Dollars },
    /** What the company does, in words: looked through for excluded businesses. */
    description: Type.Optional(Type.String({ maxLength: 10_000 })),
    /** Where the figures come from, e.g. `10-K 2025`. */
    source: Type.String({ minLength: 1, maxLength: 255 }),
  }),
  response: Some,
};

export const screenStockRoute = defineRoute<KurzoraServices, typeof put>({
  method: 'PUT',
  url: '/api/v1/admin/stocks/:ticker/shariah',
  scope: 'signed-in',
  summary:
    'Screens a stock with figures of its accounts, null where they are not known; what was before stays in its history',
  schema: put,
  handle: (context) =>
    asStaff(context, 'signal', 'update', async (session, staff) => {
      const { body, project } = context;
      const { description, source, ...figures } = body;
      const stock = await findStockToScreen(session, context.params.ticker.toUpperCase());
      assertOr(stock, 'NOT_FOUND', 'there is no such stock');
      const { ticker } = stock;
      const business = excludedBusinesses(stock.companyName, stock.sector, stock.industry, description);
      const ratios = ratiosOf(figures);
      const result = screen(ratios, business);
      const facts = { ...figures, ...(description && { description }), business };
      const mark = { source, by: staff.adminId, now: project.now() };
      await storeScreens(session, [{ ticker, ratios, facts, ...result }], mark);
      await staff.log('screen_stock', ticker, { status: result.status, source });
      return (await stockShariah(session, ticker)) as Record<string, unknown>;
    }),
});

const ruling = {
  params,
  body: Type.Object({
    decision: Choice(['compliant', 'non_compliant', 'review_required']),
    board: Type.String({ minLength: 1, maxLength: 255 }),
    reasoning: Type.String({ minLength: 1, maxLength: 5_000 }),
  }),
  response: Some,
};

export const ruleOnStockRoute = defineRoute<KurzoraServices, typeof ruling>({
  method: 'POST',
  url: '/api/v1/admin/stocks/:ticker/shariah/decisions',
  scope: 'signed-in',
  summary: 'Enters the ruling of an advisory board; nothing is ruled compliant before its figures are known',
  schema: ruling,
  status: 201,
  handle: (context) =>
    asStaff(context, 'signal', 'approve', async (session, staff) => {
      const { body } = context;
      const stock = await findStockToScreen(session, context.params.ticker.toUpperCase());
      assertOr(stock, 'NOT_FOUND', 'there is no such stock');
      assertOr(body.decision !== 'compliant' || stock.status !== 'pending', 'CONFLICT', 'Screen it with figures first');
      await storeRuling(session, { ...body, ticker: stock.ticker, by: staff.adminId });
      await staff.log('rule_on_stock', stock.ticker, body);
      return (await stockShariah(session, stock.ticker)) as Record<string, unknown>;
    }),
});
