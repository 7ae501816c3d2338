import Type from 'typebox';
import { defineRoute } from '#kernel/product.ts';
import { marketMoment } from '../../market-moment.ts';
import { userIdOf } from '../../paper-trading.ts';
import { Portfolio, PortfolioSettings } from '../../portfolio-contract.ts';
import { resetPortfolio } from '../../queries/portfolio.ts';
import { changeTradingSettings, readTradingSettings } from '../../queries/trading-settings.ts';
import { RISK_LIMITS } from '../../rules/portfolio-risk.ts';
import type { KurzoraServices } from '../../services.ts';
import { readPortfolio } from './portfolio.ts';

const schema = { response: PortfolioSettings };

export const getPortfolioSettingsRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'GET',
  url: '/api/v1/portfolio/settings',
  scope: 'signed-in',
  summary: 'How orders are sized, and the limits they are held to',
  schema,
  async handle({ as, identity }) {
    const settings = await as((session) => readTradingSettings(session, userIdOf(identity)));
    return { ...settings, limits: { ...RISK_LIMITS } };
  },
});

const changeSchema = {
  body: Type.Object({
    riskPercentage: Type.Optional(Type.Number({ minimum: 0.1, maximum: RISK_LIMITS.riskPerTrade })),
    riskLevel: Type.Optional(Type.String({ enum: ['low', 'medium', 'high'] })),
    autoStopLoss: Type.Optional(Type.Boolean()),
  }),
  response: PortfolioSettings,
};

export const changePortfolioSettingsRoute = defineRoute<KurzoraServices, typeof changeSchema>({
  method: 'PUT',
  url: '/api/v1/portfolio/settings',
  scope: 'signed-in',
  summary: 'Changes what is given',
  schema: changeSchema,
  async handle({ as, identity, body }) {
    const userId = userIdOf(identity);
    const settings = await as(async (session) => {
      await changeTradingSettings(session, userId, body);
      return await readTradingSettings(session, userId);
    });
    return { ...settings, limits: { ...RISK_LIMITS } };
  },
});

const resetSchema = { response: Portfolio };

export const resetPortfolioRoute = defineRoute<KurzoraServices, typeof resetSchema>({
  method: 'POST',
  url: '/api/v1/portfolio/reset',
  scope: 'signed-in',
  summary: 'Closes every position at its last price and begins again with the starting balance; history stays, marked',
  schema: resetSchema,
  async handle({ project, services, identity, as }) {
    const moment = await marketMoment(project, services.marketData);
    await project.database.asService((session) => resetPortfolio(session, userIdOf(identity), moment));
    return await as((session) => readPortfolio(session, userIdOf(identity)));
  },
});
