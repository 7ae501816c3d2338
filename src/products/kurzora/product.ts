import { defineProduct } from '#kernel/product.ts';
import { marketDataMigrations, openMarketData } from '#services/market-data/api.ts';
import { openPayments } from '#services/payments/api.ts';
import { PLATFORM_SCHEMAS } from '#services/project-folder/api.ts';
import { apiKeys, withKeys } from './accounts/keys.ts';
import { admit } from './admin/admission.ts';
import { openErrorLog } from './admin/error-log.ts';
import { accountRules, openLiveSettings } from './admin/live-settings.ts';
import { openUsageLog } from './admin/usage-log.ts';
import { openChannels } from './alerts/channels.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { scanCommand } from './commands/scan.ts';
import { staffCommand } from './commands/staff.ts';
import { firstScan } from './first-scan.ts';
import { kurzoraFunctions } from './functions/list.ts';
import { archiveSignalsJob } from './jobs/archive-signals.ts';
import { endSignalsJob } from './jobs/end-signals.ts';
import { maintainBarsJob } from './jobs/maintain-bars.ts';
import { purgeLogsJob } from './jobs/purge-logs.ts';
import { recordSnapshotsJob } from './jobs/record-snapshots.ts';
import { scanJob } from './jobs/scan.ts';
import { screenStocksJob } from './jobs/screen-stocks.ts';
import { sendAlertsJob } from './jobs/send-alerts.ts';
import { settleBillingJob } from './jobs/settle-billing.ts';
import { settleScoresJob } from './jobs/settle-scores.ts';
import { settleTradesJob } from './jobs/settle-trades.ts';
import { readSettings } from './queries/settings.ts';
import { accountRoutes } from './routes/accounts/list.ts';
import { adminRoutes } from './routes/admin/list.ts';
import { billingRoutes } from './routes/billing/list.ts';
import { dashboardRoutes } from './routes/dashboard/list.ts';
import { getBarsRoute } from './routes/get-bars.ts';
import { getSignalRoute } from './routes/get-signal.ts';
import { getSignalHistoryRoute } from './routes/get-signal-history.ts';
import { getStatusRoute } from './routes/get-status.ts';
import { listSignalsRoute } from './routes/list-signals.ts';
import { notificationRoutes } from './routes/notifications/list.ts';
import { portfolioRoutes } from './routes/portfolio/list.ts';
import { publicRoutes } from './routes/public/list.ts';
import { publicHealthRoute } from './routes/public-health.ts';
import { publicPerformanceRoute } from './routes/public-performance.ts';
import { shariahRoutes } from './routes/shariah/list.ts';
import { signalStatisticsRoute } from './routes/signal-statistics.ts';
import { watchlistRoutes } from './routes/watchlists/list.ts';
import type { KurzoraServices } from './services.ts';

/** Trading signals: every score taken apart into what each indicator contributed. */
export const kurzora = defineProduct<KurzoraServices>({
  name: 'kurzora',
  title: 'Kurzora',
  migrations: [
    PLATFORM_SCHEMAS,
    marketDataMigrations,
    { ledger: 'kurzora', folder: new URL('./sql/', import.meta.url) },
  ],
  schemas: ['public', 'market'],
  routes: [
    ...withKeys([
      listSignalsRoute,
      signalStatisticsRoute,
      getSignalRoute,
      getSignalHistoryRoute,
      getBarsRoute,
      getStatusRoute,
      publicHealthRoute,
      publicPerformanceRoute,
    ]),
    ...billingRoutes,
    ...accountRoutes,
    ...adminRoutes,
    ...publicRoutes,
    ...shariahRoutes,
    ...withKeys(portfolioRoutes),
    ...withKeys(watchlistRoutes),
    ...withKeys(dashboardRoutes),
    ...notificationRoutes,
  ],
  keys: apiKeys,
  jobs: [
    scanJob,
    endSignalsJob,
    archiveSignalsJob,
    maintainBarsJob,
    settleScoresJob,
    settleBillingJob,
    sendAlertsJob,
    settleTradesJob,
    recordSnapshotsJob,
    purgeLogsJob,
    screenStocksJob,
  ],
  commands: [scanCommand, evaluateCommand, staffCommand],
  admit,
  accountRules: ({ settings }) => accountRules(settings),
  web: 'kurzora',
  async open(project) {
    const settings = await project.database.asService(readSettings, { readOnly: true });
    const payments = openPayments(project.config, project.now);
    const alerts = openChannels(project);
    const phase = settings.phase ?? project.config.phase;
    const live = await openLiveSettings(project.database, project.log);
    const logs = { errorLog: openErrorLog(project), usageLog: openUsageLog(project) };
    return { marketData: await openMarketData({ project }), payments, alerts, phase, settings: live, ...logs };
  },
  connect(services, { accounts, adminToken, files, events, realtime }) {
    services.accounts = accounts;
    services.adminToken = adminToken;
    services.realtime = realtime;
    if (events) for (const log of [services.errorLog, services.usageLog]) log?.listen(events);
    services.files = files;
  },
  start: firstScan,
  functions: kurzoraFunctions,
  async close({ marketData, alerts, settings, errorLog, usageLog }) {
    settings?.close();
    await Promise.all([errorLog?.settled(), usageLog?.close()]);
    alerts.close();
    await marketData.close();
  },
});
