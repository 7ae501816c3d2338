import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { defineRoute } from '#kernel/product.ts';
import { SignalDetail } from '../contract.ts';
import { withRecords } from '../queries/signal-records.ts';
import { findSignal } from '../queries/signals.ts';
import { type ExplanationLanguage, explain, storedParts } from '../rules/explanation.ts';
import type { KurzoraServices } from '../services.ts';

const schema = {
  params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
  /** Of the explanation. */
  querystring: Type.Object({
    language: Type.Optional(Type.Unsafe<ExplanationLanguage>(Type.String({ enum: ['en', 'de', 'ar'] }))),
  }),
  response: SignalDetail,
};

export const getSignalRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'GET',
  url: '/api/v1/signals/:id',
  scope: 'public',
  summary: 'One signal with what every indicator said and contributed',
  schema,
  async handle({ params, query, as }) {
    const [signal] = await as(async (session) => {
      const found = await findSignal(session, params.id);
      return await withRecords(session, found ? [found] : []);
    });
    assertOr(signal, 'NOT_FOUND', 'there is no such signal');
    const parts = query.language && query.language !== 'en' ? storedParts(signal) : null;
    return parts ? { ...signal, explanation: explain(parts, query.language) } : signal;
  },
});
