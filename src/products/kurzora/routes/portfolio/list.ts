/** Every route about signals as somebody's own, and about portfolios. */
import type { Route } from '#kernel/product.ts';
import type { KurzoraServices } from '../../services.ts';
import { addBookmarkRoute, listBookmarksRoute, removeBookmarkRoute } from './bookmarks.ts';
import { executeSignalRoute } from './execute-signal.ts';
import { createPaperTradeRoute, listPaperTradesRoute } from './paper-trades.ts';
import { getPortfolioRoute, portfolioAnalyticsRoute, portfolioPerformanceRoute } from './portfolio.ts';
import { changePositionRoute, closePositionRoute, getPositionRoute, listPositionsRoute } from './positions.ts';
import { changePortfolioSettingsRoute, getPortfolioSettingsRoute, resetPortfolioRoute } from './settings.ts';
import { signalPerformanceRoute } from './signal-performance.ts';
import { exportTradesRoute, getTradeRoute, listTradesRoute } from './trades.ts';

export const portfolioRoutes: readonly Route<KurzoraServices>[] = [
  ...[signalPerformanceRoute, listBookmarksRoute, executeSignalRoute, addBookmarkRoute, removeBookmarkRoute],
  ...[getPortfolioRoute, portfolioPerformanceRoute, portfolioAnalyticsRoute],
  ...[listPositionsRoute, getPositionRoute, changePositionRoute, closePositionRoute],
  ...[listTradesRoute, exportTradesRoute, getTradeRoute, createPaperTradeRoute, listPaperTradesRoute],
  ...[getPortfolioSettingsRoute, changePortfolioSettingsRoute, resetPortfolioRoute],
];
