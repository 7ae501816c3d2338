import { defineProduct } from '#kernel/product.ts';
import { marketDataMigrations, openMarketData } from '#services/market-data/api.ts';
import { PLATFORM_SCHEMAS } from '#services/project-folder/api.ts';
import { scanCommand } from './commands/scan.ts';
import { firstScan } from './first-scan.ts';
import { archiveSignalsJob } from './jobs/archive-signals.ts';
import { endSignalsJob } from './jobs/end-signals.ts';
import { maintainBarsJob } from './jobs/maintain-bars.ts';
import { scanJob } from './jobs/scan.ts';
import { readSettings } from './queries/settings.ts';
import { getBarsRoute } from './routes/get-bars.ts';
import { getSignalRoute } from './routes/get-signal.ts';
import { getSignalHistoryRoute } from './routes/get-signal-history.ts';
import { getStatusRoute } from './routes/get-status.ts';
import { listSignalsRoute } from './routes/list-signals.ts';
import { publicHealthRoute } from './routes/public-health.ts';
import { signalStatisticsRoute } from './routes/signal-statistics.ts';
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
    listSignalsRoute,
    signalStatisticsRoute,
    getSignalRoute,
    getSignalHistoryRoute,
    getBarsRoute,
    getStatusRoute,
    publicHealthRoute,
  ],
  jobs: [scanJob, endSignalsJob, archiveSignalsJob, maintainBarsJob],
  commands: [scanCommand],
  web: 'kurzora',
  async open(project) {
    const settings = await project.database.asService(readSettings, { readOnly: true });
    return { marketData: await openMarketData({ project }), phase: settings.phase ?? project.config.phase };
  },
  start: firstScan,
  close: ({ marketData }) => marketData.close(),
});
