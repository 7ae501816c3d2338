/** Every route of the dashboard. */
import type { Route } from '#kernel/product.ts';
import type { KurzoraServices } from '../../services.ts';
import { deleteAlertsRoute, listAlertsRoute, readAlertRoute } from './alerts.ts';
import {
  dashboardActivityRoute,
  dashboardMetricsRoute,
  dashboardOverviewRoute,
  dashboardPerformanceRoute,
  dashboardPortfolioRoute,
  recentTradesRoute,
} from './dashboard.ts';

export const dashboardRoutes: readonly Route<KurzoraServices>[] = [
  ...[dashboardMetricsRoute, dashboardOverviewRoute, dashboardPortfolioRoute, dashboardPerformanceRoute],
  ...[recentTradesRoute, dashboardActivityRoute, listAlertsRoute, readAlertRoute, deleteAlertsRoute],
];
