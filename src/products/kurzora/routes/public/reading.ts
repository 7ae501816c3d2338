/** What everyone may read of the product: how signals ended, what people say, how the platform is. */
import Type, { type TSchema } from 'typebox';
import { defineRoute } from '#kernel/product.ts';
import { VERSION } from '#kernel/version.ts';
import { Choice } from '../../admin/contract.ts';
import { endedSignals, publishedTestimonials } from '../../queries/public.ts';
import { lastLiveScan } from '../../queries/scans.ts';
import { readEverySetting } from '../../queries/settings.ts';
import { ENGINE } from '../../rules/engine.ts';
import { isFresh } from '../../rules/freshness.ts';
import { languageOf } from '../../rules/languages.ts';
import { PHASES } from '../../rules/phases.ts';
import type { KurzoraServices } from '../../services.ts';

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const demo = {
  querystring: Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 10, default: 5 }) }),
  response: Type.Array(
    Type.Object({
      ...{ id: Type.String(), ticker: Type.String(), companyName: Nullable(Type.String()) },
      ...{ sector: Nullable(Type.String()), signalType: Type.String(), finalScore: Type.Integer() },
      ...{ entryPrice: Type.Number(), stopLoss: Type.Number(), takeProfit: Type.Number() },
      ...{ riskRewardRatio: Type.Number(), status: Type.String(), source: Type.String(), createdAt: Type.String() },
      outcome: Type.Object({
        type: Type.String(),
        exitPrice: Nullable(Type.Number()),
        /** Percent of the entry. */
        actualReturn: Nullable(Type.Number()),
        endedAt: Type.String(),
      }),
    }),
  ),
};

export const demoSignalsRoute = defineRoute<KurzoraServices, typeof demo>({
  method: 'GET',
  url: '/api/v1/public/demo/signals',
  scope: 'public',
  summary: 'The signals that ended last, and how: the newest, not the best',
  schema: demo,
  handle: ({ project, query }) =>
    project.database.asService((session) => endedSignals(session, query.limit), { readOnly: true }),
});

const testimonials = {
  querystring: Type.Object({ language: Type.Optional(Choice(['en', 'de', 'ar'])) }),
  response: Type.Array(
    Type.Object({
      ...{ id: Type.String(), author: Type.String(), text: Type.String(), language: Type.String() },
      rating: Nullable(Type.Integer()),
    }),
  ),
};

export const testimonialsRoute = defineRoute<KurzoraServices, typeof testimonials>({
  method: 'GET',
  url: '/api/v1/public/testimonials',
  scope: 'public',
  summary: 'What people said that staff published; nothing is made up, so it may be empty',
  schema: testimonials,
  handle: ({ as, query, headers }) =>
    as((session) => publishedTestimonials(session, query.language ?? languageOf(headers['accept-language']))),
});

const State = Choice(['operational', 'degraded', 'down']);
const status = {
  response: Type.Object({
    status: Choice(['operational', 'degraded', 'limited', 'maintenance']),
    /** What staff say about it; empty while all is well. */
    message: Type.String(),
    components: Type.Object({ api: State, database: State, signals: State, realtime: State }),
    updatedAt: Type.String(),
  }),
};

export const publicStatusRoute = defineRoute<KurzoraServices, typeof status>({
  method: 'GET',
  url: '/api/v1/public/status',
  scope: 'public',
  summary: 'Whether the platform is open, and how its parts are',
  schema: status,
  async handle({ project, services }) {
    const { settings, last } = await project.database.asService(
      async (session) => ({ settings: await readEverySetting(session), last: await lastLiveScan(session) }),
      { readOnly: true },
    );
    const { marketData, realtime, phase } = services;
    const still = marketData.source === 'files' && last !== undefined;
    const interval = PHASES[phase].intervalMinutes;
    const fresh = still || isFresh(last?.asOf.getTime() ?? null, project.now(), interval, marketData.calendar);
    const flows = ['live', 'follower'].includes(realtime?.().changes.state ?? '');
    const platform = settings.platform_status as 'operational' | 'limited' | 'maintenance';
    return {
      status: platform === 'operational' && !(fresh && flows) ? 'degraded' : platform,
      message: platform === 'operational' ? '' : (settings.maintenance_message as string),
      components: {
        ...{ api: 'operational', database: 'operational' },
        ...{ signals: fresh ? 'operational' : 'degraded', realtime: flows ? 'operational' : 'degraded' },
      },
      updatedAt: new Date(project.now()).toISOString(),
    } as const;
  },
});

const version = { response: Type.Object({ version: Type.String(), api: Type.String(), engine: Type.String() }) };

export const versionRoute = defineRoute<KurzoraServices, typeof version>({
  method: 'GET',
  url: '/api/v1/public/version',
  scope: 'public',
  summary: 'Versions of the server, its API and the engine that scores',
  schema: version,
  handle: async () => ({ version: VERSION, api: 'v1', engine: ENGINE }),
});
