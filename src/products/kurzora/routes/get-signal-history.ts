import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { defineRoute } from '#kernel/product.ts';
import { SignalHistoryEntry } from '../contract.ts';
import { signalHistory } from '../queries/signals.ts';
import type { KurzoraServices } from '../services.ts';

const schema = {
  params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
  response: Type.Array(SignalHistoryEntry),
};

export const getSignalHistoryRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'GET',
  url: '/api/v1/signals/:id/history',
  scope: 'public',
  summary: 'What happened to a signal, oldest first',
  schema,
  async handle({ params, as }) {
    const entries = await as((session) => signalHistory(session, params.id));
    assertOr(entries, 'NOT_FOUND', 'there is no such signal');
    return entries;
  },
});
