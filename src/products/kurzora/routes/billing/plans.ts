import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { defineRoute } from '#kernel/product.ts';
import { findPlan, listPlans } from '../../queries/billing.ts';
import type { KurzoraServices } from '../../services.ts';

const Plan = Type.Object({
  id: Type.String(),
  name: Type.String(),
  slug: Type.String(),
  monthlyPrice: Type.Number(),
  yearlyPrice: Type.Number(),
  currency: Type.String(),
  features: Type.Record(Type.String(), Type.Unknown()),
  maxSignalsPerDay: Type.Union([Type.Integer(), Type.Null()]),
  historyDays: Type.Integer(),
});
const list = { response: Type.Array(Plan) };

export const listPlansRoute = defineRoute<KurzoraServices, typeof list>({
  method: 'GET',
  url: '/api/v1/billing/plans',
  scope: 'public',
  summary: 'Plans on sale, cheapest first',
  schema: list,
  handle: ({ as }) => as(listPlans),
});

const one = { params: Type.Object({ id: Type.String({ maxLength: 50 }) }), response: Plan };

export const getPlanRoute = defineRoute<KurzoraServices, typeof one>({
  method: 'GET',
  url: '/api/v1/billing/plans/:id',
  scope: 'public',
  summary: 'One plan, by id or slug',
  schema: one,
  async handle({ params, as }) {
    const plan = await as((session) => findPlan(session, params.id));
    assertOr(plan, 'NOT_FOUND', 'there is no such plan');
    return plan;
  },
});
