/** Every route of the Shariah screen. */
import type { Route } from '#kernel/product.ts';
import type { KurzoraServices } from '../../services.ts';
import { getIslamicPreferencesRoute, putIslamicPreferencesRoute } from './preferences.ts';
import { ruleOnStockRoute, screenStockRoute, stockShariahRoute } from './stock.ts';

export const shariahRoutes: readonly Route<KurzoraServices>[] = [
  ...[stockShariahRoute, screenStockRoute, ruleOnStockRoute],
  ...[getIslamicPreferencesRoute, putIslamicPreferencesRoute],
];
