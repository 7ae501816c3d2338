import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { defineRoute } from '#kernel/product.ts';
import { userIdOf } from '../../paper-trading.ts';
import { IdParams, Watchlist, WatchlistItem } from '../../portfolio-contract.ts';
import {
  changeWatchlist,
  createWatchlist,
  deleteWatchlist,
  findWatchlist,
  listItems,
  listWatchlists,
} from '../../queries/watchlists.ts';
import type { KurzoraServices } from '../../services.ts';
import { withPrices } from '../../watchlist-prices.ts';

/** Not of spaces alone. */
const Name = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' });
const Description = Type.Optional(Type.Union([Type.String({ maxLength: 1_000 }), Type.Null()]));
const listSchema = { response: Type.Array(Watchlist) };

export const listWatchlistsRoute = defineRoute<KurzoraServices, typeof listSchema>({
  method: 'GET',
  url: '/api/v1/watchlists',
  scope: 'signed-in',
  summary: 'Own watchlists, the default first',
  schema: listSchema,
  handle: ({ as }) => as(listWatchlists),
});

const createSchema = {
  body: Type.Object({ name: Name, description: Description, isDefault: Type.Optional(Type.Boolean()) }),
  response: Watchlist,
};

export const createWatchlistRoute = defineRoute<KurzoraServices, typeof createSchema>({
  method: 'POST',
  url: '/api/v1/watchlists',
  scope: 'signed-in',
  status: 201,
  summary: 'A new watchlist; 409 when one has its name',
  schema: createSchema,
  handle: ({ as, body, identity }) => as((session) => createWatchlist(session, userIdOf(identity), body)),
});

const getSchema = {
  params: IdParams,
  response: Type.Object({ ...Watchlist.properties, items: Type.Array(WatchlistItem) }),
};

export const getWatchlistRoute = defineRoute<KurzoraServices, typeof getSchema>({
  method: 'GET',
  url: '/api/v1/watchlists/:id',
  scope: 'signed-in',
  summary: 'One watchlist with what is on it',
  schema: getSchema,
  async handle(context) {
    const { items, ...list } = await context.as(async (session) => {
      const found = await findWatchlist(session, context.params.id);
      assertOr(found, 'NOT_FOUND', 'there is no such watchlist');
      return { ...found, items: await listItems(session, context.params.id) };
    });
    return { ...list, items: await withPrices(context, items) };
  },
});

const changeSchema = {
  params: IdParams,
  body: Type.Object({
    name: Type.Optional(Name),
    description: Description,
    /** Making another one the default takes it away here. */
    isDefault: Type.Optional(Type.Literal(true)),
  }),
  response: Watchlist,
};

export const changeWatchlistRoute = defineRoute<KurzoraServices, typeof changeSchema>({
  method: 'PUT',
  url: '/api/v1/watchlists/:id',
  scope: 'signed-in',
  summary: 'Changes what is given',
  schema: changeSchema,
  async handle({ as, params, body }) {
    const list = await as((session) => changeWatchlist(session, params.id, body));
    assertOr(list, 'NOT_FOUND', 'there is no such watchlist');
    return list;
  },
});

const deleteSchema = { params: IdParams, response: Type.Object({ id: Type.String(), deleted: Type.Boolean() }) };

export const deleteWatchlistRoute = defineRoute<KurzoraServices, typeof deleteSchema>({
  method: 'DELETE',
  url: '/api/v1/watchlists/:id',
  scope: 'signed-in',
  summary: 'Deletes a watchlist with what is on it; the default stays: make another one the default first',
  schema: deleteSchema,
  handle: ({ as, params }) =>
    as(async (session) => {
      const list = await findWatchlist(session, params.id);
      assertOr(list, 'NOT_FOUND', 'there is no such watchlist');
      assertOr(!list.isDefault, 'CONFLICT', 'The default watchlist cannot be deleted');
      await deleteWatchlist(session, params.id);
      return { id: params.id, deleted: true };
    }),
});
