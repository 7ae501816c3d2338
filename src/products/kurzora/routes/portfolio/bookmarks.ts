import Type from 'typebox';
import { defineRoute } from '#kernel/product.ts';
import { SignalSummary } from '../../contract.ts';
import { userIdOf } from '../../paper-trading.ts';
import { IdParams } from '../../portfolio-contract.ts';
import { addBookmark, bookmarkedIds, removeBookmark } from '../../queries/bookmarks.ts';
import { findSignal, signalsById } from '../../queries/signals.ts';
import type { KurzoraServices } from '../../services.ts';
import { whyUnseen } from './execute-signal.ts';

const Bookmarked = Type.Object({ signalId: Type.String(), bookmarked: Type.Boolean() });
const schema = { params: IdParams, response: Bookmarked };

export const addBookmarkRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'POST',
  url: '/api/v1/signals/:id/bookmark',
  scope: 'signed-in',
  summary: 'Remembers a signal; once however often',
  schema,
  async handle({ params, as, project, identity }) {
    const seen = await as(async (session) => {
      if (!(await findSignal(session, params.id))) return false;
      await addBookmark(session, userIdOf(identity), params.id);
      return true;
    });
    if (!seen) throw await whyUnseen(project, params.id);
    return { signalId: params.id, bookmarked: true };
  },
});

export const removeBookmarkRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'DELETE',
  url: '/api/v1/signals/:id/bookmark',
  scope: 'signed-in',
  summary: 'Forgets a bookmark; no error when there is none',
  schema,
  async handle({ params, as, identity }) {
    await as((session) => removeBookmark(session, userIdOf(identity), params.id));
    return { signalId: params.id, bookmarked: false };
  },
});

const listSchema = { response: Type.Array(SignalSummary) };

export const listBookmarksRoute = defineRoute<KurzoraServices, typeof listSchema>({
  method: 'GET',
  url: '/api/v1/signals/bookmarks',
  scope: 'signed-in',
  summary: 'Bookmarked signals, newest bookmark first, as far as the plan shows them',
  schema: listSchema,
  handle: ({ as, identity }) =>
    as(async (session) => await signalsById(session, await bookmarkedIds(session, userIdOf(identity)))),
});
