/** Every route of watchlists; the static `bulk` wins over `:symbol`. */
import type { Route } from '#kernel/product.ts';
import type { KurzoraServices } from '../../services.ts';
import {
  addItemRoute,
  addItemsRoute,
  changeItemRoute,
  deleteItemRoute,
  listItemsRoute,
  removeItemsRoute,
} from './items.ts';
import {
  changeWatchlistRoute,
  createWatchlistRoute,
  deleteWatchlistRoute,
  getWatchlistRoute,
  listWatchlistsRoute,
} from './watchlists.ts';

export const watchlistRoutes: readonly Route<KurzoraServices>[] = [
  ...[listWatchlistsRoute, createWatchlistRoute, getWatchlistRoute, changeWatchlistRoute, deleteWatchlistRoute],
  ...[listItemsRoute, addItemRoute, addItemsRoute, removeItemsRoute, changeItemRoute, deleteItemRoute],
];
