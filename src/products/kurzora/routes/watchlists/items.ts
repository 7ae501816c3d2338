import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import type { Session } from '#kernel/postgres/database.ts';
import { defineRoute } from '#kernel/product.ts';
import { IdParams, Ticker, WatchlistItem } from '../../portfolio-contract.ts';
import { addItems, findItem, findWatchlist, listItems, noteItem, removeItems } from '../../queries/watchlists.ts';
import type { KurzoraServices } from '../../services.ts';
import { withPrices } from '../../watchlist-prices.ts';

const Notes = Type.Union([Type.String({ maxLength: 2_000 }), Type.Null()]);
const ItemParams = Type.Object({ ...IdParams.properties, symbol: Ticker });
/** Symbols in one request at most. */
const MOST = 200;

async function mustExist(session: Session, id: string): Promise<void> {
  assertOr(await findWatchlist(session, id), 'NOT_FOUND', 'there is no such watchlist');
}

const listSchema = { params: IdParams, response: Type.Array(WatchlistItem) };

export const listItemsRoute = defineRoute<KurzoraServices, typeof listSchema>({
  method: 'GET',
  url: '/api/v1/watchlists/:id/items',
  scope: 'signed-in',
  summary: 'What is on a watchlist, newest first',
  schema: listSchema,
  async handle(context) {
    const items = await context.as(async (session) => {
      await mustExist(session, context.params.id);
      return await listItems(session, context.params.id);
    });
    return await withPrices(context, items);
  },
});

const addSchema = {
  params: IdParams,
  body: Type.Object({ symbol: Ticker, notes: Type.Optional(Notes) }),
  response: WatchlistItem,
};

export const addItemRoute = defineRoute<KurzoraServices, typeof addSchema>({
  method: 'POST',
  url: '/api/v1/watchlists/:id/items',
  scope: 'signed-in',
  status: 201,
  summary: 'Puts a stock on a watchlist; 409 when it is there',
  schema: addSchema,
  async handle(context) {
    const { as, params, body } = context;
    const item = await as(async (session) => {
      await mustExist(session, params.id);
      const added = await addItems(session, params.id, [body]);
      assertOr(added.length === 1, 'CONFLICT', `${body.symbol} is on the watchlist already`);
      return (await findItem(session, params.id, body.symbol))!;
    });
    return (await withPrices(context, [item]))[0]!;
  },
});

const changeSchema = { params: ItemParams, body: Type.Object({ notes: Notes }), response: WatchlistItem };

export const changeItemRoute = defineRoute<KurzoraServices, typeof changeSchema>({
  method: 'PUT',
  url: '/api/v1/watchlists/:id/items/:symbol',
  scope: 'signed-in',
  summary: 'Changes the note of a stock on a watchlist',
  schema: changeSchema,
  async handle(context) {
    const { as, params, body } = context;
    const item = await as(async (session) => {
      const changed = await noteItem(session, params.id, params.symbol, body.notes);
      assertOr(changed === 1, 'NOT_FOUND', `${params.symbol} is not on this watchlist`);
      return (await findItem(session, params.id, params.symbol))!;
    });
    return (await withPrices(context, [item]))[0]!;
  },
});

const Removed = Type.Object({ removed: Type.Integer() });
const deleteSchema = { params: ItemParams, response: Removed };

export const deleteItemRoute = defineRoute<KurzoraServices, typeof deleteSchema>({
  method: 'DELETE',
  url: '/api/v1/watchlists/:id/items/:symbol',
  scope: 'signed-in',
  summary: 'Takes a stock off a watchlist',
  schema: deleteSchema,
  async handle({ as, params }) {
    const removed = await as((session) => removeItems(session, params.id, [params.symbol]));
    assertOr(removed === 1, 'NOT_FOUND', `${params.symbol} is not on this watchlist`);
    return { removed };
  },
});

const Symbols = Type.Array(Ticker, { minItems: 1, maxItems: MOST });
const addManySchema = {
  params: IdParams,
  body: Type.Union([
    Type.Object({ symbols: Symbols }),
    Type.Object({
      items: Type.Array(Type.Object({ symbol: Ticker, notes: Type.Optional(Notes) }), { minItems: 1, maxItems: MOST }),
    }),
  ]),
  response: Type.Object({ added: Type.Array(Type.String()), alreadyThere: Type.Array(Type.String()) }),
};

export const addItemsRoute = defineRoute<KurzoraServices, typeof addManySchema>({
  method: 'POST',
  url: '/api/v1/watchlists/:id/items/bulk',
  scope: 'signed-in',
  summary: 'Puts many stocks on a watchlist at once, and says which were there',
  schema: addManySchema,
  handle: ({ as, params, body }) =>
    as(async (session) => {
      await mustExist(session, params.id);
      const items = 'symbols' in body ? body.symbols.map((symbol) => ({ symbol })) : body.items;
      const added = await addItems(session, params.id, items);
      const wanted = new Set(items.map(({ symbol }) => symbol.toUpperCase()));
      return { added, alreadyThere: [...wanted].filter((symbol) => !added.includes(symbol)).sort() };
    }),
});

const removeManySchema = { params: IdParams, body: Type.Object({ symbols: Symbols }), response: Removed };

export const removeItemsRoute = defineRoute<KurzoraServices, typeof removeManySchema>({
  method: 'DELETE',
  url: '/api/v1/watchlists/:id/items/bulk',
  scope: 'signed-in',
  summary: 'Takes many stocks off a watchlist at once',
  schema: removeManySchema,
  handle: ({ as, params, body }) =>
    as(async (session) => {
      await mustExist(session, params.id);
      return { removed: await removeItems(session, params.id, body.symbols) };
    }),
});
